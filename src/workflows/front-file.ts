import { existsSync, readFileSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { type Settings, settingsSchema } from '../config/schema.js';
import { version } from '../config/version.js';
import type { DataFile } from '../datasets/read.js';
import { InputError } from '../errors.js';
import { printText } from '../expressions/print.js';
import { EquationNetwork, type EquationNetworkSettings } from '../fitting/equation-network.js';
import { loadModel } from '../load-model.js';
import { mdCost } from '../potentials/md-cost.js';
import { type FinishedEquation, type FoundEntry, tidy } from './finish.js';
import type { PreparedFit } from './prepare.js';

/** One equation of the front, ready to be shown, and to be refitted. */
export interface FrontRow {
  /** row of `hall_of_fame.csv`, from 1 */
  row: number;
  /** nodes of the three printed equations */
  complexity: number;
  /** equation 6 with plain absolute errors, on all the data and targets, all digits of the constants, eV/atom */
  loss: number;
  /** the same with rounded constants, of the chosen equation, eV/atom */
  rounded?: number;
  /** which of several networks it has, such as `pair 2`; empty where there is one of each */
  architecture: string;
  /** Å */
  cutoff: number;
  /** estimated time of molecular dynamics, that of SR2 is 1 */
  mdCost: number;
  pair: string;
  density: string;
  embedding: string;
  chosen: boolean;
  network: EquationNetworkSettings;
  /** weights of the search, then the reference energy */
  parameters: number[];
}

/** `front.json`: what `eqpot pick` needs of a finished run. */
export interface SavedFront {
  /** chemical symbol */
  element: string;
  settings: Settings;
  /** the settings file, as text */
  settingsText: string;
  /** absolute folder that paths in the settings start from */
  directory: string;
  data: Pick<DataFile, 'path' | 'sha256'>[];
  rows: FrontRow[];
}

/** The front as rows, simplest first; the chosen entry is shown as the finished equation. */
export function frontRows(
  architectures: readonly PreparedFit[],
  front: readonly FoundEntry[],
  chosen: FoundEntry,
  finished: FinishedEquation,
  others: readonly FrontRow[] = [],
): FrontRow[] {
  const rows = front.map((entry): FrontRow => {
    const own = entry === chosen;
    const {
      name,
      element,
      problem: { network },
    } = architectures[entry.architecture]!;
    const equations = own ? finished.model : new EquationNetwork(network).equations(entry.parameters);
    const text = (part: 'pair' | 'density' | 'embedding', variable: string): string =>
      printText(own ? equations[part] : tidy(equations[part], 6), variable);
    return {
      row: 0,
      complexity: own ? finished.complexity : entry.complexity,
      loss: own ? finished.unrounded : entry.loss,
      ...(own ? { rounded: finished.loss } : {}),
      architecture: name,
      cutoff: network.cutoff,
      mdCost: mdCost(element, network.cutoff),
      pair: text('pair', 'r'),
      density: text('density', 'r'),
      embedding: text('embedding', 'rho'),
      chosen: own,
      network,
      parameters: [...entry.parameters],
    };
  });
  return [...rows, ...others]
    .sort((a, b) => a.complexity - b.complexity || a.cutoff - b.cutoff || a.loss - b.loss)
    .map((one, k) => ({ ...one, row: k + 1 }));
}

/** Rows of an earlier front as entries of a search with the same architectures; those of others are left out. */
export function entriesOf(rows: readonly FrontRow[], architectures: readonly PreparedFit[]): FoundEntry[] {
  return rows.flatMap(({ architecture: wanted, cutoff, parameters, loss, complexity }) => {
    const architecture = architectures.findIndex(({ name, problem }) => name === wanted && problem.network.cutoff === cutoff);
    return architecture < 0 ? [] : [{ parameters: Float64Array.from(parameters), loss, complexity, architecture, cutoff }];
  });
}

/** `hall_of_fame.csv`: the whole front, the chosen row marked with a star. */
export function hallOfFame(rows: readonly FrontRow[]): string {
  const lines = rows.map((row) => {
    const equation = `phi(r) = ${row.pair}; rho(r) = ${row.density}; F(rho) = ${row.embedding}`;
    const losses = [row.loss.toPrecision(8), row.rounded?.toPrecision(8) ?? ''];
    return [
      row.row,
      row.chosen ? '*' : '',
      row.complexity,
      ...losses,
      row.cutoff,
      row.mdCost.toFixed(3),
      `"${row.architecture}"`,
      `"${equation}"`,
    ].join(',');
  });
  return `row,chosen,complexity,loss_eV_per_atom,loss_rounded_eV_per_atom,cutoff_A,md_cost_of_sr2,networks,equation\n${lines.join('\n')}\n`;
}

const FORMAT = 'eqpot front 1';

/** `front.json`. @param runDirectory absolute; the folder of the settings is kept relative to it, so that both can move together */
export function writeFront(front: SavedFront, runDirectory: string): string {
  const directory = relative(runDirectory, front.directory) || '.';
  return `${JSON.stringify({ format: FORMAT, eqpot: version(), ...front, directory })}\n`;
}

/**
 * The front of a finished run.
 * @throws InputError where there is none, or none that can be read
 */
export function readFront(runDirectory: string): SavedFront {
  const file = join(runDirectory, 'front.json');
  if (!existsSync(file) && existsSync(join(runDirectory, 'model.json')) && loadModel(runDirectory).kind !== 'equation')
    throw new InputError(
      'only fits of closed equations of one element have a front to pick from',
      { file: runDirectory },
      {
        hint: 'of alloys hall_of_fame.csv shows the equations met; alloy.tolerance and alloy.terms say how long the chosen ones are',
      },
    );
  if (!existsSync(file))
    throw new InputError(
      'there is no front.json',
      { file: runDirectory },
      { hint: 'name the directory of a finished `eqpot fit`; a run that an older version made has to be made again' },
    );
  let content: Partial<SavedFront> & { format?: string };
  try {
    content = JSON.parse(readFileSync(file, 'utf8')) as typeof content;
  } catch (cause) {
    throw new InputError(`cannot be read: ${(cause as Error).message}`, { file }, { cause, hint: 'fit again: the run makes it' });
  }
  const parsed = settingsSchema.safeParse(content.settings);
  if (content.format !== FORMAT || !parsed.success || !Array.isArray(content.rows) || content.rows.length === 0)
    throw new InputError(`is not the front of a run of this version (expected ${FORMAT})`, { file }, { hint: 'fit again' });
  return {
    element: String(content.element),
    settings: parsed.data,
    settingsText: content.settingsText ?? '',
    directory: resolve(runDirectory, content.directory ?? '.'),
    data: content.data ?? [],
    rows: content.rows,
  };
}
