import type { Command } from 'commander';
import { defined, nonEmpty } from '../options.js';

interface CardFlags {
  validation?: string;
  name?: string;
  notes?: string;
  output?: string;
}

const EXAMPLES = `
Examples:
  $ eqpot validate copper=runs/copper sr2 --reference examples/copper/reference.yaml --output runs/copper/validation
  $ eqpot card runs/copper --validation runs/copper/validation

The card is Markdown: equation, data with hashes, errors, targets, properties beside those of other potentials, and limits of use.
`;

/** `eqpot card RUN` */
export function register(program: Command): void {
  program
    .command('card')
    .description('write the model card of a finished fit')
    .argument('<run>', 'directory of a finished fit')
    .option('--validation <folder>', 'of eqpot validate: its properties and other potentials go in', nonEmpty)
    .option('--name <potential>', 'which potential of the validation this one is (default: the first)', nonEmpty)
    .option('--notes <file>', 'Markdown that is put at the end', nonEmpty)
    .option('-o, --output <file>', 'default: model-card.md in the run directory', nonEmpty)
    .addHelpText('after', EXAMPLES)
    .action(async (run: string, { validation, name, notes, output }: CardFlags) => {
      const { writeCard } = await import('../../workflows/card.js');
      process.stdout.write(`${writeCard(run, defined({ validation, name, notes, output }))}\n`);
    });
}
