import { createHash } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { resolve } from 'node:path';
import type { LoadedSettings } from '../config/load.js';
import type { Settings } from '../config/schema.js';
import { version } from '../config/version.js';
import { findLammps } from '../engines/lammps/find.js';
import { assertProof, type ProofReport, prove } from '../engines/lammps/proof.js';
import { type Progress, SILENT } from '../engines/progress.js';
import { breathe, NEVER_STOP, type StopToken } from '../engines/stop.js';
import { runInWorkers, workerUrl } from '../engines/workers.js';
import { printText } from '../expressions/print.js';
import type { Probe } from '../fitting/choose-nodes.js';
import { EquationNetwork } from '../fitting/equation-network.js';
import { type EquationModel, EquationPotential, writeModel } from '../potentials/equation-potential.js';
import { renderReport } from '../report/html.js';
import { equationTex } from '../report/tex.js';
import { equationText } from '../report/text.js';
import { type Assessment, assess } from './assess.js';
import { Checkpoint } from './checkpoint.js';
import { assertCore, type ExportedModel, lammpsFilesOf } from './export.js';
import type { FinishedEquation } from './finish.js';
import type { FitMessage, FitShared, FitTask, FitTaskResult } from './fit-worker.js';
import { pick } from './pick.js';
import { type PreparedFit, prepare } from './prepare.js';
import { keptFindings, reportData } from './report.js';
import { fitShared, type SearchOutcome, search } from './search.js';
import { firstRelaxation, relaxRounds, type TargetRow, targetLines, targetRows } from './targets.js';
import { type FrontRow, frontRows, hallOfFame, writeRunFiles } from './write.js';

/** How a fit is run; everything about what is fitted stands in the settings. */
export interface FitOptions {
  /** folder that relative paths in the settings start from; default the working folder */
  directory?: string;
  /** where the results go; default `settings.directory`, then `runs/fit`, relative to `directory` */
  runDirectory?: string;
  /** the settings as the user wrote them, for the report */
  settingsText?: string;
  /** command line, for the report and the file headers */
  command?: string;
  /** where a setting stands in its file, for errors that show only with the data; see `LoadedSettings` */
  place?: LoadedSettings['place'];
  /** go on from the checkpoint in the run directory */
  resume?: boolean;
  progress?: Progress;
  stop?: StopToken;
  /** printed beside the found equation when it is known (recovery of a published model) */
  truth?: EquationModel;
}

/** Everything a fit leaves, besides the files. */
export interface FitResult {
  /** absolute path */
  directory: string;
  model: EquationModel;
  complexity: number;
  /** eV/atom */
  loss: number;
  front: FrontRow[];
  assessment: Assessment;
  proof: ProofReport;
  /** why the search ended */
  reason: string;
  /** names of the files in `directory` */
  files: string[];
}

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
  const command = options.command ?? 'eqpot';
  const lammps = await findLammps(settings.lammps);
  try {
    progress.phase('data');
    await breathe();
    let prepared = prepare(settings, directory, progress, options.place);
    await breathe();
    stop.throwIfRequested();
    mkdirSync(runDirectory, { recursive: true });
    const checkpoint = new Checkpoint(runDirectory, fingerprint(settings, prepared));
    if (settings.targets) prepared = { ...prepared, problem: await firstRelaxation(settings, prepared, progress, stop) };
    let outcome = await search(settings, prepared.problem, checkpoint, options.resume ?? false, progress, stop);
    progress.line(`search: ${outcome.reason}`);

    progress.phase('finish');
    let { finished, chosen } = await pick(settings, prepared, outcome, progress, stop);
    // the number of radial nodes was chosen for published equations; the found one may need more
    const sharper = prepared.sharpen(probeOf(finished.model));
    if (sharper) {
      progress.line(`moments: ${sharper.nodes.count} radial nodes for the found equation, refining it with them`);
      prepared = { ...prepared, ...sharper };
      ({ finished, chosen } = await pick(settings, prepared, outcome, progress, stop));
    }
    if (settings.targets)
      ({ prepared, outcome, finished, chosen } = await relaxRounds(settings, { prepared, outcome, finished, chosen }, progress, stop));
    const targets = targetRows(prepared.problem, finished);
    for (const line of targetLines(targets)) progress.line(line);
    const folds = await crossValidate(settings, prepared, finished, progress, stop);
    stop.throwIfRequested();
    const assessment = assess(prepared, finished, folds, settings, directory);

    progress.phase('export');
    await breathe();
    stop.throwIfRequested();
    const exported = lammpsFilesOf(finished.model, runDirectory, { accuracy: settings.export.accuracy, command });
    progress.phase('proof', `LAMMPS (${lammps.kind})`);
    const proof = await prove(lammps, exported.model, exported.files, prepared.problem.frames, {
      frames: settings.export.proof_frames,
      seed: settings.seed,
      abort: stop.signal,
    });
    const rows = frontRows(new EquationNetwork(prepared.problem.network), outcome.front, chosen, {
      complexity: finished.complexity,
      loss: finished.loss,
      pair: printText(finished.model.pair, 'r'),
      density: printText(finished.model.density, 'r'),
      embedding: printText(finished.model.embedding, 'rho'),
    });
    const data = reportData({ settings, options, prepared, outcome, finished, rows, assessment, exported, proof, targets });
    const files: Record<string, string> = {
      'model.json': writeModel(finished.model),
      ...exported.files.files,
      'hall_of_fame.csv': hallOfFame(rows),
      'equation.tex': equationTex(data.equation),
      'equation.txt': equationText(data.equation),
      'metrics.json': `${JSON.stringify(metricsJson({ settings, prepared, outcome, finished, assessment, proof, exported, targets }), null, 2)}\n`,
      'predictions.csv': assessment.csv,
      'report.html': renderReport(data),
    };
    writeRunFiles(runDirectory, files);
    progress.done();
    assertProof(proof);
    checkpoint.clear();
    if (settings.export.core === 'zbl') assertCore(finished.violations);
    return {
      directory: runDirectory,
      model: finished.model,
      complexity: finished.complexity,
      loss: finished.loss,
      front: rows,
      assessment,
      proof,
      reason: outcome.reason,
      files: Object.keys(files),
    };
  } finally {
    await lammps.close();
  }
}

/** The equation without its core, for the check of the radial expansion. */
function probeOf(model: EquationModel): Probe {
  const potential = new EquationPotential({ ...model, core: { kind: 'none' } });
  const slope = new Float64Array(1);
  return {
    name: model.title,
    pair: (r) => potential.pair().evaluate(r, slope),
    density: (r) => potential.density().evaluate(r, slope),
    embedding: (rho) => potential.embedding().evaluate(rho, slope),
  };
}

/** Changes with anything that would change the result of the search. */
function fingerprint(settings: Settings, prepared: PreparedFit): string {
  const { seed, data, reference_energy, network, loss, targets, search: searchSettings, refine, backend, moment_error } = settings;
  const { restarts: _restarts, ...steps } = searchSettings;
  const content = { version: version(), seed, data, reference_energy, network, loss, targets, steps, refine, backend, moment_error };
  const hash = createHash('sha256').update(JSON.stringify(content));
  for (const file of prepared.files) hash.update(file.sha256);
  return hash.digest('hex');
}

/** Held-out predictions of refits of the chosen terms; empty arrays without cross-validation. */
async function crossValidate(settings: Settings, prepared: PreparedFit, finished: FinishedEquation, progress: Progress, stop: StopToken) {
  const { folds, problem } = prepared;
  if (folds.length === 0) return [];
  progress.phase('cross-validation', `${folds.length} folds`);
  const inGauge = { ...problem, network: finished.network };
  const tasks: FitTask[] = folds.map(({ train, test }) => ({ kind: 'fold', parameters: finished.parameters, train, test }));
  const results = await runInWorkers<FitTask, FitTaskResult, FitMessage, FitShared>(workerUrl(import.meta.url, './fit-worker'), tasks, {
    ...(settings.workers ? { workers: settings.workers } : {}),
    shared: fitShared(settings, inGauge),
    signal: stop.signal,
    describe: (index) => `fold ${index + 1} of ${folds.length}`,
    onDone: (_index, done) => progress.update(done / folds.length),
  });
  return results.map((result, k) => {
    if (result.kind !== 'fold') throw new Error('a fold gave the result of another task');
    return { test: folds[k]!.test, energies: result.energies, forces: result.forces };
  });
}

function metricsJson(parts: {
  settings: Settings;
  prepared: PreparedFit;
  outcome: SearchOutcome;
  finished: FinishedEquation;
  assessment: Assessment;
  proof: ProofReport;
  exported: ExportedModel;
  targets: readonly TargetRow[];
}): Record<string, unknown> {
  const { settings, prepared, outcome, finished, assessment, proof, exported, targets } = parts;
  const { plan } = exported.files;
  return {
    eqpot: version(),
    seed: settings.seed,
    data: prepared.files,
    complexity: finished.complexity,
    loss: finished.loss,
    lossBeforeRounding: finished.unrounded,
    searchEnded: outcome.reason,
    moments: { nodes: prepared.nodes.count, error: prepared.nodes.error, uniqueRows: prepared.problem.moments.weights.length },
    equationError: assessment.expansionError,
    fitted: assessment.fitted,
    test: assessment.test,
    crossValidation: assessment.crossValidation,
    comparisons: assessment.comparisons.map(({ name, report }) => ({ name, ...report })),
    audit: {
      mended: prepared.audit.applied.mended.map(({ frame, reason }) => ({ source: frame.source, reason })),
      setAside: prepared.audit.applied.setAside.map(({ frame, reason }) => ({ source: frame.source, reason })),
      kept: keptFindings(prepared).map(({ frame, reason }) => ({ source: frame, reason })),
    },
    notSound: finished.violations,
    ...(targets.length > 0 ? { targets } : {}),
    export: {
      nr: plan.grid.nr,
      nrho: plan.grid.nrho,
      accuracy: plan.accuracy,
      error: plan.errorEstimate,
      core: finished.model.core,
      notes: plan.notes,
    },
    lammps: {
      engine: proof.engine,
      passed: proof.passed,
      worst: proof.worst,
      equation: proof.equation,
      tolerance: proof.tolerance,
      comparisons: proof.structures.length,
    },
  };
}
