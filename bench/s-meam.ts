import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type SettingsInput, settingsSchema } from '../src/config/schema.js';
import { readFrames } from '../src/datasets/read.js';
import { trainTestSplit } from '../src/datasets/splits.js';
import { VerificationError } from '../src/errors.js';
import { type EvaluationReport, evaluate, loadModel } from '../src/evaluate.js';
import type { ErrorSummary } from '../src/fitting/metrics.js';
import { SPLINE_TERMS, type SplineTerms } from '../src/fitting/splines/form.js';
import { SMeamPotential } from '../src/potentials/s-meam.js';
import type { Frame } from '../src/structures/structure.js';
import { fitSplines } from '../src/workflows/fit-splines.js';
import { ROOT, sharedData } from './data.js';
import { familySeconds, printTable, significant } from './measure.js';
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
/** Weights that elastic constants need; the paper chose its potentials by such properties. */
const ELASTIC: SettingsInput['loss'] = { stress: 3, config_types: { Elastic: 4 } };
/** The subsets of the paper's figure 7, and all functions once more with those weights. */
const FITS: readonly { name: string; terms: SplineTerms; loss?: SettingsInput['loss'] }[] = [
  ...(Object.keys(SPLINE_TERMS) as SplineTerms[]).map((terms) => ({ name: terms, terms })),
  { name: 'all, elastic', terms: 'all', loss: ELASTIC },
];

/** The data of one element. */
export interface SplineCase {
  element: string;
  /** path of the frames that are fitted, and of what is held out of them */
  file: string;
  heldOut: number;
  test: readonly Frame[];
  /** where the test frames are from, a phrase */
  split: string;
}

/** A potential of the bench: a run directory that the section has left, or a published file. */
export interface SplineEntry {
  name: string;
  path: string;
}

/** Elements that are asked for. @throws Skip for one without data */
export function chosenElements(): string[] {
  const elements = process.env.ELEMENTS?.split(',') ?? Object.keys(TRAINING);
  const unknown = elements.find((element) => !TRAINING[element]);
  if (unknown) throw new Skip(`no data for ELEMENTS=${unknown} (there is ${Object.keys(TRAINING).join(', ')})`);
  return elements;
}

/**
 * Train and test frames of an element: the published split where its test set is at hand, in ../shared/data or in the checkout of
 * github.com/materialsvirtuallab/mlearn that MLEARN names, else a stratified split.
 * @throws Skip without training data
 */
export function splineCase(element: string): SplineCase {
  const file = sharedData(TRAINING[element]!);
  const tests = [join(ROOT, `../shared/data/mlearn-${element.toLowerCase()}-test.extxyz`)];
  // the training sets of copper and nickel here are others than mlearn's
  if (process.env.MLEARN && TRAINING[element]!.startsWith('mlearn')) tests.push(join(process.env.MLEARN, `data/${element}/test.json`));
  const published = tests.find(existsSync);
  if (published) return { element, file, heldOut: 0, test: readFrames([published]).frames, split: 'published' };
  const { frames } = readFrames([file]);
  const test = trainTestSplit(frames, HELD_OUT, { seed: SEED }).test.map((s) => frames[s]!);
  return { element, file, heldOut: HELD_OUT, test, split: `a tenth, seed ${SEED}` };
}

/**
 * What the fits of an element are called (all, or those that FITS names), where they are (in KEEP), and the published potential where S_MEAM
 * names the checkout that has it.
 */
export function splineEntries(element: string): SplineEntry[] {
  const kept = process.env.KEEP ?? join(ROOT, 'runs/bench-s-meam');
  const wanted = process.env.FITS?.split(';');
  const fits = FITS.filter(({ name }) => !wanted || wanted.includes(name)).map(({ name }) => ({
    name,
    path: join(kept, `${element}-${name.replace(', ', '-')}`),
  }));
  const published = process.env.S_MEAM && join(process.env.S_MEAM, `potentials/${element}.meam.spline`);
  return published && existsSync(published) ? [...fits, { name: 'published', path: published }] : fits;
}

/** Train and test errors of all elements and subsets of functions, beside the published potentials. */
export const sMeam: Section = {
  name: 's-meam',
  what: 'spline MEAM on the sets of its paper: train and test errors of six elements and four subsets of the functions',
  duration: "40 min; ELEMENTS=Mo,Si and FITS='phi;all' take some of them",
  async run() {
    const elements = chosenElements();
    if (!process.env.S_MEAM) console.log('S_MEAM=path of a checkout of github.com/TrinkleGroup/s-meam adds the published potentials, and');
    if (!process.env.MLEARN)
      console.log('MLEARN=path of one of github.com/materialsvirtuallab/mlearn the published test sets of Si, Ge and Li');
    const rows: string[][] = [];
    const add = (row: string[]): void => {
      console.log(row.join('; '));
      rows.push(row);
    };
    for (const element of elements) {
      const one = splineCase(element);
      const counts = `${readFrames([one.file]).frames.length - (one.heldOut ? one.test.length : 0)} + ${one.test.length}, ${one.split}`;
      for (const { name, path } of splineEntries(element)) {
        const fit = FITS.find((f) => f.name === name);
        if (!fit) {
          add([element, name, counts, '', ...publishedErrors(one, path)]);
          continue;
        }
        const settings = settingsSchema.parse({
          title: `${element}, ${name}`,
          form: 's-meam',
          data: { files: [one.file], audit: 'keep', folds: 0, test_fraction: one.heldOut },
          splines: { terms: fit.terms },
          seed: SEED,
          workers: 1,
          ...(fit.loss && { loss: fit.loss }),
        });
        const from = familySeconds();
        let proved = 'agrees';
        await fitSplines(settings, { runDirectory: path }).catch((error) => {
          // its files are written all the same
          if (!(error instanceof VerificationError)) throw error;
          proved = error.message.split('\n')[0]!;
        });
        const seconds = familySeconds() - from;
        const { fitted, test, parameters, searchEnded } = JSON.parse(readFileSync(join(path, 'metrics.json'), 'utf8'));
        const errors = errorCells(fitted, test ?? testErrors(path, one.test, false));
        add([element, name, counts, String(parameters), ...errors, seconds.toFixed(0), searchEnded, proved]);
      }
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
  's of processor',
  'why it ended',
  'LAMMPS',
];

/** Errors of a model on some frames. @param fitReference for published potentials, whose energies count from elsewhere */
export function testErrors(path: string, frames: readonly Frame[], fitReference: boolean): EvaluationReport {
  const model = loadModel(path);
  if (!(model.potential instanceof SMeamPotential)) throw new Skip(`${path} is no spline potential`);
  return evaluate(model, frames, { fitReference }).report;
}

/** Errors of a published potential, its reference energy fitted to all frames of the training set. */
function publishedErrors({ file, heldOut, test }: SplineCase, path: string): string[] {
  const { frames } = readFrames([file]);
  const train = heldOut ? trainTestSplit(frames, heldOut, { seed: SEED }).train.map((s) => frames[s]!) : frames;
  const model = loadModel(path);
  const { report } = evaluate(model, train, { fitReference: true });
  const [element] = model.potential.elements;
  const referenceEnergies = { [element!]: report.referenceEnergy as number };
  return errorCells(report, evaluate({ ...model, referenceEnergies }, test).report);
}

/** Train and test errors as four cells. */
function errorCells(train: ErrorSummary, test: ErrorSummary): string[] {
  const cell = (label: 'energy' | 'forces', measure: 'rmse' | 'mae', unit: number): string =>
    [train, test].map((errors) => significant(errors[label]![measure] * unit)).join(', ');
  return [cell('energy', 'rmse', 1e3), cell('forces', 'rmse', 1), cell('energy', 'mae', 1e3), cell('forces', 'mae', 1)];
}
