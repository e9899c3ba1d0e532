import type { Command } from 'commander';

/** A module of a command: adds itself to the program. */
export interface CommandModule {
  register(program: Command): void;
}

/**
 * Every command, in the order of the help. A new one is a file here and a line in this table. Only the module of the command
 * that is called is loaded, so that the others cost nothing.
 */
export const COMMANDS: Readonly<Record<string, () => Promise<CommandModule>>> = {
  quickstart: () => import('./quickstart.js'),
  fit: () => import('./fit.js'),
  learn: () => import('./learn.js'),
  pick: () => import('./pick.js'),
  audit: () => import('./audit.js'),
  evaluate: () => import('./evaluate.js'),
  convert: () => import('./convert.js'),
  label: () => import('./label.js'),
  'label-folder': () => import('./label-folder.js'),
  export: () => import('./export.js'),
  validate: () => import('./validate.js'),
  card: () => import('./card.js'),
  watch: () => import('./watch.js'),
  worker: () => import('./worker.js'),
  ipi: () => import('./ipi.js'),
  schema: () => import('./schema.js'),
};
