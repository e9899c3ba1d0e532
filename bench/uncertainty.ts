import { join } from 'node:path';
import { loadSettings } from '../src/config/load.js';
import type { Settings } from '../src/config/schema.js';
import { kFold } from '../src/datasets/splits.js';
import { SILENT } from '../src/engines/progress.js';
import { calibrate, rankCorrelation } from '../src/fitting/calibration.js';
import { constantsReport } from '../src/fitting/constants.js';
import { EquationNetwork } from '../src/fitting/equation-network.js';
import { fixGauge } from '../src/fitting/gauge.js';
import type { Prediction } from '../src/fitting/objective.js';
import { coarseProblem, type FitProblem, openObjective, subproblem } from '../src/fitting/problem.js';
import { activeParameters, refine } from '../src/fitting/refine.js';
import { resampled } from '../src/fitting/resample.js';
import { runRestart } from '../src/fitting/search/restart.js';
import { RandomStream } from '../src/math/random.js';
import { activeInGauge, candidates } from '../src/workflows/finish.js';
import { prepare } from '../src/workflows/prepare.js';
import { fitShared } from '../src/workflows/search.js';
import { copperSettings, preparedCopper, ROOT, sharedData } from './data.js';
import { printTable } from './measure.js';
import type { Section } from './section.js';

const FOLDS = 5;
const MEMBERS = 10;
/** other equations of the front */
const OTHERS = 6;
/** refits for the comparison of standard errors */
const REFITS = 60;

/** How the spread of committees goes with errors of frames that took no part in anything, and standard errors by two routes. */
export const uncertainty: Section = {
  name: 'uncertainty',
  what: 'spread of committees against errors of held-out frames, standard errors of constants by bootstrap and sandwich',
  duration: '3 min',
  async run() {
    const copper = copperSettings(5.5);
    const problem = preparedCopper(copper).problem;
    const forms = await formsOf(problem, copper);
    console.log('energies of cu-symbolic, meV/atom');
    printTable(HEADINGS, coverage(problem, forms, energyErrors));
    console.log('constants of the first form: standard errors');
    printTable(['constant', 'value', 'sandwich', `bootstrap of ${REFITS}`], standardErrors(problem, forms[0]!));

    sharedData('snap-cu.extxyz');
    const { settings, directory } = loadSettings(join(ROOT, 'examples/copper/snap-cu.yaml'));
    const forces = coarseProblem(prepare(settings, directory, SILENT)[0]!.problem);
    const forceForms = await formsOf(forces, settings);
    console.log('energies of snap-cu, meV/atom');
    printTable(HEADINGS, coverage(forces, forceForms, energyErrors));
    console.log('forces on the atoms of a selection of snap-cu, meV/Å');
    printTable(HEADINGS, coverage(forces, forceForms, forceErrors));
  },
};

/** The equation that a fit would choose of one restart, and the next best ones of its front. */
async function formsOf(problem: FitProblem, settings: Settings): Promise<Float64Array[]> {
  const { restart } = fitShared(settings, [problem]);
  const result = await runRestart(problem, restart, 0, { stopRequested: () => false, save: () => {}, progress: () => {} });
  const front = result!.front.map((entry) => ({
    ...entry,
    architecture: 0,
    cutoff: problem.network.cutoff,
    parameters: Float64Array.from(entry.parameters),
  }));
  const [first, ...rest] = candidates(front, settings.refine.max_complexity);
  return [first!, ...rest.sort((a, b) => a.loss - b.loss).slice(0, OTHERS)].map(({ parameters }) => parameters);
}

function refitted(problem: FitProblem, from: Float64Array): Float64Array {
  const { network, objective } = openObjective(problem);
  const active = activeParameters(network, from, problem.loss.referenceEnergy === undefined);
  return refine(objective, from, active, { optimiser: 'levenberg-marquardt', learningRate: 0 }).parameters;
}

/** Deviations of one prediction from labels or of members from each other, one number for each frame or atom. */
type Errors = (problem: FitProblem, predictions: readonly Prediction[]) => { errors: number[]; spreads: number[] };

/** The first prediction against the labels, and the standard deviation of the others. */
const energyErrors: Errors = ({ frames }, [first, ...members]) => ({
  errors: frames.map(({ energy, species }, s) => Math.abs(first!.energies[s]! - energy! / species.length)),
  spreads: frames.map((_, s) => Math.sqrt(variance(members.map(({ energies }) => energies[s]!)))),
});

const forceErrors: Errors = ({ frames }, [first, ...members]) => {
  const [errors, spreads]: number[][] = [[], []];
  frames.forEach(({ forces }, s) => {
    if (!forces || !first!.forces[s]) return;
    for (let i = 0; i < forces.length; i += 3) {
      errors!.push(Math.hypot(...[0, 1, 2].map((d) => first!.forces[s]![i + d]! - forces[i + d]!)));
      spreads!.push(Math.sqrt([0, 1, 2].reduce((sum, d) => sum + variance(members.map((one) => one.forces[s]![i + d]!)), 0)));
    }
  });
  return { errors: errors!, spreads: spreads! };
};

function variance(values: readonly number[]): number {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1);
}

const HEADINGS = ['committee', 'mean error', 'mean spread', 'within 1, 2', 'factor', 'within 1, 2 with it', 'rank correlation'];

/**
 * Each fifth of the frames in turn is held out of everything: the constants, the committee and the factor, which comes from folds of the
 * other four. The terms are those of a fit to all frames.
 */
function coverage(problem: FitProblem, [chosen, ...others]: readonly Float64Array[], errorsOf: Errors): string[][] {
  const pooled = new Map<string, { errors: number[]; spreads: number[]; ratios: number[]; factors: number[] }>();
  const predict = (part: FitProblem, p: Float64Array): Prediction => openObjective(part).objective.predict(p);
  kFold(problem.frames, FOLDS, { seed: 11 }).forEach(({ train, test }, k) => {
    const [known, held] = [subproblem(problem, train), subproblem(problem, test)];
    const p = refitted(known, chosen!);
    const refits = Array.from({ length: MEMBERS }, (_, m) => refitted(resampled(known, RandomStream.fromSeed(k, m)), p));
    const forms = others.map((other) => refitted(known, other));
    const inner = kFold(known.frames, FOLDS, { seed: 1 }).map((fold) => ({
      part: subproblem(known, fold.test),
      p: refitted(subproblem(known, fold.train), p),
    }));
    const kinds = { refits, 'other forms': [p, ...forms], both: [...refits, ...forms] };
    for (const [kind, members] of Object.entries(kinds)) {
      const folds = inner.map((fold) =>
        errorsOf(
          fold.part,
          [fold.p, ...members].map((q) => predict(fold.part, q)),
        ),
      );
      const calibration = calibrate(
        folds.flatMap(({ errors }) => errors),
        folds.flatMap(({ spreads }) => spreads),
      );
      if (!calibration) continue;
      const { errors, spreads } = errorsOf(
        held,
        [p, ...members].map((q) => predict(held, q)),
      );
      const all = pooled.get(kind) ?? { errors: [], spreads: [], ratios: [], factors: [] };
      pooled.set(kind, all);
      all.errors.push(...errors);
      all.spreads.push(...spreads);
      all.ratios.push(...errors.map((error, i) => error / (calibration.scale * spreads[i]!)));
      all.factors.push(calibration.scale);
    }
  });
  const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
  const within = (ratios: readonly number[]): string =>
    [1, 2].map((limit) => `${((100 * ratios.filter((ratio) => ratio <= limit).length) / ratios.length).toFixed(0)} %`).join(', ');
  return [...pooled].map(([kind, { errors, spreads, ratios, factors }]) => [
    kind,
    (1e3 * mean(errors)).toFixed(2),
    (1e3 * mean(spreads)).toFixed(2),
    within(errors.map((error, i) => error / spreads[i]!)),
    `${Math.min(...factors).toFixed(1)} to ${Math.max(...factors).toFixed(1)}`,
    within(ratios),
    rankCorrelation(errors, spreads).toFixed(2),
  ]);
}

function standardErrors(problem: FitProblem, form: Float64Array): string[][] {
  const network = new EquationNetwork(problem.network);
  const gauged = fixGauge(network, refitted(problem, form), problem.loss.negativePair);
  const inGauge = { ...problem, network: gauged.network.settings };
  const active = activeInGauge(inGauge, gauged.network, gauged.parameters);
  const members = Array.from({ length: REFITS }, (_, k) => {
    const { objective } = openObjective(resampled(inGauge, RandomStream.fromSeed(7, k)));
    return refine(objective, gauged.parameters, active, { optimiser: 'levenberg-marquardt', learningRate: 0 }).parameters;
  });
  return constantsReport(inGauge, gauged.parameters, active, members).list.map(({ part, role, term, value, sandwich, bootstrap }) => [
    `${part}: ${role} of ${term}`,
    value.toPrecision(4),
    sandwich.toPrecision(2),
    bootstrap!.toPrecision(2),
  ]);
}
