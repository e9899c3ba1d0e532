import { mkdirSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Settings } from '../config/schema.js';
import { version } from '../config/version.js';
import { findLammps } from '../engines/lammps/find.js';
import { assertProof, type ProofReport, proveFiles } from '../engines/lammps/proof.js';
import { SILENT } from '../engines/progress.js';
import { breathe, NEVER_STOP } from '../engines/stop.js';
import { checkCalculatorCore } from '../export/check-core.js';
import { exportSMeam } from '../export/s-meam-files.js';
import type { SplinePoint } from '../fitting/splines/fit.js';
import { SplineObjective } from '../fitting/splines/objective.js';
import { printedGauge } from '../fitting/splines/start.js';
import { type SMeamModel, SMeamPotential } from '../potentials/s-meam.js';
import { writeSMeam } from '../potentials/s-meam-json.js';
import { type Assessment, assessModel } from './assess.js';
import { Checkpoint } from './checkpoint.js';
import type { FitOptions } from './complete.js';
import { assertCore, overlaidCore, provedSplines, today } from './export.js';
import { type PreparedSplines, prepareSplines } from './prepare-splines.js';
import { splineMetrics, splineReport } from './report-splines.js';
import { SplineWork, splineFingerprint } from './search-splines.js';
import { writeRunFiles } from './write.js';

/** What a fit of splines leaves, besides the files. */
export interface SplineFitResult {
  /** absolute path */
  directory: string;
  model: SMeamModel;
  parameters: number;
  /** eV/atom */
  loss: number;
  assessment: Omit<Assessment, 'expansionError'>;
  proof: ProofReport;
  /** why the search ended */
  reason: string;
  /** names of the files in `directory` */
  files: string[];
}

/**
 * Fits a spline MEAM potential: reads and audits the data, searches the knots, writes the LAMMPS files, has LAMMPS prove them, and leaves
 * a report.
 * @throws InputError for bad input; StoppedError when asked to stop (the starts that are done are saved); VerificationError when LAMMPS
 * does not agree, or the potential is not sound; EngineError when LAMMPS fails
 */
export async function fitSplines(settings: Settings, options: Omit<FitOptions, 'truth'> = {}): Promise<SplineFitResult> {
  const directory = resolve(options.directory ?? '.');
  const runDirectory = resolve(directory, options.runDirectory ?? settings.directory ?? 'runs/fit');
  const { progress = SILENT, stop = NEVER_STOP, command = 'eqpot' } = options;
  const lammps = await findLammps(settings.lammps);
  try {
    progress.phase('data');
    await breathe();
    const prepared = prepareSplines(settings, directory, progress, options.place);
    await breathe();
    stop.throwIfRequested();
    mkdirSync(runDirectory, { recursive: true });
    const checkpoint = new Checkpoint<SplinePoint>(runDirectory, splineFingerprint(settings, prepared));
    const work = new SplineWork(settings, prepared, stop);
    const { starts, found, reason } = await work.search(progress, checkpoint, options.resume ?? false);
    progress.line(`search: ${reason}`);
    const objective = new SplineObjective(prepared.problem);
    const parameters = printedGauge(objective, found.parameters);
    const folds = await work.crossValidate(parameters, progress);
    progress.phase('finish');
    await breathe();
    const model = modelOf(settings, prepared, objective, parameters);
    const violations = checkCalculatorCore(new SMeamPotential(model), prepared.shortest);
    const evaluated = { potential: new SMeamPotential(model), referenceEnergies: model.referenceEnergies };
    const data = { frames: prepared.problem.frames, heldOut: prepared.test?.frames };
    const assessment = assessModel(evaluated, data, folds, settings, directory);
    progress.phase('proof', `LAMMPS (${lammps.kind})`);
    const { files: lammpsFiles, decks } = exportSMeam(model, { folder: runDirectory, command }, today());
    const proof = await proveFiles(lammps, provedSplines(model, lammpsFiles, decks, prepared.shortest), prepared.problem.frames, {
      frames: settings.export.proof_frames,
      seed: settings.seed,
      abort: stop.signal,
    });
    const parts = {
      settings,
      options,
      prepared,
      assessment,
      proof,
      model,
      parameters: objective.form.size,
      starts,
      found,
      reason,
      violations,
    };
    const files: Record<string, string> = {
      'model.json': writeSMeam(model),
      ...lammpsFiles,
      'metrics.json': `${JSON.stringify(splineMetrics(parts), null, 2)}\n`,
      'predictions.csv': assessment.csv,
      'report.html': splineReport(parts),
    };
    writeRunFiles(runDirectory, files);
    progress.done();
    assertProof(proof);
    checkpoint.clear();
    if (settings.export.core === 'zbl') assertCore(violations);
    const { loss } = found;
    return { directory: runDirectory, model, parameters: objective.form.size, loss, assessment, proof, reason, files: Object.keys(files) };
  } finally {
    await lammps.close();
  }
}

function modelOf(settings: Settings, prepared: PreparedSplines, objective: SplineObjective, p: Float64Array): SMeamModel {
  const { densities } = objective.predict(p);
  const { elements } = prepared;
  const any = settings.splines.terms !== 'phi';
  return {
    title: settings.title || `${elements.join('-')} spline potential (${settings.splines.terms})`,
    elements,
    functions: objective.form.functions(p),
    core: settings.export.core === 'zbl' ? overlaidCore(prepared.shortest) : { kind: 'none' },
    referenceEnergies: Object.fromEntries(
      elements.map((element, e) => [element, prepared.problem.references?.[e] ?? p[objective.form.size + e]!]),
    ),
    citation: `fitted with eqpot ${version()}; form: J. A. Vita and D. R. Trinkle, Comput. Mater. Sci. 200, 110752 (2021)`,
    range: { shortest: prepared.shortest, lowestDensity: any ? densities[0] : 0, highestDensity: any ? densities[1] : 0 },
  };
}
