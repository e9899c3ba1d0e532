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

interface Ternary {
  Ni: number;
  Mo: number;
  Cu: number;
  energy: number;
}

/** Lowest energy of all mixtures of three of the points that have the composition of one. */
function lowestTriangle(one: Ternary, all: readonly Ternary[]): number {
  const place = ({ Ni, Mo, Cu }: Ternary) => [Ni / (Ni + Mo + Cu), Mo / (Ni + Mo + Cu)] as const;
  const [x, y] = place(one);
  let lowest = one.energy;
  for (const a of all)
    for (const b of all)
      for (const c of all) {
        const [[ax, ay], [bx, by], [cx, cy]] = [place(a), place(b), place(c)];
        const area = (bx - ax) * (cy - ay) - (by - ay) * (cx - ax);
        if (Math.abs(area) > 1e-9) {
          const s = ((x - ax) * (cy - ay) - (y - ay) * (cx - ax)) / area;
          const t = ((bx - ax) * (y - ay) - (by - ay) * (x - ax)) / area;
          if (s > -1e-12 && t > -1e-12 && s + t < 1 + 1e-12)
            lowest = Math.min(lowest, a.energy * (1 - s - t) + b.energy * s + c.energy * t);
        } else {
          // two of them, or one
          const length = (bx - ax) ** 2 + (by - ay) ** 2;
          const t = length > 1e-12 ? ((x - ax) * (bx - ax) + (y - ay) * (by - ay)) / length : 0;
          const off = Math.hypot(ax + t * (bx - ax) - x, ay + t * (by - ay) - y);
          if (off < 1e-9 && t > -1e-12 && t < 1 + 1e-12) lowest = Math.min(lowest, a.energy + t * (b.energy - a.energy));
        }
      }
  return lowest;
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

  it('is the lowest triangle of three compositions', () => {
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
        list.forEach((one, s) => {
          expect(hull[s]).to.be.closeTo(lowestTriangle(one, list), 1e-6);
        });
      }),
      { numRuns: 100 },
    );
  });
});
