import { expect } from 'chai';
import { fitBirchMurnaghan } from '../../src/properties/birch-murnaghan.js';

/** Third-order Birch-Murnaghan energy, eV. */
function energy(v: number, e0: number, v0: number, b0: number, b1: number): number {
  const y = (v0 / v) ** (2 / 3);
  return e0 + ((9 * v0 * b0) / 16) * ((y - 1) ** 3 * b1 + (y - 1) ** 2 * (6 - 4 * y));
}

describe('properties/birch-murnaghan', () => {
  it('finds the parameters that made the points', () => {
    const volumes = Array.from({ length: 11 }, (_, k) => 11.5 + 0.1 * k);
    const fit = fitBirchMurnaghan(
      volumes,
      volumes.map((v) => energy(v, -3.54, 11.81, 0.87, 5.1)),
    )!;
    expect(fit.energy).to.be.closeTo(-3.54, 1e-9);
    expect(fit.volume).to.be.closeTo(11.81, 1e-6);
    expect(fit.bulkModulus).to.be.closeTo(0.87, 1e-6);
    expect(fit.derivative).to.be.closeTo(5.1, 1e-3);
    expect(fit.residual).to.be.lessThan(1e-9);
  });

  it('finds no minimum where there is none', () => {
    const volumes = [10, 11, 12, 13, 14];
    expect(fitBirchMurnaghan(volumes, [1, 2, 3, 4, 5])).to.equal(undefined);
    expect(fitBirchMurnaghan(volumes, [0, 3, 4, 3, 0])).to.equal(undefined);
  });
});
