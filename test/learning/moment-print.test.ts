import { expect } from 'chai';
import fc from 'fast-check';
import { distinct } from '../../src/learning/distinct.js';
import { momentPrint, printDistance } from '../../src/learning/moment-print.js';
import { principalComponents } from '../../src/math/principal-components.js';
import { RandomStream } from '../../src/math/random.js';
import { rattledStarts } from '../../src/sampling/starts.js';
import { cubic } from '../../src/structures/lattices.js';
import { multiplyRows, repeat, type Structure } from '../../src/structures/structure.js';

const CUTOFF = 5.6;
const copper = repeat(cubic('fcc', 'Cu', 3.61), [2, 1, 1]);
const rattled = (amplitude: number, seed = 1): Structure => rattledStarts(copper, [amplitude], RandomStream.fromSeed(seed))[0]!;

describe('prints of structures', () => {
  it('do not change with the order of the atoms, the orientation, whole lattice vectors and copies', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 1e6 }),
        fc.double({ min: 0, max: 6, noNaN: true }),
        fc.constantFrom([2, 1, 1], [1, 2, 1], [1, 1, 3]),
        (seed, angle, counts) => {
          const structure = rattled(0.1, seed);
          const n = structure.species.length;
          const [c, s] = [Math.cos(angle), Math.sin(angle)];
          const turn = [c, s, 0, -s, c, 0, 0, 0, 1];
          const order = Array.from({ length: n }, (_, i) => (i + (seed % n)) % n);
          const shifted = order.flatMap((i, k) =>
            [0, 1, 2].map((d) => structure.positions[3 * i + d]! + (k % 2) * structure.cell[3 * (k % 3) + d]!),
          );
          const same = repeat(
            { ...structure, cell: multiplyRows(structure.cell, turn), positions: multiplyRows(shifted, turn) },
            counts as [number, number, number],
          );
          expect(printDistance(momentPrint(structure, CUTOFF), momentPrint(same, CUTOFF))).to.be.below(1e-9);
        },
      ),
      { numRuns: 15 },
    );
  });

  it('grow apart with displacements and strains, so that a limit tells equal from different', () => {
    const perfect = momentPrint(copper, CUTOFF);
    const to = (structure: Structure) => printDistance(perfect, momentPrint(structure, CUTOFF));
    const scaled = (f: number) => ({ ...copper, cell: copper.cell.map((x) => x * f), positions: copper.positions.map((x) => x * f) });
    expect(to(rattled(0.005))).to.be.below(0.02);
    expect(to(rattled(0.05)))
      .to.be.above(0.02)
      .and.below(to(rattled(0.15)));
    expect(to(scaled(1.002))).to.be.below(0.02);
    expect(to(scaled(1.02))).to.be.above(0.02);
  });

  it('leave one of each kind', () => {
    const entries = [0, 0.001, 0.1, 0.1005, 0.2].map((amplitude, k) => ({ k, print: momentPrint(rattled(amplitude), CUTOFF) }));
    expect(distinct(entries, [], 0.02).map(({ k }) => k)).to.deep.equal([0, 2, 4]);
    expect(distinct(entries, [entries[0]!.print], 0.02).map(({ k }) => k)).to.deep.equal([2, 4]);
  });
});

describe('principal components', () => {
  it('find the plane in which points lie, largest extension first, with a sign that is fixed', () => {
    const random = RandomStream.fromSeed(3);
    const points = Array.from({ length: 40 }, () => {
      const [u, v] = [3 * random.normal(), random.normal()];
      // axes (1, 1, 0, 0) / √2 and (0, 0, 3, 4) / 5
      return Float64Array.of(7 + u / Math.SQRT2, u / Math.SQRT2, 0.6 * v, 2 + 0.8 * v);
    });
    const { coordinates, shares } = principalComponents(points);
    expect(shares[0]! + shares[1]!).to.be.closeTo(1, 1e-12);
    expect(shares[0]).to.be.above(shares[1]!);
    points.forEach((a, i) => {
      points.forEach((b, j) => {
        const apart = Math.hypot(coordinates[2 * i]! - coordinates[2 * j]!, coordinates[2 * i + 1]! - coordinates[2 * j + 1]!);
        expect(apart).to.be.closeTo(Math.hypot(...a.map((x, d) => x - b[d]!)), 1e-9);
      });
    });
    const turned = principalComponents([...points].reverse());
    expect(turned.coordinates[0]).to.be.closeTo(coordinates.at(-2)!, 1e-9);
  });

  it('are zero where there is nothing to tell apart', () => {
    expect([...principalComponents([Float64Array.of(1, 2)]).coordinates]).to.deep.equal([0, 0]);
    expect([...principalComponents([Float64Array.of(1, 2), Float64Array.of(1, 2)]).coordinates]).to.deep.equal([0, 0, 0, 0]);
  });
});
