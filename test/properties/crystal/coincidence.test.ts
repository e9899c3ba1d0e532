import { expect } from 'chai';
import fc from 'fast-check';
import { boundaryOf, layers } from '../../../src/properties/crystal/bicrystal.js';
import { coincidenceRotation, cosets, planarCoincidence, rotationsAbout } from '../../../src/properties/crystal/coincidence.js';
import { boundaryOfName, USUAL } from '../../../src/properties/crystal/grain-boundary-names.js';
import { gcd } from '../../../src/properties/crystal/integer-lattice.js';
import type { Indices } from '../../../src/properties/crystal/slab.js';
import { cubic } from '../../../src/structures/lattices.js';
import { determinant, multiplyRows } from '../../../src/structures/structure.js';

const whole = fc.integer({ min: -4, max: 4 });
const axes = fc.tuple(whole, whole, whole).filter((u) => gcd(...u) === 1) as fc.Arbitrary<Indices>;
const rotations = fc
  .tuple(axes, fc.integer({ min: 0, max: 6 }), fc.integer({ min: 1, max: 4 }))
  .filter(([, m, n]) => gcd(m, n) === 1)
  .map(([axis, m, n]) => coincidenceRotation(axis, m, n));

describe('properties/crystal/coincidence', () => {
  it('rotations are rotations about their axis by their angle, with the sigma that clears their matrix', () => {
    fc.assert(
      fc.property(rotations, ({ matrix, sigma, axis, angle }) => {
        expect(determinant(matrix)).to.be.closeTo(1, 1e-12);
        const columns = Float64Array.from({ length: 9 }, (_, k) => matrix[3 * (k % 3) + Math.floor(k / 3)]!);
        const product = multiplyRows(matrix, columns);
        for (let k = 0; k < 9; k++) expect(product[k]!).to.be.closeTo(k % 4 === 0 ? 1 : 0, 1e-12);
        const image = multiplyRows(axis, columns);
        for (let d = 0; d < 3; d++) expect(image[d]!).to.be.closeTo(axis[d]!, 1e-12);
        expect(matrix[0]! + matrix[4]! + matrix[8]!).to.be.closeTo(1 + 2 * Math.cos((angle * Math.PI) / 180), 1e-12);
        expect(sigma % 2).to.equal(1);
        for (const x of matrix) expect(Math.abs(x * sigma - Math.round(x * sigma))).to.be.below(1e-9);
      }),
    );
  });

  it('knows the angles of the literature', () => {
    // H. Grimmer, W. Bollmann, D. H. Warrington, Acta Cryst. A 30, 197 (1974), smallest angles about these axes
    const smallest: [Indices, number, number][] = [
      [[1, 0, 0], 5, 36.87],
      [[1, 0, 0], 13, 22.62],
      [[1, 1, 0], 9, 38.94],
      [[1, 1, 0], 11, 50.48],
      [[1, 1, 0], 27, 31.59],
      [[1, 1, 1], 3, 60],
      [[1, 1, 1], 7, 38.21],
      [[1, 1, 1], 19, 46.83],
    ];
    for (const [axis, sigma, angle] of smallest) {
      const about = rotationsAbout(axis, sigma).filter((each) => each.angle < 61);
      expect(
        about.map((each) => Math.abs(each.angle - angle)).sort((a, b) => a - b)[0],
        `sigma ${sigma} about ${axis.join(' ')}`,
      ).to.be.below(0.01);
    }
    expect(rotationsAbout([1, 0, 0], 7)).to.deep.equal([]);
  });

  it('the common lattice of the cubic faces has sigma times the area, and the sums its inverse', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 7 }), fc.integer({ min: 1, max: 7 }), (m, n) => {
        fc.pre(gcd(m, n) === 1);
        const { matrix, sigma } = coincidenceRotation([0, 0, 1], m, n);
        const { common, sums } = planarCoincidence([1, 0, 0, 1], [matrix[0]!, matrix[3]!, matrix[1]!, matrix[4]!]);
        const area = ([a, b, c, d]: readonly number[]) => a! * d! - b! * c!;
        expect(area(common)).to.be.closeTo(sigma, 1e-6);
        expect(area(sums)).to.be.closeTo(1 / sigma, 1e-6);
        expect(new Set(cosets([1, 0, 0, 1], common).map(String)).size).to.equal(sigma);
      }),
    );
  });

  it('every grain of a named boundary is the crystal: its density, its nearest distance, and the periods of the boundary', () => {
    for (const kind of ['fcc', 'bcc', 'diamond'] as const)
      for (const { name, plane, rotation } of USUAL[kind]) {
        const crystal = cubic(kind, 'Cu', 4);
        const boundary = boundaryOf(crystal, plane, rotation);
        const nearest = { fcc: Math.SQRT1_2, bcc: Math.sqrt(3) / 2, diamond: Math.sqrt(3) / 4 }[kind] * 4;
        expect(boundary.period[1], name).to.equal(0);
        for (const grain of [boundary.lower, boundary.upper]) {
          const count = Math.ceil(6 / grain.spacing);
          const { positions } = layers(grain, boundary.period, 0, count, grain.cuts[0]!);
          const perAtom = (boundary.area * grain.spacing * count) / (positions.length / 3);
          expect(perAtom, name).to.be.closeTo(64 / crystal.species.length, 1e-6);
          expect(shortest(positions, boundary.period), name).to.be.closeTo(nearest, 1e-6);
        }
      }
  });

  it('finds boundaries by their name', () => {
    expect(boundaryOfName('grain_boundary_s5_310')).to.include({ sigma: 5, type: 'tilt' });
    expect(boundaryOfName('grain_boundary_s5_100')).to.include({ sigma: 5, type: 'twist' });
    expect(boundaryOfName('grain_boundary_s33_811')?.rotation.angle).to.be.closeTo(20.05, 0.005);
    // not in the table
    expect(boundaryOfName('grain_boundary_s13_320')).to.include({ sigma: 13, type: 'tilt' });
    expect(boundaryOfName('grain_boundary_s13_111')?.rotation.angle).to.be.closeTo(27.8, 0.01);
    expect(boundaryOfName('grain_boundary_s73_11_5_0')?.rotation.axis).to.deep.equal([0, 0, 1]);
    // (013) is written 310, sigma is odd, and there is no sigma 5 with (111) on both sides
    for (const name of ['s5_013', 's66_811', 's5_111', 's1_100', 's5_620', 's5_31'])
      expect(boundaryOfName(`grain_boundary_${name}`), name).to.equal(undefined);
  });
});

/** Shortest distance of atoms, periodic in the plane. */
function shortest(positions: readonly number[], [p1, , p3, p4]: readonly number[]): number {
  let least = Number.POSITIVE_INFINITY;
  for (let i = 0; i < positions.length; i += 3)
    for (let j = 0; j < positions.length; j += 3)
      for (let u = -2; u <= 2; u++)
        for (let v = -2; v <= 2; v++) {
          const d = [0, 1, 2].map((k) => positions[j + k]! - positions[i + k]!) as [number, number, number];
          const r = Math.hypot(d[0] + u * p1! + v * p3!, d[1] + v * p4!, d[2]);
          if (r > 1e-9) least = Math.min(least, r);
        }
  return least;
}
