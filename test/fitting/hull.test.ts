import { expect } from 'chai';
import fc from 'fast-check';
import { hullEnergies } from '../../src/fitting/hull.js';
import type { Frame } from '../../src/structures/structure.js';

/** A frame of given numbers of atoms. */
function frameOf(counts: Record<string, number>, perAtom: number | undefined): Frame {
  const species = Object.entries(counts).flatMap(([symbol, count]) => Array.from({ length: count }, () => symbol));
  return {
    species,
    positions: new Float64Array(3 * species.length),
    cell: new Float64Array(9),
    pbc: [true, true, true],
    ...(perAtom === undefined ? {} : { energy: perAtom * species.length }),
    configType: '',
    source: '',
    origin: { file: '', index: 0 },
  } as Frame;
}

describe('fitting/hull', () => {
  it('is the lowest energy of one element, and of an ordered alloy its own', () => {
    const one = [frameOf({ Ni: 2 }, -5), frameOf({ Ni: 4 }, -5.5), frameOf({ Ni: 1 }, undefined)];
    expect([...hullEnergies(['Ni'], one)]).to.deep.equal([-5.5, -5.5, -5.5]);
    const two = [frameOf({ Ni: 1 }, -5), frameOf({ Mo: 1 }, -10), frameOf({ Ni: 3, Mo: 1 }, -6.4), frameOf({ Ni: 1, Mo: 1 }, -7)];
    const hull = hullEnergies(['Ni', 'Mo'], two);
    expect(hull[2]).to.be.closeTo(-6.4, 1e-9);
    // halfway: a third of molybdenum and two thirds of Ni3Mo
    expect(hull[3]).to.be.closeTo(-10 / 3 - (2 * 6.4) / 3, 1e-9);
  });

  it('is the lowest chord between two compositions', () => {
    const point = fc.record({
      ni: fc.integer({ min: 0, max: 6 }),
      mo: fc.integer({ min: 0, max: 6 }),
      energy: fc.double({ min: -9, max: -1, noNaN: true }),
    });
    fc.assert(
      fc.property(fc.array(point, { minLength: 1, maxLength: 12 }), (list) => {
        const points = list.filter(({ ni, mo }) => ni + mo > 0);
        const hull = hullEnergies(
          ['Ni', 'Mo'],
          points.map(({ ni, mo, energy }) => frameOf({ Ni: ni, Mo: mo }, energy)),
        );
        const at = ({ ni, mo }: { ni: number; mo: number }) => mo / (ni + mo);
        points.forEach((one, s) => {
          let lowest = Infinity;
          for (const a of points)
            for (const b of points) {
              if (at(a) === at(b) ? at(a) !== at(one) : at(one) < at(a) || at(one) > at(b)) continue;
              const t = at(a) === at(b) ? 0 : (at(one) - at(a)) / (at(b) - at(a));
              lowest = Math.min(lowest, a.energy + t * (b.energy - a.energy));
            }
          expect(hull[s]).to.be.closeTo(lowest, 1e-6);
        });
      }),
      { numRuns: 200 },
    );
  });

  it('is below all energies of three elements, and touched by some', () => {
    const point = fc.record({
      Ni: fc.integer({ min: 0, max: 4 }),
      Mo: fc.integer({ min: 0, max: 4 }),
      Cu: fc.integer({ min: 1, max: 4 }),
      energy: fc.double({ min: -9, max: -1, noNaN: true }),
    });
    fc.assert(
      fc.property(fc.array(point, { minLength: 1, maxLength: 15 }), (list) => {
        const frames = list.map(({ energy, ...counts }) => frameOf(counts, energy));
        const hull = hullEnergies(['Ni', 'Mo', 'Cu'], frames);
        const above = list.map(({ energy }, s) => energy - hull[s]!);
        expect(Math.min(...above)).to.be.closeTo(0, 1e-6);
        for (const excess of above) expect(excess).to.be.above(-1e-6);
      }),
      { numRuns: 100 },
    );
  });
});
