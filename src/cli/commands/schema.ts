import type { Command } from 'commander';

interface SchemaFlags {
  output?: string;
  markdown?: boolean;
  learn?: boolean;
}

const EXAMPLES = `
Examples:
  $ eqpot schema -o eqpot.schema.json
  and at the head of a settings file, for editors with the YAML language server:
  # yaml-language-server: $schema=eqpot.schema.json
`;

/** `eqpot schema [-o FILE] [--learn] [--markdown]` */
export function register(program: Command): void {
  program
    .command('schema')
    .description('print the JSON Schema of the settings file, for editors')
    .option('-o, --output <file>', 'write it to a file')
    .option('--learn', 'that of eqpot learn')
    .option('--markdown', 'print the page docs/settings.md instead')
    .addHelpText('after', EXAMPLES)
    .action(async ({ output, markdown, learn }: SchemaFlags) => {
      const text = markdown ? await page() : await schema(learn ?? false);
      if (output === undefined) process.stdout.write(text);
      else {
        const { writeFileAtomic } = await import('../../engines/files.js');
        writeFileAtomic(output, text);
      }
    });
}

async function schema(learn: boolean): Promise<string> {
  const { learnJsonSchema, settingsJsonSchema } = await import('../../config/json-schema.js');
  return `${JSON.stringify(learn ? learnJsonSchema() : settingsJsonSchema(), null, 2)}\n`;
}

async function page(): Promise<string> {
  const { settingsPage } = await import('../../config/settings-page.js');
  return settingsPage();
}
