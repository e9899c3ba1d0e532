import { createHash } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Settings } from '../config/schema.js';
import { version } from '../config/version.js';
import type { DataFile } from '../datasets/read.js';
import { findLammps } from '../engines/lammps/find.js';
import { SILENT } from '../engines/progress.js';
import { breathe, NEVER_STOP } from '../engines/stop.js';
import { Checkpoint } from './checkpoint.js';
import { complete, type FitOptions, type FitResult } from './complete.js';
import { entriesOf } from './front-file.js';
import { prepare } from './prepare.js';
import { search } from './search.js';
import { targetFileHashes } from './target-requests.js';
import { firstRelaxation } from './targets.js';

export type { FitOptions, FitResult } from './complete.js';

/**
 * The main job: reads and audits the data, searches the equation, writes the LAMMPS files, has LAMMPS prove them, and leaves a report.
 * @throws InputError for bad input; StoppedError when asked to stop (the state is saved); VerificationError when LAMMPS does not agree;
 * EngineError when LAMMPS fails
 */
export async function fit(settings: Settings, options: FitOptions = {}): Promise<FitResult> {
  const directory = resolve(options.directory ?? '.');
  const runDirectory = resolve(directory, options.runDirectory ?? settings.directory ?? 'runs/fit');
  const progress = options.progress ?? SILENT;
  const stop = options.stop ?? NEVER_STOP;
  const lammps = options.engine ?? (await findLammps(settings.lammps));
  try {
    progress.phase('data');
    await breathe();
    let architectures = prepare(settings, directory, progress, options.place);
    await breathe();
    stop.throwIfRequested();
    mkdirSync(runDirectory, { recursive: true });
    const checkpoint = new Checkpoint(runDirectory, fingerprint(settings, architectures[0]!.files, directory));
    if (settings.targets) architectures = await firstRelaxation(settings, architectures, progress, stop);
    const problems = architectures.map(({ problem }) => problem);
    const known = entriesOf(options.known ?? [], architectures);
    const outcome = await search(settings, problems, checkpoint, options.resume ?? false, progress, stop, known);
    progress.line(`search: ${outcome.reason}`);

    return await complete(settings, architectures, outcome, {
      ...options,
      directory,
      runDirectory,
      lammps,
      onProved: () => checkpoint.clear(),
    });
  } finally {
    if (!options.engine) await lammps.close();
  }
}

/** Changes with anything that would change the result of the search. */
function fingerprint(settings: Settings, files: readonly DataFile[], directory: string): string {
  const { seed, data, reference_energy, network, loss, targets, search: searchSettings, refine, backend, moment_error } = settings;
  const { restarts: _restarts, ...steps } = searchSettings;
  const targetFiles = targetFileHashes(targets, directory);
  const content = {
    version: version(),
    seed,
    data,
    reference_energy,
    network,
    loss,
    targets,
    targetFiles,
    steps,
    refine,
    backend,
    moment_error,
  };
  const hash = createHash('sha256').update(JSON.stringify(content));
  for (const file of files) hash.update(file.sha256);
  return hash.digest('hex');
}
