import { join, resolve } from 'node:path';
import { settingsSchema } from '../config/schema.js';
import { writeExtxyz } from '../datasets/extxyz/write.js';
import { writeFileAtomic } from '../engines/files.js';
import { type Progress, SILENT } from '../engines/progress.js';
import { breathe } from '../engines/stop.js';
import { RandomStream } from '../math/random.js';
import { builtinModel } from '../potentials/builtin.js';
import { type EquationModel, EquationPotential } from '../potentials/equation-potential.js';
import { recoverySet } from '../sampling/recovery-set.js';
import { type FitOptions, type FitResult, fit } from './fit.js';

/** A fit beside the equation that the data was made from. */
export interface QuickstartResult extends FitResult {
  truth: EquationModel;
}

/** Settings of the embedded example: the published networks, the published cutoff, energies only; forces test the result. */
export const RECOVERY = {
  title: 'Recovery of Sutton-Chen copper',
  data: { files: ['training.extxyz'], folds: 5, test_fraction: 0.2 },
  reference_energy: 0,
  network: { cutoff: 8, cutoff_style: 'shift', density_floor: 0 },
  loss: { forces: 0, stress: 0, near_equilibrium: { window: 0.3, weight: 2.5 } },
  search: { restarts: 4, steps: 600 },
  // exact energies leave nothing to resample
  uncertainty: { committee: 0 },
  refine: { candidates: 2 },
};

/**
 * The main job without any other file: structures are sampled by the nested-ensemble method from the built-in Sutton-Chen copper, and
 * its equation is found again from their energies, verified in LAMMPS and reported beside the true one.
 */
export async function quickstart(
  directory: string,
  options: FitOptions & { seed?: number; lammps?: string } = {},
): Promise<QuickstartResult> {
  const folder = resolve(directory);
  const progress: Progress = options.progress ?? SILENT;
  const seed = options.seed ?? 1;
  const truth = builtinModel('sutton-chen-cu');
  progress.phase('sampling', 'nested ensemble of Sutton-Chen copper');
  const { frames } = recoverySet(new EquationPotential(truth), RandomStream.fromSeed(seed));
  await breathe();
  options.stop?.throwIfRequested();
  writeFileAtomic(join(folder, 'training.extxyz'), writeExtxyz(frames));
  progress.line(`sampled ${frames.length} frames of ${frames[0]!.species.length} atoms into training.extxyz`);
  const settings = settingsSchema.parse({ ...RECOVERY, seed, ...(options.lammps ? { lammps: options.lammps } : {}) });
  return { ...(await fit(settings, { ...options, directory: folder, runDirectory: folder, truth })), truth };
}
