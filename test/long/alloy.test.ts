import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { settingsSchema } from '../../src/config/schema.js';
import { writeExtxyz } from '../../src/datasets/extxyz/write.js';
import { constants, type Expression } from '../../src/expressions/expression.js';
import { printText } from '../../src/expressions/print.js';
import { fitAlloy } from '../../src/workflows/fit-alloy.js';
import { alloyFrames } from '../fitting/alloy/problem.js';
import { suttonChenAlloy } from '../potentials/alloy/sutton-chen.js';

/** The equation with its constants left out. */
const shape = (equation: Expression, variable: string) =>
  printText(equation, variable)
    .replace(/\d[\d.]*(?:e[-+]?\d+)?\*/g, '')
    .replace(/\d[\d.]*(?:e[-+]?\d+)?(?=\/)/g, '1')
    .replaceAll(' - ', ' + ')
    .replaceAll('-', '');

describe('recovery of an alloy from the bases of the paper', function () {
  this.timeout('60m');
  const truth = suttonChenAlloy(5.5, 2);
  const folder = mkdtempSync(join(tmpdir(), 'eqpot-alloy-'));
  after(() => rmSync(folder, { recursive: true, force: true }));
  writeFileSync(join(folder, 'alloy.extxyz'), writeExtxyz(alloyFrames(truth, 60, 2)));
  const settingsOf = (alloy: object) =>
    settingsSchema.parse({
      form: 'alloy',
      data: { files: ['alloy.extxyz'], folds: 0, audit: 'keep', test_fraction: 0.2 },
      network: {
        cutoff: 5.5,
        taper_width: 2,
        density_floor: 0.001,
        pair: { basis: ['exp(-r)', 'r^-1', 'r^-6', 'r^-7', 'r^-8', 'r^-9', 'r^-10', 'r^-10.5', 'r^-12', 'r^-14'] },
      },
      alloy,
    });

  it('finds the exponents and constants of all seven functions', async () => {
    const { model, assessment } = await fitAlloy(settingsOf({ starts: 6 }), { directory: folder, runDirectory: 'own' });
    for (const [kind, variable] of [
      ['pair', 'r'],
      ['density', 'r'],
      ['embedding', 'rho'],
    ] as const)
      model[kind].forEach((equation, k) => {
        const expected = truth[kind][k]!;
        expect(shape(equation, variable)).to.equal(shape(expected, variable));
        const [got, want] = [constants(equation), constants(expected)];
        want.forEach((value, c) => {
          expect(got[c]! / value, printText(equation, variable)).to.be.closeTo(1, 0.01);
        });
      });
    expect(assessment.test!.energy!.mae).to.be.below(1e-4);
    expect(assessment.test!.forces!.mae).to.be.below(1e-3);
  });

  it('needs one form for all functions of a kind that holds all exponents where they share their terms', async () => {
    const { model } = await fitAlloy(settingsOf({ starts: 2, structure: 'shared', terms: 4 }), {
      directory: folder,
      runDirectory: 'shared',
    });
    for (const equations of [model.pair, model.density, model.embedding])
      expect(new Set(equations.map((one) => shape(one, 'x'))).size).to.equal(1);
    const rows = readFileSync(join(folder, 'shared', 'hall_of_fame.csv'), 'utf8')
      .trim()
      .split('\n')
      .slice(1);
    expect(rows.length).to.be.above(3);
  });
});
