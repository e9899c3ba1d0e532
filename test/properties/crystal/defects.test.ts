import { expect } from 'chai';
import { faultSlab, slid } from '../../../src/properties/crystal/fault.js';
import { PROTOTYPES } from '../../../src/properties/crystal/prototypes.js';
import { nearestDistance, shortest, supercell, without } from '../../../src/properties/crystal/supercell.js';
import { hexagonal } from '../../../src/properties/system.js';
import { cubic } from '../../../src/structures/lattices.js';
import { neighbourPairs } from '../../../src/structures/neighbours.js';
import { type Structure, volume } from '../../../src/structures/structure.js';

/** Numbers of neighbours of the atoms within a distance, growing. */
function neighbours(structure: Structure, reach: number): number[] {
  const counts = structure.species.map(() => 0);
  const { count, first, second } = neighbourPairs(structure, reach);
  for (let k = 0; k < count; k++) for (const i of [first[k]!, second[k]!]) counts[i]!++;
  return [...new Set(counts)].sort((a, b) => a - b);
}

describe('crystals with defects', () => {
  it('supercells are as wide as asked for between opposite faces', () => {
    const copper = cubic('fcc', 'Cu', 3.6);
    expect(supercell(copper, 21.6).species).to.have.length(4 * 6 ** 3);
    expect(supercell(copper, 21.7).species).to.have.length(4 * 7 ** 3);
    const magnesium = supercell(hexagonal('Mg', 3.2, 5.2), 20);
    // faces of a hexagonal cell are a √3/2 apart: 8 of them, and 4 along c
    expect(magnesium.species).to.have.length(2 * 8 * 8 * 4);
    expect(nearestDistance(magnesium)).to.be.closeTo(3.2, 0.03);
    expect(without(magnesium, 3).species).to.have.length(511);
    const inside = shortest([20, 1, -30], Float64Array.of(21, 0, 0, 0, 21, 0, 0, 0, 21));
    expect([...inside].map(Math.round)).to.deep.equal([-1, 1, -9]);
  });

  it('a fcc slab slides into a fault in one sense, into touching atoms in the other', () => {
    const made = faultSlab(cubic('fcc', 'Cu', 3.6), [1, 1, 1], [1 / 6, 1 / 6, -1 / 3], 30);
    const nearest = 3.6 / Math.SQRT2;
    const reach = nearest * 1.1;
    expect(made.area).to.be.closeTo((Math.sqrt(3) / 4) * 3.6 ** 2, 1e-9);
    expect(Math.hypot(...made.shift)).to.be.closeTo(3.6 / Math.sqrt(6), 1e-9);
    expect(neighbours(made.structure, reach)).to.deep.equal([9, 12]);
    const both = [1, -1].map((sense) => Math.min(...neighbourPairs(slid(made, sense), reach).distances));
    // in the fault every atom has its twelve nearest neighbours; on top of each other they are as far apart as layers
    expect(Math.max(...both)).to.be.closeTo(nearest, 1e-9);
    expect(Math.min(...both)).to.be.closeTo(3.6 / Math.sqrt(3), 1e-9);
    expect(neighbours(slid(made, both[0]! > both[1]! ? 1 : -1), reach)).to.deep.equal([9, 12]);
    // three of the ways together are a lattice vector
    expect(neighbours(slid(made, 3), reach)).to.deep.equal([9, 12]);
  });

  it('diamond opens between sheets that are far apart and slides between those that are near', () => {
    const made = faultSlab(cubic('diamond', 'Si', 5.43), [1, 1, 1], [1 / 6, 1 / 6, -1 / 3], 30, 'narrow');
    const heights = [...new Set(made.structure.species.map((_, i) => made.structure.positions[3 * i + 2]!.toFixed(6)))].map(Number);
    const below = Math.max(...heights.filter((z) => z < made.height));
    const above = Math.min(...heights.filter((z) => z > made.height));
    expect(above - below).to.be.closeTo(5.43 / Math.sqrt(3) / 4, 1e-5);
    // one bond of the four is cut at each surface
    expect(neighbours(made.structure, 2.5)).to.deep.equal([3, 4]);
  });

  it('the way has to lie in the plane', () => {
    expect(() => faultSlab(cubic('bcc', 'W', 3.16), [1, 1, 0], [0.5, 0.5, 0.5], 30)).to.throw('does not lie in the plane');
  });

  it('prototypes have their nearest distance and numbers of neighbours', () => {
    const expected: Record<string, [neighbours: number[], reach: number, volume: number]> = {
      fcc: [[12], 1.1, Math.SQRT1_2],
      hcp: [[12], 1.1, Math.SQRT1_2],
      dhcp: [[12], 1.1, Math.SQRT1_2],
      '9r': [[12], 1.1, Math.SQRT1_2],
      bcc: [[8], 1.1, 4 / (3 * Math.sqrt(3))],
      // 12 and 14, the Frank-Kasper polyhedra of A15
      a15: [[12, 14], 1.3, 1],
      omega: [[11, 14], 1.3, (3 * Math.sqrt(3) * OMEGA * Math.sqrt(3)) / 6],
      sh: [[8], 1.1, Math.sqrt(3) / 2],
      sc: [[6], 1.1, 1],
      beta_sn: [[6], 1.1, 0],
      diamond: [[4], 1.1, 8 / (3 * Math.sqrt(3))],
    };
    for (const { name, cell } of PROTOTYPES) {
      const structure = cell('Cu', 1);
      const [counts, reach, size] = expected[name]!;
      expect(Math.min(...neighbourPairs(structure, 1.5).distances), name).to.be.closeTo(1, 1e-9);
      expect(neighbours(structure, reach), name).to.deep.equal(counts);
      if (size > 0) expect(volume(structure.cell) / structure.species.length, name).to.be.closeTo(size, 1e-9);
    }
  });
});

/** c/a of the ideal omega phase. */
const OMEGA = Math.sqrt(3 / 8);
