import { join } from 'node:path';
import { writeFileAtomic } from '../engines/files.js';
import { printText } from '../expressions/print.js';
import type { EquationNetwork } from '../fitting/equation-network.js';
import type { FrontEntry } from '../fitting/front.js';
import { tidy } from './finish.js';

/** One row of the hall of fame, ready to be shown. */
export interface FrontRow {
  complexity: number;
  /** eV/atom */
  loss: number;
  pair: string;
  density: string;
  embedding: string;
  chosen: boolean;
}

/** The front as rows; the chosen entry is replaced by the finished equation. */
export function frontRows(
  network: EquationNetwork,
  front: readonly FrontEntry[],
  chosen: FrontEntry,
  finished: Omit<FrontRow, 'chosen'>,
): FrontRow[] {
  return front.map((entry) => {
    if (entry === chosen) return { ...finished, chosen: true };
    const { pair, density, embedding } = network.equations(entry.parameters);
    return {
      complexity: entry.complexity,
      loss: entry.loss,
      pair: printText(tidy(pair, 6), 'r'),
      density: printText(tidy(density, 6), 'r'),
      embedding: printText(tidy(embedding, 6), 'rho'),
      chosen: false,
    };
  });
}

/** `hall_of_fame.csv`: the whole front, the chosen row marked with a star. */
export function hallOfFame(rows: readonly FrontRow[]): string {
  const lines = rows.map((row) => {
    const equation = `phi(r) = ${row.pair}; rho(r) = ${row.density}; F(rho) = ${row.embedding}`;
    return [row.chosen ? '*' : '', row.complexity, row.loss.toPrecision(8), `"${equation}"`].join(',');
  });
  return `chosen,complexity,loss_eV_per_atom,equation\n${lines.join('\n')}\n`;
}

/** Writes the files of a run; each appears whole or not at all. */
export function writeRunFiles(directory: string, files: Readonly<Record<string, string>>): void {
  for (const [name, content] of Object.entries(files)) writeFileAtomic(join(directory, name), content);
}
