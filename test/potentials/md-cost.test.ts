import { expect } from 'chai';
import fc from 'fast-check';
import { mdCost } from '../../src/potentials/md-cost.js';
import { between } from '../math/arbitrary.js';

describe('mdCost', () => {
  it('grows with the cutoff and is one for SR2', () => {
    expect(mdCost('Cu', 8)).to.equal(1);
    fc.assert(
      fc.property(fc.constantFrom('Cu', 'Mo', 'Mg', 'U'), between(3, 10), between(0, 2), (element, cutoff, more) => {
        expect(mdCost(element, cutoff)).to.be.above(0);
        expect(mdCost(element, cutoff + more)).to.be.at.least(mdCost(element, cutoff));
      }),
      { numRuns: 40 },
    );
  });

  it('is within 15 % of times measured', () => {
    // eqpot validate --properties md_speed --lammps native (29 Sep 2021), Sutton-Chen copper tapered at each cutoff, in units of SR2:
    // 0.5803, 0.7850, 0.8918, 1.3639, 1.4802, 1.9426, 2.4400 of 2.5865 µs/atom/step
    const measured = { 4.5: 0.224, 5: 0.304, 5.5: 0.345, 6: 0.527, 6.5: 0.572, 7.2: 0.751, 8: 0.943 };
    for (const [cutoff, cost] of Object.entries(measured)) expect(mdCost('Cu', Number(cutoff)) / cost, cutoff).to.be.within(0.87, 1.15);
  });

  it('counts the neighbours of the crystal of the element', () => {
    // fcc copper (a = 3.61 Å) has 12 + 6 + 24 + 12 neighbours to 5.1 Å, bcc molybdenum (3.15 Å) 8 + 6 + 12 + 24 + 8 to 5.46 Å; the next
    // shells are at 5.71 and 6.3 Å
    expect(mdCost('Mo', 4.87) / mdCost('Cu', 4.4)).to.be.closeTo(58 / 54, 1e-9);
  });
});
