import { expect } from 'chai';
import { elasticAverages, rotatedBack, symmetrised } from '../../../src/properties/crystal/stiffness.js';

function cubicStiffness(c11: number, c12: number, c44: number): Float64Array {
  return Float64Array.from({ length: 36 }, (_, k) => {
    const [i, j] = [Math.floor(k / 6), k % 6];
    if (i < 3 && j < 3) return i === j ? c11 : c12;
    return i === j ? c44 : 0;
  });
}

describe('properties/crystal/stiffness', () => {
  it('averages as the closed formulas of cubic crystals', () => {
    const [c11, c12, c44] = [169.9, 122.6, 76.2];
    const { bulk, shear, young, poisson, eigenvalues } = elasticAverages(cubicStiffness(c11, c12, c44));
    const voigt = (c11 - c12 + 3 * c44) / 5;
    const reuss = (5 * (c11 - c12) * c44) / (4 * c44 + 3 * (c11 - c12));
    expect(bulk.voigt).to.be.closeTo((c11 + 2 * c12) / 3, 1e-9);
    expect(bulk.reuss).to.be.closeTo((c11 + 2 * c12) / 3, 1e-9);
    expect(shear.voigt).to.be.closeTo(voigt, 1e-9);
    expect(shear.reuss).to.be.closeTo(reuss, 1e-9);
    expect(young).to.be.closeTo((9 * bulk.hill * shear.hill) / (3 * bulk.hill + shear.hill), 1e-9);
    expect(poisson).to.be.closeTo(young / (2 * shear.hill) - 1, 1e-9);
    expect(eigenvalues[0]).to.be.closeTo(c11 - c12, 1e-9);
  });

  it('sees an unstable crystal', () => {
    expect(elasticAverages(cubicStiffness(100, 120, 50)).eigenvalues[0]).to.be.closeTo(-20, 1e-9);
  });

  it('turns a stiffness: a quarter turn swaps axes, an isotropic one stays', () => {
    const hexagonal = cubicStiffness(60, 25, 17);
    hexagonal[14] = 65;
    // x' = z, y' = x, z' = y, as rows of x' = rows of x times the matrix
    const turn = Float64Array.of(0, 1, 0, 0, 0, 1, 1, 0, 0);
    const turned = rotatedBack(hexagonal, turn);
    expect([turned[0], turned[7], turned[14]]).to.deep.equal([60, 65, 60]);
    const isotropic = cubicStiffness(100, 40, 30);
    const angle = 0.7;
    const oblique = Float64Array.of(Math.cos(angle), Math.sin(angle), 0, -Math.sin(angle), Math.cos(angle), 0, 0, 0, 1);
    for (const [k, value] of rotatedBack(isotropic, oblique).entries()) expect(value).to.be.closeTo(isotropic[k]!, 1e-12);
    // C11' of a cubic crystal turned by 45 degrees about z is (C11 + C12 + 2 C44) / 2
    const half = Math.SQRT1_2;
    expect(rotatedBack(cubicStiffness(170, 120, 75), Float64Array.of(half, half, 0, -half, half, 0, 0, 0, 1))[0]).to.be.closeTo(220, 1e-9);
  });

  it('takes the symmetric part', () => {
    const c = new Float64Array(36);
    c[1] = 2;
    c[6] = 4;
    expect([symmetrised(c)[1], symmetrised(c)[6]]).to.deep.equal([3, 3]);
  });
});
