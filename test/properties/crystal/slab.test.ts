import { expect } from 'chai';
import fc from 'fast-check';
import { gcd, latticeBasis, planeBasis } from '../../../src/properties/crystal/integer-lattice.js';
import { primitiveCell } from '../../../src/properties/crystal/primitive.js';
import { slab, stacking } from '../../../src/properties/crystal/slab.js';
import { hexagonal } from '../../../src/properties/system.js';
import { cubic } from '../../../src/structures/lattices.js';
import { neighbourPairs } from '../../../src/structures/neighbours.js';
import { determinant, repeat, type Structure, volume } from '../../../src/structures/structure.js';

const whole = fc.integer({ min: -9, max: 9 });
const plane = fc.tuple(whole, whole, whole).filter((h) => gcd(...h) === 1);

/** Sorted distances below `reach` from every atom, as a fingerprint that knows no cell. */
function distances(structure: Structure, reach: number): string {
  const { count, first, second, distances: all } = neighbourPairs(structure, reach);
  const rows: number[][] = structure.species.map(() => []);
  for (let k = 0; k < count; k++) for (const i of [first[k]!, second[k]!]) rows[i]!.push(all[k]!);
  const lines = rows.map(
    (row, i) =>
      `${structure.species[i]} ${row
        .sort((p, q) => p - q)
        .map((r) => r.toFixed(6))
        .join(' ')}`,
  );
  return [...new Set(lines)].sort().join('\n');
}

describe('properties/crystal', () => {
  it('makes a basis of whole vectors along any plane', () => {
    fc.assert(
      fc.property(plane, (h) => {
        const [a, b, c] = planeBasis(h);
        const product = (v: readonly number[]) => v.reduce((sum, x, d) => sum + x * h[d]!, 0);
        expect([product(a), product(b), product(c)].map(Math.abs)).to.deep.equal([0, 0, 1]);
        expect(product(c)).to.equal(1);
        expect(Math.abs(determinant([...a, ...b, ...c]))).to.equal(1);
      }),
    );
  });

  it('finds the lattice that vectors span', () => {
    // body-centred vectors among multiples of themselves
    const basis = latticeBasis([
      [2, 0, 0],
      [0, 2, 0],
      [0, 0, 2],
      [1, 1, 1],
      [3, 3, 3],
    ]);
    expect(Math.abs(determinant(basis.flat()))).to.equal(4);
  });

  const crystals: [string, Structure, number][] = [
    ['fcc', cubic('fcc', 'Cu', 3.6), 1],
    ['bcc', cubic('bcc', 'Fe', 2.86), 1],
    ['diamond', cubic('diamond', 'Si', 5.43), 2],
    ['hcp', hexagonal('Mg', 3.2, 5.2), 2],
    ['a repeated fcc cell', repeat(cubic('fcc', 'Cu', 3.6), [2, 1, 3]), 1],
    ['B2', { ...cubic('bcc', 'Al', 2.9), species: ['Al', 'Ni'] }, 2],
  ];
  for (const [name, crystal, atoms] of crystals) {
    it(`${name}: the primitive cell and every stacking are the same crystal`, () => {
      const primitive = primitiveCell(crystal);
      expect(primitive.species).to.have.length(atoms);
      const perAtom = volume(crystal.cell) / crystal.species.length;
      expect(volume(primitive.cell) / atoms).to.be.closeTo(perAtom, 1e-9);
      expect(distances(primitive, 6)).to.equal(distances(crystal, 6));
      for (const indices of [
        [1, 0, 0],
        [1, 1, 0],
        [1, 1, 1],
        [2, 1, 0],
        [3, 2, 1],
        [1, 0, -1],
      ] as const) {
        const stack = stacking(crystal, indices);
        expect(stack.area * stack.spacing).to.be.closeTo(perAtom * atoms, 1e-9);
        expect(determinant(stack.cell.cell)).to.be.greaterThan(0);
        expect(distances(stack.cell, 6)).to.equal(distances(crystal, 6));
      }
    });
  }

  it('knows the spacing of planes and the places to cut', () => {
    const a = 3.6;
    const fcc = cubic('fcc', 'Cu', a);
    // odd and even indices: a/sqrt(h²+k²+l²), mixed ones: half of it
    expect(stacking(fcc, [1, 1, 1]).spacing).to.be.closeTo(a / Math.sqrt(3), 1e-9);
    expect(stacking(fcc, [1, 0, 0]).spacing).to.be.closeTo(a / 2, 1e-9);
    expect(stacking(fcc, [3, 2, 1]).spacing).to.be.closeTo(a / 2 / Math.sqrt(14), 1e-9);
    expect(stacking(fcc, [1, 1, 1]).area).to.be.closeTo((a * a * Math.sqrt(3)) / 4, 1e-9);
    // diamond (111) can be cut between near or between far sheets
    expect(stacking(cubic('diamond', 'Si', 5.43), [1, 1, 1]).cuts).to.have.length(2);
    expect(stacking(cubic('diamond', 'Si', 5.43), [1, 1, 0]).cuts).to.have.length(1);
  });

  it('cuts a slab of whole cells', () => {
    const stack = stacking(cubic('diamond', 'Si', 5.43), [1, 1, 1]);
    for (const cut of stack.cuts) {
      const { species, positions, pbc, cell } = slab(stack, 5, cut);
      expect(species).to.have.length(10);
      expect(pbc).to.deep.equal([true, true, false]);
      const normal = [
        cell[1]! * cell[5]! - cell[2]! * cell[4]!,
        cell[2]! * cell[3]! - cell[0]! * cell[5]!,
        cell[0]! * cell[4]! - cell[1]! * cell[3]!,
      ];
      const heights = species.map((_, i) => normal.reduce((sum, x, d) => sum + x * positions[3 * i + d]!, 0) / Math.hypot(...normal));
      const extent = Math.max(...heights) - Math.min(...heights);
      expect(extent)
        .to.be.lessThan(5 * stack.spacing)
        .and.greaterThan(4 * stack.spacing);
    }
  });
});
