import { mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { OneNetwork } from '../config/architectures.js';
import { findLammps } from '../engines/lammps/find.js';
import { SILENT } from '../engines/progress.js';
import { breathe, NEVER_STOP } from '../engines/stop.js';
import { InputError } from '../errors.js';
import type { NetworkShape } from '../fitting/subnetwork.js';
import { complete, type FitOptions, type FitResult } from './complete.js';
import type { FoundEntry } from './finish.js';
import { type FrontRow, readFront, type SavedFront } from './front-file.js';
import { type PreparedFit, prepare } from './prepare.js';
import { relaxWith } from './targets.js';

/** Which equation of a front is wanted: a row, or the best within limits. */
export interface PickChoice {
  /** row of `hall_of_fame.csv` */
  row?: number;
  /** nodes */
  maxComplexity?: number;
  /** eV/atom; the simplest equation within it is taken */
  maxLoss?: number;
  /** Å */
  cutoff?: number;
}

/** How a picked equation is finished. */
export interface PickOptions extends Omit<FitOptions, 'directory' | 'resume' | 'settingsText' | 'place' | 'truth'> {
  /** worker threads; default that of the run */
  workers?: number;
  /** embedded, native or a command; default that of the run */
  lammps?: string;
}

/**
 * The equation that is wanted: of those within all limits the simplest (then the cheapest in MD) when the loss is limited, else the one
 * of lowest loss.
 * @throws InputError when there is none
 */
export function chooseRow({ rows }: Pick<SavedFront, 'rows'>, { row, maxComplexity = Infinity, maxLoss, cutoff }: PickChoice): FrontRow {
  const within = rows.filter(
    (one) =>
      (row === undefined || one.row === row) &&
      one.complexity <= maxComplexity &&
      one.loss <= (maxLoss ?? Infinity) &&
      (cutoff === undefined || one.cutoff === cutoff),
  );
  const better = (a: FrontRow, b: FrontRow): number =>
    maxLoss === undefined ? a.loss - b.loss : a.complexity - b.complexity || a.mdCost - b.mdCost;
  const [best] = within.sort(better);
  if (best) return best;
  const cutoffs = [...new Set(rows.map((one) => one.cutoff))].sort((a, b) => a - b);
  throw new InputError(
    'no equation of the front is as asked',
    {},
    {
      hint:
        `it has rows 1 to ${rows.length}: ${rows[0]!.complexity} to ${rows.at(-1)!.complexity} nodes, losses from ` +
        `${(Math.min(...rows.map((one) => one.loss)) * 1e3).toPrecision(3)} meV/atom, cutoffs of ${cutoffs.join(', ')} Å`,
    },
  );
}

/** The settings of a row's cutoff and networks. */
function networkOf({ network }: FrontRow): Pick<OneNetwork, 'cutoff' | 'pair' | 'density' | 'embedding'> {
  const shape = ({ basis, outer = [] }: NetworkShape) => ({ basis: [...basis], outer: [...outer] });
  return {
    cutoff: network.cutoff,
    pair: shape(network.pair),
    density: shape(network.density),
    embedding: shape(network.embedding),
  };
}

/** Where a picked equation goes unless something else is said. */
export function pickedDirectory(runDirectory: string, row: FrontRow): string {
  return join(runDirectory, `picked-${row.row}`);
}

/**
 * Finishes another equation of a finished run's front: refines it on the data (and targets) of the run, rounds its constants, writes its
 * LAMMPS files, has LAMMPS prove them, and leaves a folder like that of a fit.
 * @param runDirectory of the fit
 * @throws as `fit`; InputError when the data is not that of the run
 */
export async function pickFromRun(runDirectory: string, choice: PickChoice, options: PickOptions = {}): Promise<FitResult> {
  const run = resolve(runDirectory);
  const saved = readFront(run);
  const row = chooseRow(saved, choice);
  const { progress = SILENT, stop = NEVER_STOP } = options;
  const settings = {
    ...saved.settings,
    ...(options.workers === undefined ? {} : { workers: options.workers }),
    lammps: options.lammps ?? saved.settings.lammps,
    // the row's own choice where the run had several
    network: { ...saved.settings.network, ...networkOf(row) },
  };
  const { directory } = saved;
  const lammps = await findLammps(settings.lammps);
  try {
    progress.phase('data');
    await breathe();
    let [prepared] = prepare(settings, directory, progress) as [PreparedFit];
    prepared.files.forEach(({ path, sha256 }, k) => {
      if (saved.data[k]?.path !== path || saved.data[k]?.sha256 !== sha256)
        throw new InputError('the data is not that of the run any more', { file: path }, { hint: 'restore the file, or fit again' });
    });
    await breathe();
    stop.throwIfRequested();
    const runDirectory = resolve(options.runDirectory ?? pickedDirectory(run, row));
    mkdirSync(runDirectory, { recursive: true });
    const { loss, complexity, cutoff } = row;
    const entry: FoundEntry = { parameters: Float64Array.from(row.parameters), loss, complexity, architecture: 0, cutoff };
    if (settings.targets) [prepared] = relaxWith(settings, [prepared], prepared, entry, progress) as [PreparedFit];
    const reason = `row ${row.row} of the front of ${saved.rows.length} equations was picked; the search is that of the run`;
    return await complete(
      settings,
      [{ ...prepared, name: row.architecture }],
      { front: [entry], restarts: [], reason },
      {
        ...options,
        directory,
        runDirectory,
        lammps,
        settingsText: saved.settingsText,
        others: saved.rows.filter((one) => one !== row).map(({ rounded: _rounded, ...one }) => ({ ...one, chosen: false })),
      },
    );
  } finally {
    await lammps.close();
  }
}
