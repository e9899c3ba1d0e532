import type { Command } from 'commander';

interface SchemaFlags {
  output?: string;
  markdown?: boolean;
}

const EXAMPLES = `
Examples:
  $ eqpot schema -o eqpot.schema.json
  and at the head of a settings file, for editors with the YAML language server:
  # yaml-language-server: $schema=eqpot.schema.json
`;

/** `eqpot schema [-o FILE] [--markdown]` */
export function register(program: Command): void {
  program
    .command('schema')
    .description('print the JSON Schema of the settings file, for editors')
    .option('-o, --output <file>', 'write it to a file')
    .option('--markdown', 'print the page docs/settings.md instead')
    .addHelpText('after', EXAMPLES)
    .action(async ({ output, markdown }: SchemaFlags) => {
      const text = markdown ? await page() : await schema();
      if (output === undefined) process.stdout.write(text);
      else {
        const { writeFileAtomic } = await import('../../engines/files.js');
        writeFileAtomic(output, text);
      }
    });
}

async function schema(): Promise<string> {
  const { settingsJsonSchema } = await import('../../config/json-schema.js');
  return `${JSON.stringify(settingsJsonSchema(), null, 2)}\n`;
}

async function page(): Promise<string> {
  const { settingsPage } = await import('../../config/settings-page.js');
  return settingsPage();
}
