import { mkdirSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Settings } from '../config/schema.js';
import { targetRounds } from '../config/targets-schema.js';
import type { LammpsEngine } from '../engines/lammps/engine.js';
import { findLammps } from '../engines/lammps/find.js';
import { assertProof, type ProofOptions, type ProofReport } from '../engines/lammps/proof.js';
import { type Progress, SILENT } from '../engines/progress.js';
import { breathe, NEVER_STOP } from '../engines/stop.js';
import type { CoreViolation } from '../export/check-core.js';
import type { FittedPoint, FramesProblem } from '../fitting/points.js';
import type { Potential } from '../potentials/potential.js';
import type { ReportFrontEntry } from '../report/report-data.js';
import type { ReportSplines } from '../report/sections/splines.js';
import type { Frame } from '../structures/structure.js';
import { type Assessment, assessModel } from './assess.js';
import type { AuditedData } from './audited-data.js';
import type { Place } from './check-data.js';
import { Checkpoint } from './checkpoint.js';
import type { FitOptions } from './complete.js';
import { assertCore } from './export.js';
import { pointMetrics, pointReport } from './report-points.js';
import { type PointSearch, PointWork, pointsFingerprint } from './search-points.js';
import { type TargetRow, targetLines } from './targets.js';
import { writeRunFiles } from './write.js';

/** Everything that is known before the search starts, for a form whose parameters are one vector. */
export interface PreparedPoints extends Omit<AuditedData, 'frames' | 'ownWeights' | 'split'> {
  /** the frames that are fitted */
  problem: FramesProblem;
  /** held-out frames, undefined without a test set */
  test: { frames: readonly Frame[] } | undefined;
}

/** A potential as a form has it in the end. */
export interface FinishedPoint<Model> {
  /** as the refits of the cross-validation start from them */
  parameters: Float64Array;
  model: Model;
  potential: Potential;
  /** eV/atom */
  referenceEnergies: Readonly<Record<string, number>>;
  violations: readonly CoreViolation[];
  /** number of parameters that were fitted, and what they are */
  count: number;
  counted: string;
  /** content of model.json */
  json: string;
  /** core of the model, for metrics.json */
  core: unknown;
  targets: readonly TargetRow[];
  /** what the report shows */
  described: ReportSplines;
}

/** The front of a form that chooses its terms. */
export interface PointFront {
  entries: readonly ReportFrontEntry[];
  /** what the losses are, a sentence */
  losses: string;
  /** content of hall_of_fame.csv */
  csv: string;
}

/** A form whose parameters are one vector, as `fitPoints` runs it. */
export interface PointForm<Prepared extends PreparedPoints, Model> {
  /** as in `form` of the settings */
  name: string;
  prepare(settings: Settings, directory: string, progress: Progress, place?: Place): Prepared;
  search(settings: Settings, prepared: Prepared): PointSearch;
  /** settings that the starts depend on, besides data and loss */
  startSettings(settings: Settings, prepared: Prepared): object;
  finish(settings: Settings, prepared: Prepared, point: FittedPoint): FinishedPoint<Model>;
  /** the fit with the structures of its targets relaxed with what was found; undefined where none move */
  relax?(prepared: Prepared, finished: FinishedPoint<Model>): Prepared | undefined;
  /** the files for LAMMPS, by name, and their proof */
  files(
    settings: Settings,
    prepared: Prepared,
    finished: FinishedPoint<Model>,
    place: { folder: string; command: string },
  ): { files: Record<string, string>; prove(lammps: LammpsEngine, options: ProofOptions): Promise<ProofReport> };
  /** what the terms were chosen from, for forms that choose them */
  front?(prepared: Prepared, finished: FinishedPoint<Model>, starts: readonly FittedPoint[]): PointFront;
  /** further entries of metrics.json */
  metrics(settings: Settings): Record<string, unknown>;
}

/** What a fit leaves, besides the files. */
export interface PointFitResult<Model> {
  /** absolute path */
  directory: string;
  model: Model;
  parameters: number;
  /** what they are */
  counted: string;
  /** eV/atom */
  loss: number;
  assessment: Omit<Assessment, 'expansionError'>;
  proof: ProofReport;
  targets: readonly TargetRow[];
  /** why the search ended */
  reason: string;
  /** names of the files in `directory` */
  files: string[];
}

/**
 * Fits a potential: reads and audits the data, searches the parameters, writes the LAMMPS files, has LAMMPS prove them, and leaves a report.
 * @throws InputError for bad input; StoppedError when asked to stop (the starts that are done are saved); VerificationError when LAMMPS
 * does not agree, or the potential is not sound; EngineError when LAMMPS fails
 */
export async function fitPoints<Prepared extends PreparedPoints, Model>(
  form: PointForm<Prepared, Model>,
  settings: Settings,
  options: Omit<FitOptions, 'truth'> = {},
): Promise<PointFitResult<Model>> {
  const directory = resolve(options.directory ?? '.');
  const runDirectory = resolve(directory, options.runDirectory ?? settings.directory ?? 'runs/fit');
  const { progress = SILENT, stop = NEVER_STOP, command = 'eqpot' } = options;
  const lammps = options.engine ?? (await findLammps(settings.lammps));
  try {
    progress.phase('data');
    await breathe();
    let prepared = form.prepare(settings, directory, progress, options.place);
    await breathe();
    stop.throwIfRequested();
    mkdirSync(runDirectory, { recursive: true });
    const checkpoint = new Checkpoint<FittedPoint>(
      runDirectory,
      pointsFingerprint(settings, form.startSettings(settings, prepared), prepared.files, directory),
    );
    const workOn = (all: Prepared) => new PointWork(form.search(settings, all), all.folds, settings.workers, stop);
    let work = workOn(prepared);
    const { starts, ...best } = await work.find(progress, checkpoint, options.resume ?? false);
    let { found, reason } = best;
    progress.line(`search: ${reason}`);
    let finished = form.finish(settings, prepared, found);
    const rounds = targetRounds(settings.targets);
    for (let round = 1; rounds > 0; round++) {
      const relaxed = form.relax?.(prepared, finished);
      if (!relaxed) break;
      prepared = relaxed;
      if (round > rounds) {
        progress.line('targets: the rounds are over, their values are those of structures relaxed with the result');
        finished = form.finish(settings, prepared, found);
        break;
      }
      progress.line(`targets: their structures are relaxed with what was found, round ${round}`);
      work = workOn(prepared);
      ({ found, reason } = await work.refine([found], progress));
      finished = form.finish(settings, prepared, found);
    }
    for (const line of targetLines(finished.targets)) progress.line(line);
    const folds = await work.crossValidate(finished.parameters, progress);
    progress.phase('finish');
    await breathe();
    const { frames } = prepared.problem;
    const assessment = assessModel(finished, { frames, heldOut: prepared.test?.frames }, folds, settings, directory);
    progress.phase('proof', `LAMMPS (${lammps.kind})`);
    const exported = form.files(settings, prepared, finished, { folder: runDirectory, command });
    const proof = await exported.prove(lammps, { frames: settings.export.proof_frames, seed: settings.seed, abort: stop.signal });
    const front = form.front?.(prepared, finished, starts);
    const parts = { form, settings, options, prepared, assessment, proof, finished, starts, front, found, reason };
    const files: Record<string, string> = {
      'model.json': finished.json,
      ...exported.files,
      ...(front ? { 'hall_of_fame.csv': front.csv } : {}),
      'metrics.json': `${JSON.stringify(pointMetrics(parts), null, 2)}\n`,
      'predictions.csv': assessment.csv,
      'report.html': pointReport(parts),
    };
    writeRunFiles(runDirectory, files);
    progress.done();
    assertProof(proof);
    checkpoint.clear();
    if (settings.export.core === 'zbl') assertCore(finished.violations);
    return {
      directory: runDirectory,
      model: finished.model,
      parameters: finished.count,
      counted: finished.counted,
      loss: found.loss,
      assessment,
      proof,
      targets: finished.targets,
      reason,
      files: Object.keys(files),
    };
  } finally {
    if (!options.engine) await lammps.close();
  }
}
