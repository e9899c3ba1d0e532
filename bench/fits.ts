import { join } from 'node:path';
import { loadSettings } from '../src/config/load.js';
import type { ErrorMeasures, ErrorSummary, WindowSummary } from '../src/fitting/metrics.js';
import { type FitResult, fit } from '../src/workflows/fit.js';
import { quickstart } from '../src/workflows/quickstart.js';
import { recoveryOf } from '../src/workflows/recovery.js';
import { inTemporaryFolder, ROOT, sharedData } from './data.js';
import { printTable, significant } from './measure.js';
import type { Section } from './section.js';

/** Runs the fit of an example's settings in a temporary folder. */
async function fitExample(name: string): Promise<{ result: FitResult; seconds: number }> {
  const { settings, directory } = loadSettings(join(ROOT, 'examples/copper', name));
  return inTemporaryFolder(async (folder) => {
    const started = performance.now();
    const result = await fit(settings, { directory, runDirectory: folder });
    return { result, seconds: (performance.now() - started) / 1000 };
  });
}

/** The whole job on the copper set of the SR1 and SR2 equations, beside those two, each with its best reference energy. */
export const copper: Section = {
  name: 'copper',
  what: 'whole fits of the copper examples, 5.5 and 8 Å: errors by energy window beside SR1 and SR2, cross-validation, proof',
  duration: '10 min',
  async run() {
    sharedData('cu-symbolic.extxyz');
    for (const name of ['copper.yaml', 'copper-8.yaml']) {
      const { result, seconds } = await fitExample(name);
      const { fitted, crossValidation, comparisons } = result.assessment;
      console.log(`examples/copper/${name}, ${fitted.frames} frames, seed 1, once: ${seconds.toFixed(0)} s from data to proof`);
      const rows = [windowRow(`found, complexity ${result.complexity}`, fitted.energy, fitted.windows)];
      if (crossValidation) rows.push(windowRow('found, cross-validation', crossValidation.energy, crossValidation.windows));
      for (const { name: other, report } of comparisons) rows.push(windowRow(`${other}, 8 Å`, report.energy, report.windows));
      printTable(['mean absolute energy error, meV/atom', 'all', ...fitted.windows.map(windowName)], rows);
      printResult(result);
    }
  },
};

/** Energies, forces and stresses of a set that has them, by group. */
export const snap: Section = {
  name: 'snap',
  what: 'whole fit of energies, forces and stresses of snap-cu, errors by config_type',
  duration: '10 min',
  async run() {
    sharedData('snap-cu.extxyz');
    const { result, seconds } = await fitExample('snap-cu.yaml');
    const { fitted, crossValidation, comparisons } = result.assessment;
    console.log(`examples/copper/snap-cu.yaml, ${fitted.frames} frames, seed 1, once: ${seconds.toFixed(0)} s from data to proof`);
    const rows = [
      groupRow('all', fitted),
      ...Object.entries(fitted.groups).map(([name, group]) => groupRow(name, group)),
      ...(crossValidation ? [groupRow('all, cross-validation', crossValidation)] : []),
      ...comparisons.map(({ name, report }) => groupRow(`all, ${name}`, report)),
    ];
    printTable(['mean absolute errors', 'frames', 'energy, meV/atom', 'forces, meV/Å', 'stress, GPa'], rows);
    printResult(result);
  },
};

/** The equation that data was made from, found again. */
export const recovery: Section = {
  name: 'recovery',
  what: 'quickstart: Sutton-Chen copper found again from data sampled from it',
  duration: '1 min',
  async run() {
    await inTemporaryFolder(async (folder) => {
      const started = performance.now();
      const result = await quickstart(folder);
      const { fitted, test } = result.assessment;
      console.log(`seed 1, once: ${((performance.now() - started) / 1000).toFixed(0)} s from sampling to proof`);
      printTable(
        ['mean absolute errors', 'frames', 'energy, meV/atom', 'forces, meV/Å', 'stress, GPa'],
        [groupRow('fitted', fitted), ...(test ? [groupRow('test', test)] : [])],
      );
      const { constants, sameTerms } = recoveryOf(result.model, result.truth);
      console.log(sameTerms ? 'the terms are those of the true equation' : 'the terms are not those of the true equation');
      printTable(
        ['constant', 'true', 'found'],
        constants.map(({ name, truth, found }) => [name, String(truth), String(found)]),
      );
      printResult(result);
    });
  },
};

/** GPa in eV/Å³ */
const GPA = 160.21766;

function windowRow(name: string, all: ErrorMeasures | null, windows: readonly WindowSummary[]): string[] {
  return [name, milli(all), ...windows.map(({ energy }) => milli(energy))];
}

function windowName({ from, to, frames }: WindowSummary): string {
  return `${from === null ? '' : from.toFixed(2)}..${to === null ? '' : to.toFixed(2)} eV (${frames})`;
}

function groupRow(name: string, { frames, energy, forces, stress }: ErrorSummary): string[] {
  return [name, String(frames), milli(energy), milli(forces), stress ? significant(stress.mae * GPA) : '-'];
}

function milli(measures: ErrorMeasures | null): string {
  return measures ? significant(measures.mae * 1e3) : '-';
}

function printResult({ proof, front, assessment }: FitResult): void {
  const chosen = front.find((row) => row.chosen);
  if (chosen) console.log(`phi(r) = ${chosen.pair}\nrho(r) = ${chosen.density}\nF(rho) = ${chosen.embedding}`);
  console.log(
    `moments against exact functions: ${(assessment.expansionError * 1e3).toPrecision(2)} meV/atom; LAMMPS (${proof.engine.kind} ${proof.engine.version}) ` +
      `${proof.passed ? 'agrees' : 'DOES NOT AGREE'} on ${proof.structures.length} comparisons: ` +
      `${proof.worst.energyDifferencePerAtom.toExponential(1)} eV/atom, ${proof.worst.maxForceDifference.toExponential(1)} eV/Å\n`,
  );
}
