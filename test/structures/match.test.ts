import { expect } from 'chai';
import fc from 'fast-check';
import { matchAtoms } from '../../src/structures/match.js';
import { repeat, type Structure } from '../../src/structures/structure.js';
import { anyStructure } from './arbitrary.js';

/** Several atoms of two elements, well apart. */
const crystal = (cell: Structure): Structure => {
  const whole = repeat({ ...cell, species: ['Cu'], positions: cell.positions.slice(0, 3) }, [2, 2, 2]);
  return { ...whole, species: whole.species.map((_, i) => (i % 3 === 0 ? 'Al' : 'Cu')) };
};

describe('matching of atoms', () => {
  it('finds atoms that are in another order, wrapped and a little displaced', () => {
    fc.assert(
      fc.property(
        anyStructure({ maxAtoms: 1, pbc: [true, true, true] }),
        fc.shuffledSubarray([0, 1, 2, 3, 4, 5, 6, 7], { minLength: 8 }),
        fc.array(fc.integer({ min: -2, max: 2 }), { minLength: 24, maxLength: 24 }),
        (cell, order, turns) => {
          const job = crystal(cell);
          const found: Structure = {
            ...job,
            species: order.map((i) => job.species[i]!),
            positions: Float64Array.from(
              order.flatMap((i, at) =>
                [0, 1, 2].map(
                  (x) =>
                    job.positions[3 * i + x]! +
                    4e-5 * (x - 1) +
                    [0, 1, 2].reduce((sum, k) => sum + turns[3 * at + k]! * job.cell[3 * k + x]!, 0),
                ),
              ),
            ),
          };
          const places = matchAtoms(job, found, 1e-4);
          expect(places).to.deep.equal(Int32Array.from(job.species, (_, i) => order.indexOf(i)));
        },
      ),
      { seed: 5 },
    );
  });

  it('says what differs', () => {
    fc.assert(
      fc.property(anyStructure({ maxAtoms: 1, pbc: [true, true, false] }), (cell) => {
        const job = crystal(cell);
        const change = (key: 'cell' | 'positions', at: number, by: number) => {
          const values = Float64Array.from(job[key]);
          values[at]! += by;
          return matchAtoms(job, { ...job, [key]: values }, 1e-4);
        };
        expect(matchAtoms(job, { ...job, species: job.species.map(() => 'Cu') }, 1e-4)).to.equal('its atoms are Cu8, not Al3 Cu5');
        expect(change('cell', 4, 2e-4)).to.match(/lattice vectors differs by 0.0002/);
        expect(change('positions', 5, 2e-4)).to.match(/^atom 2 \(Cu\) has no counterpart within 0.0001 Å: the next is 0.0002/);
        // nothing repeats along the third lattice vector
        const lifted = Float64Array.from(job.positions);
        for (let x = 0; x < 3; x++) lifted[x]! += job.cell[6 + x]!;
        expect(matchAtoms(job, { ...job, positions: lifted }, 1e-4)).to.match(/atom 1/);
      }),
      { seed: 6, numRuns: 30 },
    );
  });
});
