import { expect } from 'chai';
import fc from 'fast-check';
import { InputError } from '../../src/errors.js';
import { cubic } from '../../src/structures/lattices.js';
import { determinant, fractionalPositions, inverse, multiplyRows, repeat, volume } from '../../src/structures/structure.js';
import { anyStructure } from './arbitrary.js';

describe('structure algebra', () => {
  it('inverts any cell', () => {
    fc.assert(
      fc.property(anyStructure(), ({ cell }) => {
        const one = multiplyRows(cell, inverse(cell));
        one.forEach((value, k) => {
          expect(value).to.be.closeTo(k % 4 === 0 ? 1 : 0, 1e-9);
        });
      }),
    );
  });

  it('gives the volume of a cell of either handedness', () => {
    // rows (1 2 0), (0 3 1), (1 0 2): determinant 8
    const cell = Float64Array.of(1, 2, 0, 0, 3, 1, 1, 0, 2);
    expect(determinant(cell)).to.equal(8);
    const mirrored = Float64Array.of(0, 3, 1, 1, 2, 0, 1, 0, 2);
    expect(determinant(mirrored)).to.equal(-8);
    expect(volume(mirrored)).to.equal(8);
  });

  it('refuses a cell without volume', () => {
    expect(() => inverse([1, 0, 0, 2, 0, 0, 0, 0, 1])).to.throw(InputError, 'lattice vectors are dependent');
  });

  it('goes to fractional coordinates and back', () => {
    fc.assert(
      fc.property(anyStructure(), (structure) => {
        const back = multiplyRows(fractionalPositions(structure), structure.cell);
        back.forEach((x, k) => {
          expect(x).to.be.closeTo(structure.positions[k]!, 1e-9);
        });
      }),
    );
    // a lattice vector is a row: the fractional point (1, 0, 0) is the first row
    expect([...multiplyRows([1, 0, 0], [1, 2, 3, 0, 1, 0, 0, 0, 1])]).to.deep.equal([1, 2, 3]);
  });

  it('repeats a structure along its lattice vectors and leaves the original alone', () => {
    const unit = { ...cubic('bcc', 'Fe', 2.87), pbc: [true, false, true] as [boolean, boolean, boolean] };
    const before = unit.positions.slice();
    const big = repeat(unit, [2, 1, 3]);
    expect(big.species).to.deep.equal(Array.from({ length: 12 }, () => 'Fe'));
    expect(big.pbc).to.deep.equal([true, false, true]);
    expect(volume(big.cell)).to.be.closeTo(6 * 2.87 ** 3, 1e-9);
    // the third copy along c of the first copy along a
    expect([...big.positions.subarray(12, 15)]).to.deep.equal([0, 0, 2 * 2.87]);
    const distinct = new Set(
      Array.from({ length: 12 }, (_, i) => [...big.positions.subarray(3 * i, 3 * i + 3)].map((x) => x.toFixed(6)).join()),
    );
    expect(distinct.size).to.equal(12);
    big.positions.fill(0);
    big.pbc[1] = true;
    expect(unit.positions).to.deep.equal(before);
    expect(unit.pbc[1]).to.equal(false);
  });
});
