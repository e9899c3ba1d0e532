import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { settingsSchema } from '../src/config/schema.js';
import { readFrames } from '../src/datasets/read.js';
import { trainTestSplit } from '../src/datasets/splits.js';
import { SILENT } from '../src/engines/progress.js';
import { type ErrorSummary, errorSummary } from '../src/fitting/metrics.js';
import { type FittedPoint, onFrames } from '../src/fitting/points.js';
import { finishSplines, type SplineSearch, searchSplines } from '../src/fitting/splines/fit.js';
import { SPLINE_TERMS, SplineForm, type SplineTerms } from '../src/fitting/splines/form.js';
import { SplineObjective, type SplineProblem } from '../src/fitting/splines/objective.js';
import { frameUnit } from '../src/fitting/unit.js';
import { SplineKernel } from '../src/kernels/spline-kernel.js';
import type { SplineShape } from '../src/kernels/spline-layout.js';
import { median } from '../src/math/median.js';
import { readMeamSpline } from '../src/potentials/meam-spline-file.js';
import { S_MEAM_KINDS, type SMeamFunctions, type SMeamKind, type SMeamModel, SMeamPotential } from '../src/potentials/s-meam.js';
import type { Frame } from '../src/structures/structure.js';
import { prepareSplines } from '../src/workflows/prepare-splines.js';
import { ROOT, sharedData } from './data.js';
import { printTable, significant, threadSeconds } from './measure.js';
import { type Section, Skip } from './section.js';

const TRAINING: Readonly<Record<string, string>> = {
  Mo: 'mlearn-mo-training.extxyz',
  Cu: 'snap-cu.extxyz',
  Si: 'mlearn-si-training.extxyz',
  Ge: 'mlearn-ge-training.extxyz',
  Li: 'mlearn-li-training.extxyz',
  Ni: 'snap-ni.extxyz',
};
/** Part held out where no published test set is at hand, of each config_type alike, as the paper does. */
const HELD_OUT = 0.1;
const SEED = 1;
/** Fewer starts than the defaults, so that all elements and subsets take minutes. */
const STARTS = 4;
const STEPS = 100;
/** s of the thread in which the cost is measured, and parameter sets of one batch */
const LONG_ENOUGH = 0.2;

/** The data of one element. */
export interface SplineCase {
  element: string;
  /** all functions, on the fitted frames */
  problem: SplineProblem;
  test: readonly Frame[];
  /** where the test frames are from, a phrase */
  split: string;
  search: SplineSearch;
  /** Å */
  nearest: number;
}

/** The fit of one subset of functions. */
export interface SplineCaseFit {
  problem: SplineProblem;
  point: FittedPoint;
  /** s of the thread, from the first start to the end */
  seconds: number;
}

/**
 * Train and test frames of an element: the published split where its test set is at hand, in ../shared/data or in the checkout of
 * github.com/materialsvirtuallab/mlearn that MLEARN names, else a stratified split.
 * @throws Skip without training data
 */
export function splineCase(element: string): SplineCase {
  const path = sharedData(TRAINING[element]!);
  const tests = [join(ROOT, `../shared/data/mlearn-${element.toLowerCase()}-test.extxyz`)];
  // the training sets of copper and nickel here are others than mlearn's
  if (process.env.MLEARN && TRAINING[element]!.startsWith('mlearn')) tests.push(join(process.env.MLEARN, `data/${element}/test.json`));
  const published = tests.find(existsSync);
  const { splines } = settingsSchema.shape;
  const settings = settingsSchema.parse({ data: { files: [path], audit: 'keep', folds: 0 }, form: 's-meam', seed: SEED });
  const { problem, nearest } = prepareSplines(settings, ROOT, SILENT);
  const parts = published ? undefined : trainTestSplit(problem.frames, HELD_OUT, { seed: SEED });
  const { method, population, generations, width, coarse_steps, coarse_atoms } = splines.parse({});
  return {
    element,
    problem: parts ? onFrames(problem, parts.train) : problem,
    test: parts ? parts.test.map((s) => problem.frames[s]!) : readFrames([published!]).frames,
    split: parts ? `every tenth frame, seed ${SEED}` : 'published',
    search: { seed: SEED, method, population, generations, width, steps: STEPS, coarseSteps: coarse_steps, coarseAtoms: coarse_atoms },
    nearest,
  };
}

/** Starts on a selection of the frames, then the best of them on all. */
export async function fitCase({ problem: whole, search, nearest }: SplineCase, terms: SplineTerms): Promise<SplineCaseFit> {
  const has: readonly SMeamKind[] = SPLINE_TERMS[terms];
  const { functions } = whole.form;
  const some = Object.fromEntries(S_MEAM_KINDS.map((kind) => [kind, has.includes(kind) ? functions[kind] : []]));
  const problem = { ...whole, form: { ...whole.form, functions: some as unknown as typeof functions } };
  const from = threadSeconds();
  const starts: FittedPoint[] = [];
  // phi alone is linear
  for (let k = 0; k < (terms === 'phi' ? 1 : STARTS); k++) starts.push(await searchSplines(problem, search, nearest, k));
  const best = starts.reduce((a, b) => (b.loss < a.loss ? b : a));
  const point = await finishSplines(problem, search, best.parameters);
  return { problem, point, seconds: threadSeconds() - from };
}

/** Errors of fitted parameters on some frames. */
export function splineErrors(problem: SplineProblem, p: Float64Array, frames: readonly Frame[]): ErrorSummary {
  const ownWeights = new Float64Array(frames.length).fill(1);
  const { energies, forces } = new SplineObjective({ ...problem, frames, units: frames.map(frameUnit), ownWeights }).predict(p);
  return errorSummary(
    frames,
    frames.map(({ species }, s) => ({ energy: energies[s]! * species.length, forces: forces[s]! })),
  );
}

/** A published potential on the same frames, its reference energy the median of the differences. */
function publishedFit(problem: SplineProblem, model: SMeamModel): { problem: SplineProblem; parameters: Float64Array } {
  const { functions } = new SMeamPotential(model);
  const shapes = Object.fromEntries(
    S_MEAM_KINDS.map((kind) => [kind, model.functions[kind].map(({ first, last, values }) => ({ first, last, count: values.length }))]),
  );
  const form = { elements: model.elements, functions: shapes as unknown as SMeamFunctions<SplineShape> };
  const parameters = new Float64Array(new SplineForm(form).size + 1);
  parameters.set(new SplineForm(form).parameters((kind, index) => functions[kind][index]!));
  const own = { ...problem, form };
  const { energies } = new SplineObjective(own).predict(parameters);
  parameters[parameters.length - 1] = median(
    Array.from(energies, (e, s) => problem.frames[s]!.energy! / problem.frames[s]!.species.length - e),
  );
  return { problem: own, parameters };
}

/** Time of energies and forces in batches of parameter sets, µs an atom and set, on the largest frame. */
function cost({ form: settings, frames }: SplineProblem, p: Float64Array): number {
  const form = new SplineForm(settings);
  const largest = frames.reduce((a, b) => (b.species.length > a.species.length ? b : a));
  const kernel = new SplineKernel(form.layout, [largest], form.reach);
  const sets = Array.from({ length: kernel.capacity }, () => form.nodal(p));
  let rounds = 0;
  let seconds = 0;
  for (const from = threadSeconds(); seconds < LONG_ENOUGH; seconds = threadSeconds() - from, rounds++) kernel.batch(sets, false, () => {});
  return (1e6 * seconds) / rounds / kernel.capacity / largest.species.length;
}

/** Train and test errors of all elements and subsets of functions, with their cost, beside the published potentials. */
export const sMeam: Section = {
  name: 's-meam',
  what: 'spline MEAM on the sets of its paper: train and test errors of six elements and four subsets of the functions, and their cost',
  duration: '20 min; ELEMENTS=Mo,Si takes some of them',
  async run() {
    const elements = process.env.ELEMENTS?.split(',') ?? Object.keys(TRAINING);
    const unknown = elements.find((element) => !TRAINING[element]);
    if (unknown) throw new Skip(`no data for ELEMENTS=${unknown} (there is ${Object.keys(TRAINING).join(', ')})`);
    const published = process.env.S_MEAM;
    if (!published) console.log('S_MEAM=path of a checkout of github.com/TrinkleGroup/s-meam adds the published potentials, and');
    if (!process.env.MLEARN)
      console.log('MLEARN=path of one of github.com/materialsvirtuallab/mlearn the published test sets of Si, Ge and Li');
    const rows: string[][] = [];
    for (const element of elements) {
      const one = splineCase(element);
      const { problem, test } = one;
      const frames = `${problem.frames.length} + ${test.length}, ${one.split}`;
      for (const terms of Object.keys(SPLINE_TERMS) as SplineTerms[]) {
        const fit = await fitCase(one, terms);
        const { parameters: p, steps, reason } = fit.point;
        const row = [
          element,
          terms,
          frames,
          String(new SplineForm(fit.problem.form).size),
          ...errorCells(splineErrors(fit.problem, p, problem.frames), splineErrors(fit.problem, p, test)),
          cost(fit.problem, p).toFixed(3),
          fit.seconds.toFixed(0),
          `${reason} (${steps})`,
        ];
        console.log(row.join('; '));
        rows.push(row);
      }
      if (!published) continue;
      const file = join(published, `potentials/${element}.meam.spline`);
      const other = publishedFit(problem, readMeamSpline(readFileSync(file, 'utf8'), file));
      const [train, onTest] = [problem.frames, test].map((list) => splineErrors(other.problem, other.parameters, list));
      rows.push([
        element,
        'published',
        frames,
        String(new SplineForm(other.problem.form).size),
        ...errorCells(train!, onTest!),
        cost(other.problem, other.parameters).toFixed(3),
      ]);
      console.log(rows.at(-1)!.join('; '));
    }
    console.log();
    printTable(HEADINGS, rows);
  },
};

const HEADINGS = [
  'element',
  'functions',
  'frames, train + test',
  'parameters',
  'energy RMSE, meV/atom',
  'force RMSE, eV/Å',
  'energy MAE',
  'force MAE',
  'µs an atom and set',
  's of one thread',
  'why it ended (steps on all frames)',
];

/** Train and test errors as four cells. */
function errorCells(train: ErrorSummary, test: ErrorSummary): string[] {
  const cell = (label: 'energy' | 'forces', measure: 'rmse' | 'mae', unit: number): string =>
    [train, test].map((errors) => significant(errors[label]![measure] * unit)).join(', ');
  return [cell('energy', 'rmse', 1e3), cell('forces', 'rmse', 1), cell('energy', 'mae', 1e3), cell('forces', 'mae', 1)];
}
