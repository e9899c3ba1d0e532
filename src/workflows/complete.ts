import { basename, isAbsolute, relative } from 'node:path';
import type { LoadedSettings } from '../config/load.js';
import type { Settings } from '../config/schema.js';
import { version } from '../config/version.js';
import type { LammpsEngine } from '../engines/lammps/engine.js';
import { assertProof, type ProofReport, prove } from '../engines/lammps/proof.js';
import { type Progress, SILENT } from '../engines/progress.js';
import { breathe, NEVER_STOP, type StopToken } from '../engines/stop.js';
import { runInWorkers, workerUrl } from '../engines/workers.js';
import type { Probe } from '../fitting/choose-nodes.js';
import { writeCommittee } from '../potentials/committee-file.js';
import { type EquationModel, EquationPotential, writeModel } from '../potentials/equation-potential.js';
import { renderReport } from '../report/html.js';
import { equationTex } from '../report/tex.js';
import { equationText } from '../report/text.js';
import { type Assessment, assess } from './assess.js';
import { assertCore, type ExportedModel, lammpsFilesOf } from './export.js';
import type { FinishedEquation } from './finish.js';
import type { FitMessage, FitShared, FitTask, FitTaskResult } from './fit-worker.js';
import { type FrontRow, frontRows, hallOfFame, writeFront } from './front-file.js';
import { pick } from './pick.js';
import type { PreparedFit } from './prepare.js';
import { keptFindings, reportData } from './report.js';
import { fitShared, type SearchOutcome } from './search.js';
import { relaxRounds, type TargetRow, targetLines, targetRows } from './targets.js';
import { type Uncertainty, uncertainty, uncertaintyJson } from './uncertainty.js';
import { writeRunFiles } from './write.js';

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
  /** equations of an earlier search with the same networks, which stand beside those found */
  known?: readonly FrontRow[];
  /** used in place of the one that the settings name, and left open */
  engine?: LammpsEngine;
}

/** Everything a fit leaves, besides the files. */
export interface FitResult {
  /** absolute path */
  directory: string;
  model: EquationModel;
  complexity: number;
  /** equation 6 with plain absolute errors and the pull of the targets, constants rounded, eV/atom */
  loss: number;
  /** the same before the constants were rounded, eV/atom */
  unrounded: number;
  front: FrontRow[];
  assessment: Assessment;
  proof: ProofReport;
  /** why the search ended */
  reason: string;
  /** names of the files in `directory` */
  files: string[];
}

/** Where a run is, what proves it, and what else belongs to it. */
export interface CompleteOptions extends FitOptions {
  /** absolute */
  directory: string;
  /** absolute */
  runDirectory: string;
  lammps: LammpsEngine;
  /** equations of the front that are shown but not looked at */
  others?: readonly FrontRow[];
  /** called when the files are written and proved */
  onProved?: () => void;
}

/**
 * What follows a search: finishes the chosen equation, assesses it, writes the LAMMPS files, has LAMMPS prove them, and leaves a report.
 * @throws StoppedError when asked to stop; VerificationError when LAMMPS does not agree, or the potential is not sound; EngineError when LAMMPS fails
 */
export async function complete(
  settings: Settings,
  start: readonly PreparedFit[],
  search: SearchOutcome,
  options: CompleteOptions,
): Promise<FitResult> {
  const { directory, runDirectory, lammps, progress = SILENT, stop = NEVER_STOP, command = 'eqpot' } = options;
  let architectures = [...start];
  let outcome = search;
  progress.phase('finish');
  let { finished, chosen } = await pick(settings, architectures, outcome, progress, stop);
  // the number of radial nodes was chosen for published equations; the found one may need more
  for (let refined = 0; refined < architectures.length; refined++) {
    const at = chosen.architecture;
    const sharper = architectures[at]!.sharpen(probeOf(finished.model), new EquationPotential(finished.model));
    if (!sharper || sharper.nodes.count <= architectures[at]!.nodes.count) break;
    progress.line(`moments: ${sharper.nodes.count} radial nodes for the found equation, refining it with them`);
    architectures = architectures.map((one, k) => (k === at ? { ...one, ...sharper } : one));
    ({ finished, chosen } = await pick(settings, architectures, outcome, progress, stop));
  }
  if (settings.targets)
    ({ architectures, outcome, finished, chosen } = await relaxRounds(
      settings,
      { architectures, outcome, finished, chosen },
      progress,
      stop,
    ));
  const prepared = architectures[chosen.architecture]!;
  const targets = targetRows(prepared.problem, finished);
  for (const line of targetLines(targets)) progress.line(line);
  const folds = await crossValidate(settings, prepared, finished, progress, stop);
  stop.throwIfRequested();
  const open = await uncertainty(settings, { architectures, outcome, finished, chosen }, folds, progress, stop);
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
  const rows = frontRows(architectures, outcome.front, chosen, finished, options.others);
  const run = shortName(runDirectory);
  const data = reportData({ run, settings, options, prepared, outcome, finished, rows, assessment, exported, proof, targets, open });
  const front = {
    element: prepared.element,
    settings,
    settingsText: options.settingsText ?? '',
    directory,
    data: prepared.files.map(({ path, sha256 }) => ({ path, sha256 })),
    rows,
  };
  const files: Record<string, string> = {
    'model.json': writeModel(finished.model),
    ...(open.committee ? { 'committee.json': writeCommittee(open.committee) } : {}),
    ...exported.files.files,
    'hall_of_fame.csv': hallOfFame(rows),
    'front.json': writeFront(front, runDirectory),
    'equation.tex': equationTex(data.equation),
    'equation.txt': equationText(data.equation),
    'metrics.json': `${JSON.stringify(metricsJson({ settings, prepared, outcome, finished, assessment, proof, exported, targets, open }), null, 2)}\n`,
    'predictions.csv': assessment.csv,
    'report.html': renderReport(data),
  };
  writeRunFiles(runDirectory, files);
  progress.done();
  assertProof(proof, REMEDIES);
  options.onProved?.();
  if (settings.export.core === 'zbl') assertCore(finished.violations);
  return {
    directory: runDirectory,
    model: finished.model,
    complexity: finished.complexity,
    loss: finished.loss,
    unrounded: finished.unrounded,
    front: rows,
    assessment,
    proof,
    reason: outcome.reason,
    files: Object.keys(files),
  };
}

/** A folder as one would name it from here; where it is elsewhere, from the folder that it is in. */
function shortName(directory: string): string {
  const short = relative('.', directory);
  return short.startsWith('..') || isAbsolute(short) ? basename(directory) : short || '.';
}

/** What to do when LAMMPS does not agree. */
const REMEDIES =
  'the files are written, to be looked at (report.html shows every comparison), not to be used; a smaller export.accuracy makes finer\n' +
  '  tables, another equation of the front may do (eqpot pick RUN), and lammps: embedded tells whether it is the LAMMPS that was asked';

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

/** Held-out predictions of refits of the chosen terms; empty arrays without cross-validation. */
async function crossValidate(settings: Settings, prepared: PreparedFit, finished: FinishedEquation, progress: Progress, stop: StopToken) {
  const { folds, problem } = prepared;
  if (folds.length === 0) return [];
  progress.phase('cross-validation', `${folds.length} folds`);
  const inGauge = { ...problem, network: finished.network };
  const tasks: FitTask[] = folds.map(({ train, test }) => ({ kind: 'fold', parameters: finished.parameters, train, test }));
  const results = await runInWorkers<FitTask, FitTaskResult, FitMessage, FitShared>(workerUrl(import.meta.url, './fit-worker'), tasks, {
    ...(settings.workers ? { workers: settings.workers } : {}),
    shared: fitShared(settings, [inGauge]),
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
  open: Uncertainty;
}): Record<string, unknown> {
  const { settings, prepared, outcome, finished, assessment, proof, exported, targets, open } = parts;
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
    uncertainty: uncertaintyJson(open),
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
