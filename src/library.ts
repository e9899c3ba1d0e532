import { parseDuration } from './config/duration.js';
import { checkedSettings, type LoadedSettings, loadSettings, runDirectory } from './config/load.js';
import type { SettingsInput } from './config/schema.js';
import { StopController } from './engines/stop.js';
import { InputError } from './errors.js';
import { type Evaluated, type EvaluationOptions, evaluate as evaluateModel } from './evaluate.js';
import { exportAdp as writeAdp } from './export/adp.js';
import { exportEamAlloy as writeEamAlloy } from './export/eam-alloy.js';
import { exportEamFs as writeEamFs } from './export/eam-fs.js';
import { exportModelOf } from './export/export-model.js';
import type { ExportModel, ExportOptions } from './export/exportable.js';
import type { TableFile } from './export/table-file.js';
import { type DataInput, framesFrom, type ModelInput, modelFrom } from './library-input.js';
import { isEam } from './potentials/potential.js';
import type { Frame } from './structures/structure.js';
import { today } from './workflows/export.js';
import { type FitOptions, type FitResult, fit as runFit } from './workflows/fit.js';

/**
 * The main job, as `eqpot fit` does it: reads and audits the data, searches the equation, writes the LAMMPS files, has LAMMPS prove
 * them, and leaves a report.
 * @param settings path of a settings file, or settings as one would write them there; what is left out has its default
 * @throws InputError for wrong settings and bad data; StoppedError when `options.stop` or `max_time` asked for it (the state is saved,
 * and `resume` goes on); VerificationError when LAMMPS does not agree; EngineError when LAMMPS fails
 */
export async function fit(settings: string | SettingsInput, options: FitOptions = {}): Promise<FitResult> {
  if (typeof settings === 'string') {
    const loaded = loadSettings(settings);
    const { directory, text, place } = loaded;
    return timed(loaded, { directory, runDirectory: runDirectory(loaded), settingsText: text, place, ...options });
  }
  const checked = checkedSettings(settings, options.directory ?? '.');
  return timed(checked, { settingsText: checked.text, ...options });
}

/** `max_time` holds where the caller brings no stop token of its own. */
async function timed({ settings }: Pick<LoadedSettings, 'settings'>, options: FitOptions): Promise<FitResult> {
  if (options.stop || settings.max_time === undefined) return runFit(settings, options);
  const stop = new StopController({ signals: false, maxTimeSeconds: parseDuration(settings.max_time), announce: () => {} });
  try {
    return await runFit(settings, { ...options, stop });
  } finally {
    stop.dispose();
  }
}

/**
 * Energies, forces and stresses of a model on data, and their errors against the labels: `evaluate('sr2', 'test.extxyz')`.
 * @returns the errors, the predictions in the order of the frames, and the frames
 * @throws InputError for what is no model or no data, an element that the model does not have, windows that do not grow
 */
export function evaluate(model: ModelInput, data: DataInput, options: EvaluationOptions = {}): Evaluated & { frames: Frame[] } {
  const loaded = modelFrom(model);
  const frames = framesFrom(data);
  return { ...evaluateModel(loaded, frames, options), frames };
}

/**
 * The text of a LAMMPS `pair_style eam/fs` file of any model: `exportEamFs('sr2').text`. An equation without a core is written
 * without one; `exportPotential` adds a core, writes all files and has LAMMPS prove them.
 * @throws InputError for what is no model, and where a function is not finite where the table needs it
 */
export function exportEamFs(model: ModelInput | ExportModel, options: ExportOptions = {}): TableFile {
  return writeEamFs(exportable(model), options);
}

/** The same for `pair_style adp`, of models with angular terms; others get terms of zero. */
export function exportAdp(model: ModelInput | ExportModel, options: ExportOptions = {}): TableFile {
  return writeAdp(exportable(model), options);
}

/** The same for `pair_style eam/alloy`. */
export function exportEamAlloy(model: ModelInput | ExportModel, options: ExportOptions = {}): TableFile {
  return writeEamAlloy(exportable(model), options);
}

function exportable(model: ModelInput | ExportModel): ExportModel {
  if (typeof model === 'object' && model !== null && 'rMin' in model) return model;
  const { potential, name } = modelFrom(model);
  if (!isEam(potential))
    throw new InputError(
      `${name} is no potential of the embedded-atom method`,
      {},
      { hint: 'exportPotential writes its own LAMMPS files' },
    );
  return exportModelOf(potential, name, today());
}
