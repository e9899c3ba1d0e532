import { expect } from 'chai';
import fc from 'fast-check';
import { RandomStream } from '../../src/math/random.js';
import { cubic } from '../../src/structures/lattices.js';
import { repeatUnit } from '../../src/structures/repeat-unit.js';
import { multiplyRows, repeat, type Structure, volume } from '../../src/structures/structure.js';

/** A cell with atoms at random places, sheared. */
function disordered(species: string[], seed: number): Structure {
  const random = RandomStream.fromSeed(seed);
  const cell = Float64Array.of(4, 0, 0, 1.1, 4.5, 0, random.range(-2, 2), -0.7, 5);
  const places = Float64Array.from({ length: 3 * species.length }, () => random.uniform());
  return { cell, pbc: [true, true, true], species, positions: multiplyRows(places, cell) };
}

describe('structures/repeat-unit', () => {
  it('finds what any structure was repeated from, with every atom on its repetition', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 3 }),
        fc.integer({ min: 1, max: 3 }),
        fc.integer({ min: 1, max: 3 }),
        fc.nat(1000),
        (a, b, c, seed) => {
          const unit = disordered(['Ni', 'Mo', 'Ni', 'Ni'], seed);
          const whole = repeat(unit, [a, b, c]);
          const found = repeatUnit(whole, 1e-4);
          if (a * b * c === 1) {
            expect(found).to.equal(undefined);
            return;
          }
          expect(found!.count).to.equal(a * b * c);
          expect(volume(found!.structure.cell)).to.be.closeTo(volume(unit.cell), 1e-6);
          expect(found!.structure.species.length).to.equal(4);
          found!.of.forEach((k, i) => {
            expect(found!.structure.species[k]).to.equal(whole.species[i]);
          });
          for (let k = 0; k < 4; k++) expect(found!.of.filter((of) => of === k)).to.have.length(a * b * c);
        },
      ),
      { numRuns: 40 },
    );
  });

  it('finds the primitive cells of cubic crystals under strain, numbered anyhow', () => {
    for (const [lattice, atoms] of [
      ['fcc', 1],
      ['bcc', 1],
      ['diamond', 2],
    ] as const) {
      const crystal = repeat(cubic(lattice, 'Cu', 3.6), [3, 3, 3]);
      const strain = Float64Array.of(1.02, 0.01, 0, 0, 0.97, 0.03, 0.02, 0, 1);
      const strained: Structure = {
        ...crystal,
        cell: multiplyRows(crystal.cell, strain),
        positions: multiplyRows(crystal.positions, strain),
      };
      // an origin that puts atoms at the faces of the cell, on either side
      const noise = RandomStream.fromSeed(1);
      const whole = { ...strained, positions: strained.positions.map((x) => x + noise.range(-1e-5, 1e-5)) };
      expect(repeatUnit(whole, 1e-4)!.structure.species).to.have.length(atoms);
    }
  });

  it('leaves alone what repeats nothing: a vacancy, a moved atom, a surface that is open', () => {
    const crystal = repeat(cubic('fcc', 'Cu', 3.6), [2, 2, 2]);
    const moved = { ...crystal, positions: crystal.positions.slice() };
    moved.positions[4]! += 1e-3;
    expect(repeatUnit(moved, 1e-4)).to.equal(undefined);
    expect(repeatUnit({ ...crystal, species: crystal.species.slice(1), positions: crystal.positions.slice(3) }, 1e-4)).to.equal(undefined);
    expect(repeatUnit({ ...crystal, pbc: [true, true, false] }, 1e-4)).to.equal(undefined);
    const alloy = { ...crystal, species: crystal.species.map((_, i) => (i === 5 ? 'Ni' : 'Cu')) };
    expect(repeatUnit(alloy, 1e-4)).to.equal(undefined);
  });
});
