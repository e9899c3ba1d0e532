import type { Settings } from '../config/schema.js';
import type { Progress } from '../engines/progress.js';
import type { StopToken } from '../engines/stop.js';
import { runInWorkers, workerUrl } from '../engines/workers.js';
import { type Calibration, calibrate } from '../fitting/calibration.js';
import { type ConstantsReport, INSEPARABLE, UNDETERMINED } from '../fitting/constants.js';
import { EquationNetwork } from '../fitting/equation-network.js';
import { spreadMeasure } from '../frame-uncertainty.js';
import type { Committee } from '../potentials/committee-file.js';
import type { ReportUncertainty } from '../report/report-data.js';
import type { Frame } from '../structures/structure.js';
import type { FoldPrediction } from './assess.js';
import { candidates, equationModel, type FinishedEquation, type FoundEntry } from './finish.js';
import type { FitMessage, FitShared, FitTask, FitTaskResult } from './fit-worker.js';
import type { PreparedFit } from './prepare.js';
import { fitShared, type SearchOutcome } from './search.js';

/** What the data leave open of an equation. */
export interface Uncertainty {
  constants: ConstantsReport;
  /** undefined where the settings ask for none */
  committee: Committee | undefined;
  /** of the spread of the committee against cross-validated errors; energies per atom, forces of atoms */
  calibration: { energy: Calibration | undefined; forces: Calibration | undefined } | undefined;
  /** held-out energies: spread as it is and absolute error, eV/atom */
  points: { spread: number; error: number }[];
}

/** Refits that end with a loss above so many times the usual one have run astray. */
const ASTRAY = 10;

/** Refits to resamples, other equations of the front, standard errors of the constants, and how the spread goes with the errors of the folds. */
export async function uncertainty(
  settings: Settings,
  found: { architectures: readonly PreparedFit[]; outcome: SearchOutcome; finished: FinishedEquation; chosen: FoundEntry },
  folds: readonly FoldPrediction[],
  progress: Progress,
  stop: StopToken,
): Promise<Uncertainty> {
  const { architectures, finished, chosen } = found;
  const prepared = architectures[chosen.architecture]!;
  const { committee: size } = settings.uncertainty;
  const problem = { ...prepared.problem, network: finished.network };
  const run = (tasks: FitTask[], describe: (index: number) => string): Promise<FitTaskResult[]> =>
    runInWorkers<FitTask, FitTaskResult, FitMessage, FitShared>(workerUrl(import.meta.url, './fit-worker'), tasks, {
      ...(settings.workers ? { workers: settings.workers } : {}),
      shared: fitShared(settings, [problem]),
      signal: stop.signal,
      describe,
      onDone: (_index, done) => progress.update(done / tasks.length),
    });
  progress.phase('uncertainty', size > 0 ? `${size} refits to resamples of the frames` : 'standard errors');
  const { parameters } = finished;
  const refits = await run(
    Array.from({ length: size }, (_, index) => ({ kind: 'member', parameters, seed: settings.seed, index })),
    (index) => `refit ${index + 1} of ${size}`,
  );
  const done = refits.flatMap((result) => (result.kind === 'member' && Number.isFinite(result.loss) ? [result] : []));
  const usual = done.map(({ loss }) => loss).sort((a, b) => a - b)[Math.floor(done.length / 2)]!;
  const members = done.filter(({ loss }) => loss < ASTRAY * usual).map((result) => result.parameters);
  if (members.length < size) progress.line(`uncertainty: ${size - members.length} of ${size} refits found no minimum and are left out`);
  const [result] = await run([{ kind: 'constants', parameters, members }], () => 'the standard errors');
  if (result?.kind !== 'constants') throw new Error('the standard errors gave the result of another task');
  const { constants } = result;
  for (const line of constantLines(constants)) progress.line(line);
  const others = await fromFront(settings, found, stop);
  if (members.length + others.length < 2) return { constants, committee: undefined, calibration: undefined, points: [] };
  const network = new EquationNetwork(finished.network);
  const { core, range, title, citation, element } = finished.model;
  const plain: Committee = {
    members: [
      ...members.map((p, k): Committee['members'][number] => ({
        kind: 'bootstrap',
        model: {
          ...equationModel(network, p, { title: `${title}, refit ${k + 1}`, element, citation }),
          core,
          ...(range && { range }),
        },
      })),
      ...others,
    ],
    scale: { energy: 1, forces: 1 },
  };
  if (folds.length === 0) return { constants, committee: plain, calibration: undefined, points: [] };
  const { calibration, points } = calibrated(plain, prepared.problem.frames, folds);
  const energy = calibration.energy?.scale ?? 1;
  return { constants, committee: { ...plain, scale: { energy, forces: calibration.forces?.scale ?? energy } }, calibration, points };
}

/** The next best equations that have other terms, finished like the chosen one. */
async function fromFront(
  settings: Settings,
  { architectures, outcome, finished, chosen }: Parameters<typeof uncertainty>[1],
  stop: StopToken,
): Promise<Committee['members']> {
  const rest = candidates(outcome.front, Infinity).filter((entry) => entry !== chosen);
  const entries = rest.sort((a, b) => a.loss - b.loss).slice(0, settings.uncertainty.front);
  const { title, citation, element } = finished.model;
  const tasks: FitTask[] = entries.map((entry, k) => ({
    kind: 'finish',
    entry,
    identity: { title: `${title}, other form ${k + 1}`, element, citation, core: settings.export.core },
  }));
  const results = await runInWorkers<FitTask, FitTaskResult, FitMessage, FitShared>(workerUrl(import.meta.url, './fit-worker'), tasks, {
    ...(settings.workers ? { workers: settings.workers } : {}),
    shared: fitShared(
      settings,
      architectures.map(({ problem }) => problem),
    ),
    signal: stop.signal,
    describe: (index) => `the equation of ${entries[index]!.complexity} nodes`,
  });
  return results.flatMap((result) =>
    result.kind === 'finish' && Number.isFinite(result.finished.loss) ? [{ kind: 'front' as const, model: result.finished.model }] : [],
  );
}

/** The spread of the committee beside the errors of the frames that were held out. */
function calibrated(
  committee: Committee,
  frames: readonly Frame[],
  folds: readonly FoldPrediction[],
): { calibration: NonNullable<Uncertainty['calibration']>; points: Uncertainty['points'] } {
  const spreadOf = spreadMeasure(committee);
  const energy = { errors: [] as number[], spreads: [] as number[] };
  const forces = { errors: [] as number[], spreads: [] as number[] };
  for (const { test, energies, forces: predicted } of folds)
    test.forEach((s, t) => {
      const frame = frames[s]!;
      const n = frame.species.length;
      const spread = spreadOf(frame);
      if (frame.energy !== undefined) {
        energy.errors.push(Math.abs(energies[t]! - frame.energy / n));
        energy.spreads.push(spread.energy / n);
      }
      const force = predicted[t];
      if (!force || !frame.forces) return;
      for (let i = 0; i < n; i++) {
        forces.errors.push(Math.hypot(...[0, 1, 2].map((d) => force[3 * i + d]! - frame.forces![3 * i + d]!)));
        forces.spreads.push(spread.forces[i]!);
      }
    });
  return {
    calibration: { energy: calibrate(energy.errors, energy.spreads), forces: calibrate(forces.errors, forces.spreads) },
    points: energy.errors.map((error, k) => ({ error, spread: energy.spreads[k]! })),
  };
}

/** For metrics.json. */
export function uncertaintyJson({ constants, committee, calibration }: Uncertainty): Record<string, unknown> {
  return {
    constants: constants.list,
    correlations: constants.correlations.map((row) => row.map((value) => Number(value.toFixed(5)))),
    ...(committee ? { committee: { members: committee.members.map(({ kind }) => kind), scale: committee.scale } } : {}),
    ...(calibration ? { calibration } : {}),
  };
}

/** For the report. */
export function uncertaintyData({ constants, committee, calibration, points }: Uncertainty): ReportUncertainty {
  const count = (kind: string): number => committee?.members.filter((member) => member.kind === kind).length ?? 0;
  return {
    constants: constants.list,
    correlations: constants.correlations,
    limits: { error: UNDETERMINED, correlation: INSEPARABLE },
    ...(committee ? { committee: { bootstrap: count('bootstrap'), front: count('front') } } : {}),
    ...(calibration?.energy ? { energies: calibration.energy } : {}),
    ...(calibration?.forces ? { forces: calibration.forces } : {}),
    points,
  };
}

/** For the log: constants that the data do not determine. */
function constantLines({ list }: ConstantsReport): string[] {
  const open = list.filter(({ error, value }) => !(error <= UNDETERMINED * Math.abs(value)));
  if (open.length === 0) return [];
  const names = open.slice(0, 4).map(({ role, term }) => (role === 'energy' ? term : `${role} of ${term}`));
  return [
    `uncertainty: the data do not determine ${open.length} of ${list.length} constants by themselves (${names.join(', ')}${open.length > 4 ? ', ...' : ''}): ` +
      'fewer terms would do, or more varied data would tell',
  ];
}
