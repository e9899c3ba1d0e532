import { expect } from 'chai';
import fc from 'fast-check';
import { InputError } from '../../src/errors.js';
import { builtinModel } from '../../src/potentials/builtin.js';
import { EquationPotential, readModel, writeModel } from '../../src/potentials/equation-potential.js';
import { evaluateEam } from '../../src/potentials/evaluate-eam.js';
import { extrapolationMeasure } from '../../src/potentials/extrapolation.js';
import { stretchesOf } from '../../src/potentials/seen-range.js';
import { cubic } from '../../src/structures/lattices.js';
import type { Structure } from '../../src/structures/structure.js';
import { between } from '../math/arbitrary.js';

const potential = new EquationPotential(builtinModel('sutton-chen-cu'));
const { cutoff } = potential;
const fcc = (a: number): Structure => cubic('fcc', 'Cu', a);
const densityOf = (structure: Structure): number => evaluateEam(potential, structure).densities[0]!;
const [lowest, highest] = [densityOf(fcc(3.8)), densityOf(fcc(3.4))];
const range = { shortest: 2.4, lowestDensity: lowest, highestDensity: highest };
const dimer = (r: number): Structure => ({
  cell: new Float64Array(9),
  pbc: [false, false, false],
  species: ['Cu', 'Cu'],
  positions: Float64Array.of(0, 0, 0, r, 0, 0),
});

describe('stretchesOf', () => {
  it('covers all values, keeps gaps that are wider than the bridge, and closes the others', () => {
    expect(stretchesOf([[2.5, 2.52, 2.58], [3.6]], 0.1)).to.deep.equal([
      [2.5, 2.59],
      [3.6, 3.61],
    ]);
    fc.assert(
      fc.property(fc.array(between(-20, 20), { minLength: 1, maxLength: 60 }), between(0.01, 3), (values, bridge) => {
        const found = stretchesOf([values], bridge);
        for (const value of values)
          expect(
            found.some(([from, to]) => value >= from - 1e-8 && value <= to + 1e-8),
            `${value} is covered`,
          ).to.equal(true);
        for (let k = 1; k < found.length; k++) expect(found[k]![0] - found[k - 1]![1]).to.be.above(bridge * (1 - 1e-6));
        const sorted = [...values].sort((a, b) => a - b);
        // a stretch begins and ends within a tenth of the bridge of a value
        expect(sorted[0]! - found[0]![0]).to.be.within(-1e-8, 0.1 * bridge + 1e-8);
        expect(found.at(-1)![1] - sorted.at(-1)!).to.be.within(-1e-8, 0.1 * bridge + 1e-8);
      }),
    );
  });
});

describe('extrapolationMeasure', () => {
  const measure = extrapolationMeasure(potential, range);

  it('is zero for all that was seen', () => {
    for (const a of [3.4, 3.5, 3.61, 3.8]) expect(measure(fcc(a))).to.deep.include({ value: 0, distance: 0, density: 0 });
  });

  it('counts densities in widths of the seen ones, upwards and downwards', () => {
    for (const a of [3.2, 4.1]) {
      const rho = densityOf(fcc(a));
      const expected = Math.max(rho - highest, lowest - rho) / (highest - lowest);
      expect(measure(fcc(a)).density).to.be.closeTo(expected, 2e-6);
    }
    // an atom without neighbours
    expect(measure(dimer(20)).density).to.be.closeTo(lowest / (highest - lowest), 2e-6);
    expect(measure(dimer(20)).distance).to.equal(0);
  });

  it('counts distances in 1/r, in widths of the seen ones', () => {
    const width = 1 / 2.4 - 1 / cutoff;
    expect(measure(dimer(2)).distance).to.be.closeTo((1 / 2 - 1 / 2.4) / width, 2e-6);
    const gapped = extrapolationMeasure(potential, {
      ...range,
      distances: [
        [2.4, 2.8],
        [3.5, 4],
      ],
    });
    for (const [r, edge] of [
      [2.9, 2.8],
      [3.4, 3.5],
      [4.2, 4],
      // functions are zero at the cutoff, so that end is known
      [cutoff - 0.1, cutoff],
    ] as const)
      expect(gapped(dimer(r)).distance, `${r} Å`).to.be.closeTo(Math.abs(1 / r - 1 / edge) / width, 2e-6);
    for (const r of [2.4, 2.6, 2.8, 3.5, 3.9]) expect(gapped(dimer(r)).distance).to.equal(0);
  });

  it('is zero within and grows without limit beyond', () => {
    fc.assert(
      fc.property(between(1.2, 2.39), between(1.01, 1.5), (r, factor) => {
        const [far, near] = [measure(dimer(r / factor)).distance, measure(dimer(r)).distance];
        expect(far).to.be.above(near);
        expect(near).to.be.above(0);
      }),
    );
  });

  it('finds the atoms that it is about, wherever they are', () => {
    const crystal = fcc(3.61);
    const two: Structure = {
      ...crystal,
      cell: crystal.cell.map((x) => 4 * x),
      species: ['Cu', 'Cu', 'Cu'],
      positions: Float64Array.of(0, 0, 0, 2, 0, 0, 8, 8, 8),
    };
    const only = extrapolationMeasure(potential, { ...range, lowestDensity: 0 });
    const { atoms, value } = only(two);
    expect(atoms[0]).to.equal(value);
    expect(atoms[1]).to.equal(value);
    expect(atoms[2]).to.equal(0);
    const turned = { ...two, positions: two.positions.map((x) => x + 14) };
    expect(only(turned).value).to.be.closeTo(value, 1e-12);
  });

  it('survives data of one environment', () => {
    const rho = densityOf(fcc(3.61));
    const one = extrapolationMeasure(potential, { shortest: 2.5, lowestDensity: rho, highestDensity: rho });
    expect(one(fcc(3.61)).value).to.equal(0);
    expect(one(dimer(30)).density).to.be.closeTo(1, 2e-6);
  });

  it('names an element that the potential does not have', () => {
    expect(() => measure(cubic('fcc', 'Ni', 3.5))).to.throw(InputError, 'no element Ni');
  });

  it('goes with the model, and a range that is none is an error', () => {
    const model = { ...builtinModel('sr2'), range: { ...range, distances: [[2.4, 5] as const], densities: [[1, 2] as const] } };
    expect(readModel(writeModel(model), 'model.json').range).to.deep.equal(model.range);
    for (const distances of [[[3, 2]], [1, 2], 'all', [[1, 2, 3]]])
      expect(() => readModel(writeModel({ ...model, range: { ...range, distances: distances as never } }), 'model.json')).to.throw(
        InputError,
        'range.distances',
      );
  });
});
