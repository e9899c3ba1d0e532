import { expect } from 'chai';
import fc from 'fast-check';
import { zbl } from '../../src/potentials/zbl.js';
import { between } from '../math/arbitrary.js';
import { expectDerivative } from '../math/smoothness.js';

describe('zbl', () => {
  const d = new Float64Array(1);

  /**
   * LAMMPS 29 Sep 2021, units metal: two atoms at (10, 10, 10) and (x, 10, 10) in a 30 Å box,
   *   pair_style zbl 19.0 20.0
   *   pair_coeff 1 1 29 29
   *   run 0
   *   print "$(pe:%.12g) $(fx[2]:%.12g)"
   * for x = 10.2, 10.5, 11, 12 (its switching function adds less than 1e-12 eV so far inside the inner cutoff).
   */
  const lammps: [number, number, number][] = [
    [0.2, 14637.9637414, 153305.165236],
    [0.5, 1476.03870663, 8745.37255587],
    [1, 135.030842865, 545.604113181],
    [2, 5.0481300896, 13.7665596953],
  ];
  for (const [r, energy, force] of lammps)
    it(`is what LAMMPS gives for two copper atoms at ${r} Å`, () => {
      // the constants of screening length and Coulomb energy agree to six digits
      expect(zbl(29, 29, r, d) / energy).to.be.closeTo(1, 3e-5);
      expect(-d[0]! / force).to.be.closeTo(1, 3e-5);
    });

  it('is the bare Coulomb repulsion at r -> 0: 14.4 eV Å times the charges', () => {
    expect((1e-7 * zbl(29, 13, 1e-7, d)) / (29 * 13)).to.be.closeTo(14.3996, 1e-3);
  });

  it('has its derivative, falls, and does not care which nucleus is which', () => {
    expectDerivative((r, derivative) => zbl(29, 29, r, derivative), [0.1, 0.3, 0.8, 1.5, 2.5], 1e-6);
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 92 }), fc.integer({ min: 1, max: 92 }), between(0.05, 3), (a, b, r) => {
        expect(zbl(a, b, r, d)).to.be.above(0);
        expect(d[0]).to.be.below(0);
        expect(zbl(a, b, r, d) / zbl(b, a, r, d)).to.be.closeTo(1, 1e-13);
      }),
    );
  });
});
