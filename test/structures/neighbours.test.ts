import { expect } from 'chai';
import fc from 'fast-check';
import { InputError } from '../../src/errors.js';
import { type CubicLattice, cubic } from '../../src/structures/lattices.js';
import { type NeighbourList, neighbourPairs } from '../../src/structures/neighbours.js';
import { repeat, type Structure } from '../../src/structures/structure.js';
import { anyStructure, images, rotated } from './arbitrary.js';

type Entry = readonly [number, number, number, number, number];

/** Both directions of every pair, in an order that does not depend on how they were found. */
function bothWays(list: NeighbourList): Entry[] {
  const out: Entry[] = [];
  for (let p = 0; p < list.count; p++) {
    const [x, y, z] = list.vectors.subarray(3 * p, 3 * p + 3) as unknown as [number, number, number];
    out.push([list.first[p]!, list.second[p]!, x, y, z], [list.second[p]!, list.first[p]!, -x, -y, -z]);
  }
  return sorted(out);
}

/** Sorted by atoms and then by coordinates in steps of 1e-6 Å, so that rounding does not change the order. */
function sorted(entries: Entry[]): Entry[] {
  const key = (entry: Entry): number[] => entry.map((value, k) => (k < 2 ? value : Math.round(value * 1e6)));
  return entries
    .map((entry) => ({ entry, key: key(entry) }))
    .sort((a, b) => {
      for (let k = 0; k < 5; k++) if (a.key[k] !== b.key[k]) return a.key[k]! - b.key[k]!;
      return 0;
    })
    .map(({ entry }) => entry);
}

function expectSame(found: Entry[], expected: Entry[]): void {
  expect(found.length).to.equal(expected.length);
  for (let p = 0; p < found.length; p++)
    for (let k = 0; k < 5; k++) expect(Math.abs(found[p]![k]! - expected[p]![k]!), `entry ${p}`).to.be.below(1e-5);
}

const sortedDistances = (structure: Structure, cutoff: number): number[] =>
  [...neighbourPairs(structure, cutoff).distances].sort((a, b) => a - b);

/** no distance so close to the cutoff that rounding decides */
const clear = (structure: Structure, cutoff: number): boolean =>
  images(structure, cutoff + 1e-6).every(({ r }) => Math.abs(r - cutoff) > 1e-7);

describe('neighbourPairs', () => {
  it('finds exactly the pairs of a plain search over images, in any cell and with any periodicity', () => {
    fc.assert(
      fc.property(anyStructure(), fc.double({ min: 0.5, max: 5, noNaN: true }), (structure, cutoff) => {
        fc.pre(clear(structure, cutoff));
        const list = neighbourPairs(structure, cutoff);
        const expected = images(structure, cutoff);
        expect(2 * list.count).to.equal(expected.length);
        expectSame(bothWays(list), sorted(expected.map(({ i, j, vector }) => [i, j, ...vector] as const)));
        for (let p = 0; p < list.count; p++) {
          const r = Math.hypot(list.vectors[3 * p]!, list.vectors[3 * p + 1]!, list.vectors[3 * p + 2]!);
          expect(list.distances[p]).to.be.closeTo(r, 1e-12);
        }
      }),
      { numRuns: 80 },
    );
  });

  it('reaches over many images of a tiny cell', () => {
    // simple cubic with one atom: 18 neighbours within 1.5 a, 6 at a and 12 at a sqrt(2)
    const tiny = cubic('sc', 'Cu', 1);
    expect(neighbourPairs(tiny, 1.5).count).to.equal(9);
    // 4/3 pi 9^3 lattice points of 1 Å^3, within the surface term: exactly 3071 points at r < 9 besides the origin
    let points = -1;
    for (let a = -9; a <= 9; a++) for (let b = -9; b <= 9; b++) for (let c = -9; c <= 9; c++) if (a * a + b * b + c * c < 81) points++;
    expect(2 * neighbourPairs(tiny, 9).count).to.equal(points);
  });

  const shells: { lattice: CubicLattice; atoms: number; counts: [number, number][] }[] = [
    // squared distance in a^2, neighbours (Kittel, Introduction to Solid State Physics, chapter 1)
    {
      lattice: 'sc',
      atoms: 1,
      counts: [
        [1, 6],
        [2, 12],
        [3, 8],
      ],
    },
    {
      lattice: 'bcc',
      atoms: 2,
      counts: [
        [0.75, 8],
        [1, 6],
        [2, 12],
      ],
    },
    {
      lattice: 'fcc',
      atoms: 4,
      counts: [
        [0.5, 12],
        [1, 6],
        [1.5, 24],
        [2, 12],
      ],
    },
    {
      lattice: 'diamond',
      atoms: 8,
      counts: [
        [3 / 16, 4],
        [0.5, 12],
        [11 / 16, 12],
      ],
    },
  ];
  for (const { lattice, atoms, counts } of shells)
    it(`gives the shells of ${lattice}`, () => {
      const structure = cubic(lattice, 'Cu', 3.6);
      expect(structure.species.length).to.equal(atoms);
      const { distances } = neighbourPairs(structure, 3.6 * Math.sqrt(counts[counts.length - 1]![0] + 0.05));
      for (const [squared, neighbours] of counts) {
        const found = distances.filter((r) => Math.abs(r * r - squared * 3.6 * 3.6) < 1e-6).length;
        expect((2 * found) / atoms, `at ${squared} a^2`).to.equal(neighbours);
      }
      expect((2 * distances.length) / atoms).to.equal(counts.reduce((total, [, n]) => total + n, 0));
    });

  it('does not depend on the images in which atoms are given', () => {
    const anyShift = fc.array(fc.integer({ min: -3, max: 3 }), { minLength: 15, maxLength: 15 });
    fc.assert(
      fc.property(anyStructure(), anyShift, (structure, shift) => {
        fc.pre(clear(structure, 4));
        const moved = { ...structure, positions: structure.positions.slice() };
        for (let i = 0; i < structure.species.length; i++)
          for (let d = 0; d < 3; d++)
            if (structure.pbc[d]) for (let x = 0; x < 3; x++) moved.positions[3 * i + x]! += shift[3 * i + d]! * structure.cell[3 * d + x]!;
        expectSame(bothWays(neighbourPairs(moved, 4)), bothWays(neighbourPairs(structure, 4)));
      }),
      { numRuns: 40 },
    );
  });

  it('does not depend on the order of the atoms', () => {
    fc.assert(
      fc.property(anyStructure(), (structure) => {
        fc.pre(clear(structure, 4));
        const n = structure.species.length;
        const turned = {
          ...structure,
          positions: structure.positions.map((_, k) => structure.positions[3 * (n - 1 - Math.floor(k / 3)) + (k % 3)]!),
        };
        const renamed = bothWays(neighbourPairs(turned, 4)).map(([i, j, x, y, z]) => [n - 1 - i, n - 1 - j, x, y, z] as const);
        expectSame(sorted(renamed), bothWays(neighbourPairs(structure, 4)));
      }),
      { numRuns: 40 },
    );
  });

  it('gives the same distances for a turned structure', () => {
    fc.assert(
      fc.property(
        anyStructure(),
        fc.tuple(fc.double({ min: -3, max: 3, noNaN: true }), fc.constant(0.7), fc.constant(-1.1)),
        (structure, axis) => {
          fc.pre(clear(structure, 4));
          const a = sortedDistances(structure, 4);
          const b = sortedDistances(rotated(structure, axis), 4);
          expect(b.length).to.equal(a.length);
          a.forEach((r, p) => {
            expect(b[p]).to.be.closeTo(r, 1e-9);
          });
        },
      ),
      { numRuns: 40 },
    );
  });

  it('has as many pairs per atom in a supercell', () => {
    fc.assert(
      fc.property(anyStructure({ pbc: [true, true, true], maxAtoms: 3 }), (structure) => {
        fc.pre(clear(structure, 3.5));
        const big = repeat(structure, [2, 1, 3]);
        const a = sortedDistances(structure, 3.5);
        const b = sortedDistances(big, 3.5);
        expect(b.length).to.equal(6 * a.length);
        b.forEach((r, p) => {
          expect(r).to.be.closeTo(a[Math.floor(p / 6)]!, 1e-9);
        });
      }),
      { numRuns: 30 },
    );
  });

  it('lists pairs by growing first atom, which the force table relies on', () => {
    const { first } = neighbourPairs(repeat(cubic('fcc', 'Cu', 3.6), [2, 2, 1]), 5);
    for (let p = 1; p < first.length; p++) expect(first[p]).to.be.at.least(first[p - 1]!);
  });

  describe('without a full cell', () => {
    const free: [boolean, boolean, boolean] = [false, false, false];
    const none = new Float64Array(9);
    const molecule = (...positions: number[]): Structure => ({
      cell: none,
      pbc: free,
      species: Array.from({ length: positions.length / 3 }, () => 'Cu'),
      positions: Float64Array.from(positions),
    });

    it('handles a single atom, a dimer and a plane quickly', function () {
      this.timeout(2000);
      expect(neighbourPairs(molecule(1, 2, 3), 8).count).to.equal(0);
      expect([...neighbourPairs(molecule(0, 0, 0, 2, 0, 0), 8).vectors]).to.deep.equal([2, 0, 0]);
      expect(neighbourPairs(molecule(0, 0, 0, 2, 0, 0, 0, 2, 0), 2.5).count).to.equal(2);
      // atoms of one plane of a cell that is not periodic across it
      const layer: Structure = { ...cubic('sc', 'Cu', 2.5), pbc: [true, true, false], positions: Float64Array.of(0, 0, 1) };
      expect(neighbourPairs(layer, 2.6).count).to.equal(2);
    });

    it('takes any direction for the only lattice vector of a wire', () => {
      for (const direction of [
        [1, 0, 0],
        [0, 1, 0],
        [0, 0, 1],
        [1, 1, 1],
      ])
        for (let d = 0; d < 3; d++) {
          const cell = new Float64Array(9);
          cell.set(
            direction.map((x) => 3 * x),
            3 * d,
          );
          const length = 3 * Math.hypot(...direction);
          const pbc = [0, 1, 2].map((k) => k === d) as [boolean, boolean, boolean];
          const wire: Structure = { cell, pbc, species: ['Cu', 'Cu'], positions: Float64Array.of(0, 0, 0, 0.3, -0.2, 0.4) };
          expect(neighbourPairs({ ...wire, species: ['Cu'], positions: new Float64Array(3) }, length * 2.5).count).to.equal(2);
          expect(neighbourPairs(wire, 0.6).count).to.equal(1);
        }
    });

    it('says which lattice vector is missing', () => {
      const slab: Structure = { ...cubic('sc', 'Cu', 2.5), cell: Float64Array.of(2.5, 0, 0, 0, 0, 0, 0, 0, 2.5) };
      expect(() => neighbourPairs(slab, 3)).to.throw(InputError, 'lattice vector 2 is zero');
      const flat: Structure = { ...slab, cell: Float64Array.of(2, 0, 0, 2, 0, 0, 0, 0, 2) };
      expect(() => neighbourPairs(flat, 3)).to.throw(InputError, 'no volume');
    });
  });
});
