import { expect } from 'chai';
import fc from 'fast-check';
import { AffineReference, affineFamilies } from '../../../src/datasets/audit/affine.js';
import { crystalOfCoordinates } from '../../../src/datasets/audit/crystal.js';
import { RandomStream } from '../../../src/math/random.js';
import { type CubicLattice, cubic } from '../../../src/structures/lattices.js';
import { fractionalPositions, inverse, multiplyRows, repeat, type Structure } from '../../../src/structures/structure.js';
import { crystal, displaced, strained } from './copper.js';

/** Strains (3, 3) within 12 %. */
const strain = fc.array(fc.double({ min: -0.12, max: 0.12, noNaN: true }), { minLength: 9, maxLength: 9 });

/** Largest distance between atoms of two structures after the first atoms are put on each other, modulo the cell. */
function largestDifference(a: Float64Array, b: Float64Array, cell: Float64Array): number {
  const difference = a.map((x, k) => x - a[k % 3]! - (b[k]! - b[k % 3]!));
  const whole = multiplyRows(difference, inverse(cell)).map(Math.round);
  const rest = multiplyRows(whole, cell).map((x, k) => difference[k]! - x);
  return rest.reduce((worst, x) => Math.max(worst, Math.abs(x)), 0);
}

function rocksalt(n: number): Structure {
  const cell = cubic('fcc', 'Na', 5.64);
  const both = {
    ...cell,
    species: [...cell.species, ...cell.species.map(() => 'Cl')],
    positions: Float64Array.of(...cell.positions, ...cell.positions.map((x) => x + 2.82)),
  };
  return repeat(both, [n, n, n]);
}

describe('crystals seen in coordinates alone', () => {
  it('finds the cell of the coordinates whatever cell is stated, and the coordinates that belong to the stated one', () => {
    const lattices: [CubicLattice, number, number][] = [
      ['fcc', 3, 27 * 4],
      ['bcc', 3, 27 * 2],
      ['diamond', 2, 8 * 8],
      ['sc', 3, 27],
    ];
    fc.assert(
      fc.property(
        fc.constantFrom(...lattices),
        strain,
        strain,
        fc.integer({ min: 0, max: 1e6 }),
        ([lattice, n, atoms], inner, stated, seed) => {
          const perfect = strained(repeat(cubic(lattice, 'Cu', 3.6), [n, n, n]), inner);
          const random = RandomStream.fromSeed(seed);
          const shift = [random.range(-3, 3), random.range(-3, 3), random.range(-3, 3)];
          // any order of the atoms, any origin
          const order = Array.from({ length: atoms }, (_, i) => i).sort(() => random.uniform() - 0.5);
          const positions = Float64Array.from(
            { length: 3 * atoms },
            (_, k) => perfect.positions[3 * order[Math.floor(k / 3)]! + (k % 3)]! + shift[k % 3]!,
          );
          const cell = strained(
            perfect,
            stated.map((e) => e / 2),
          ).cell;
          const found = crystalOfCoordinates({ ...perfect, positions, cell }, 1e-3)!;
          expect(found, 'a crystal').to.not.equal(undefined);
          expect(found.residual).to.be.below(1e-9);
          for (let k = 0; k < 9; k++) expect(found.cell[k]).to.be.closeTo(perfect.cell[k]!, 1e-9);
          const truth = multiplyRows(multiplyRows(positions, inverse(perfect.cell)), cell);
          expect(largestDifference(multiplyRows(found.fractional, cell), truth, cell)).to.be.below(1e-8);
        },
      ),
      { numRuns: 60, seed: 11 },
    );
  });

  it('sees crystals of several elements and says how many atoms the primitive cell has', () => {
    const salt = rocksalt(2);
    const stretched = crystalOfCoordinates({ ...salt, cell: strained(salt, [0, 0, 0, 0, 0, 0, 0, 0, 0.08]).cell }, 1e-3)!;
    expect(stretched.basis).to.have.length(6);
    for (let k = 0; k < 9; k++) expect(stretched.cell[k]).to.be.closeTo(salt.cell[k]!, 1e-9);
  });

  it('sees none in disorder, slabs with vacuum, crystals with a vacancy, and a handful of atoms', () => {
    const solid = crystal(3);
    expect(crystalOfCoordinates(displaced(solid, 0.05, RandomStream.fromSeed(2)), 1e-3)).to.equal(undefined);
    const slab = { ...solid, cell: Float64Array.from(solid.cell, (x, k) => (k === 8 ? x + 15 : x)) };
    expect(crystalOfCoordinates(slab, 1e-3)).to.equal(undefined);
    const vacancy = { ...solid, species: solid.species.slice(1), positions: solid.positions.slice(3) };
    expect(crystalOfCoordinates(vacancy, 1e-3)).to.equal(undefined);
    expect(crystalOfCoordinates(crystal(1), 1e-3)).to.equal(undefined);
  });
});

describe('affine images of other frames', () => {
  it('finds the cell of the coordinates of any structure that another frame has too, also after wrapping', () => {
    fc.assert(
      fc.property(
        strain,
        strain,
        fc.integer({ min: 0, max: 1e6 }),
        fc.constantFrom('none', 'stated', 'own'),
        (inner, outer, seed, wrapping) => {
          const random = RandomStream.fromSeed(seed);
          const reference = displaced(crystal(), 0.3, random);
          const true_ = strained(reference, inner);
          const stated = strained(
            reference,
            outer.map((e) => e / 2),
          ).cell;
          // the reference holds its atoms anywhere; the image is wrapped as a code would
          let positions = true_.positions;
          if (wrapping !== 'none') {
            const cell = wrapping === 'stated' ? stated : true_.cell;
            positions = multiplyRows(
              multiplyRows(positions, inverse(cell)).map((u) => u - Math.floor(u)),
              cell,
            );
          }
          const image = new AffineReference(reference).imageIn({ ...true_, positions, cell: stated }, 1e-3)!;
          expect(image, 'an image').to.not.equal(undefined);
          for (let k = 0; k < 9; k++) expect(image.cell[k]).to.be.closeTo(true_.cell[k]!, 1e-8);
        },
      ),
      { numRuns: 150, seed: 12 },
    );
  });

  it('takes structures of the same atoms for unrelated when one atom is elsewhere', () => {
    const reference = displaced(crystal(), 0.2, RandomStream.fromSeed(4));
    const other = { ...reference, positions: reference.positions.map((x, k) => (k === 50 ? x + 0.01 : x)) };
    expect(new AffineReference(reference).imageIn(other, 1e-3)).to.equal(undefined);
  });

  it('groups frames by relation: those that belong to their cells agree', () => {
    const random = RandomStream.fromSeed(6);
    const a = displaced(crystal(), 0.2, random);
    const b = displaced(crystal(), 0.2, random);
    const wrong = { ...strained(a, [0.03, 0, 0, 0, 0, 0, 0, 0, 0]), positions: a.positions };
    const frames = [a, b, strained(a, [0.02, 0, 0, 0, 0.01, 0, 0, 0, 0]), strained(b, [0, 0.02, 0, 0, 0, 0, 0, 0, 0]), wrong];
    const families = affineFamilies(frames, [0, 1, 2, 3, 4], 1e-3);
    expect(families.map((family) => family.map((r) => r.frame))).to.deep.equal([
      [0, 2, 4],
      [1, 3],
    ]);
    expect(families[0]![1]!.relation[0]).to.be.closeTo(1, 1e-9);
    expect(families[0]![2]!.relation[0]).to.be.closeTo(1 / 1.03, 1e-9);
    expect(fractionalPositions(a)).to.have.length(96);
  });
});
