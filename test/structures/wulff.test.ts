import { expect } from 'chai';
import fc from 'fast-check';
import { determinant } from '../../src/structures/structure.js';
import { cubicPlanes, type WulffPlane, wulffPolyhedron, wulffShape } from '../../src/structures/wulff.js';
import { between } from '../math/arbitrary.js';

const planes = (energies: Record<string, number>): WulffPlane[] =>
  Object.entries(energies).flatMap(([family, energy]) =>
    cubicPlanes([...family].map(Number) as [number, number, number]).map((normal) => ({ normal, energy, family })),
  );
const share = (facets: ReturnType<typeof wulffShape>, family: string) =>
  facets.filter((facet) => facet.family === family).reduce((sum, { area }) => sum + area, 0) /
  facets.reduce((sum, { area }) => sum + area, 0);

describe('structures/wulff', () => {
  it('makes a cube of {100} and an octahedron of {111}', () => {
    const cube = wulffShape(planes({ '100': 2 }));
    expect(cube).to.have.length(6);
    for (const { area, corners } of cube) {
      expect(area).to.be.closeTo(16, 1e-9);
      expect(corners).to.have.length(4);
    }
    const octahedron = wulffShape(planes({ '111': 1 }));
    expect(octahedron).to.have.length(8);
    // edge of an octahedron with an inscribed sphere of radius 1: √6
    for (const { area } of octahedron) expect(area).to.be.closeTo((Math.sqrt(3) / 4) * 6, 1e-9);
  });

  it('gives the regular truncated octahedron at γ(100) / γ(111) = 2 / √3', () => {
    // squares of side s lie at √2 s from the centre, regular hexagons at √(3/2) s
    const facets = wulffShape(planes({ '111': Math.sqrt(1.5), '100': Math.SQRT2 }));
    expect(facets.filter(({ family }) => family === '111').map(({ corners }) => corners.length)).to.deep.equal(Array(8).fill(6));
    for (const { family, area } of facets) expect(area).to.be.closeTo(family === '100' ? 1 : (3 * Math.sqrt(3)) / 2, 1e-9);
    expect(share(facets, '100')).to.be.closeTo(6 / (6 + 12 * Math.sqrt(3)), 1e-9);
  });

  it('leaves out planes that cost too much, also where they just touch a corner', () => {
    // {110} touches the edges of the cube at √2
    expect(wulffShape(planes({ '100': 1, '110': 1.5 })).map(({ family }) => family)).to.deep.equal(Array(6).fill('100'));
    expect(share(wulffShape(planes({ '100': 1, '110': Math.SQRT2 })), '110')).to.be.closeTo(0, 1e-6);
    expect(share(wulffShape(planes({ '100': 1, '110': 1.3 })), '110')).to.be.above(0.1);
  });

  it('has a closed surface: the normals times the areas add up to nothing', () => {
    const facets = wulffShape(planes({ '111': 1239.5, '100': 1345.3, '110': 1475.5, '311': 1472, '321': 1500, '331': 1451.8 }));
    for (const d of [0, 1, 2]) expect(facets.reduce((sum, { area, normal }) => sum + area * normal[d]!, 0)).to.be.closeTo(0, 1e-3);
    expect(facets.length % 2).to.equal(0);
  });

  it('gives nothing where nothing is enclosed', () => {
    expect(wulffShape(planes({ '100': 1 }).filter(({ normal }) => normal[2] === 0))).to.deep.equal([]);
    expect(wulffShape(planes({ '100': 0 }))).to.deep.equal([]);
    expect(wulffShape(planes({ '100': Number.NaN }))).to.deep.equal([]);
    expect(wulffShape([])).to.deep.equal([]);
  });

  it('knows the planes of a family', () => {
    const lengths = ['100', '111', '110', '210', '211', '321'].map(
      (family) => cubicPlanes([...family].map(Number) as [number, number, number]).length,
    );
    expect(lengths).to.deep.equal([6, 8, 12, 24, 24, 48]);
  });

  const FAMILIES = ['111', '100', '110', '311', '210', '331', '321'];
  const energies = fc
    .tuple(...FAMILIES.map(() => between(1, 1.6)))
    .map((list) => Object.fromEntries(FAMILIES.map((family, k) => [family, list[k]!])));

  it('is as symmetric as the crystal, whatever the energies', () => {
    fc.assert(
      fc.property(energies, (gamma) => {
        const { vertices } = wulffPolyhedron(wulffShape(planes(gamma)))!;
        const images = vertices.flatMap(([x, y, z]) => cubicPlanes([x, y, z]));
        const nearest = images.map((image) => Math.min(...vertices.map((other) => Math.hypot(...other.map((x, d) => x - image[d]!)))));
        expect(Math.max(...nearest)).to.be.below(1e-5);
      }),
      { numRuns: 5, endOnFailure: true },
    );
  });

  it('is a convex polyhedron below all planes, with a volume of its own', () => {
    fc.assert(
      fc.property(energies, (gamma) => {
        const all = planes(gamma);
        const { vertices, faces, volume, meanEnergy, families } = wulffPolyhedron(wulffShape(all))!;
        const height = (normal: readonly number[], vertex: readonly number[]) =>
          normal.reduce((sum, x, d) => sum + x * vertex[d]!, 0) / Math.hypot(...normal);
        const above = all.flatMap(({ normal, energy }) => vertices.map((vertex) => height(normal, vertex) - energy));
        expect(Math.max(...above)).to.be.below(1e-6);
        // every edge belongs to two faces, in opposite senses
        const edges = faces.flatMap(({ vertices: at }) => at.map((v, k) => [v, at[(k + 1) % at.length]!]));
        const counted = new Set(edges.map(String));
        expect(counted.size).to.equal(edges.length);
        expect(edges.filter(([v, w]) => !counted.has(`${w},${v}`))).to.deep.equal([]);
        expect(vertices.length - edges.length / 2 + faces.length).to.equal(2);
        // the volume once more, by the divergence theorem over triangles
        const triangles = faces.flatMap(({ vertices: at }) => at.slice(2).map((w, k) => [at[0]!, at[k + 1]!, w].map((v) => vertices[v]!)));
        const sum = triangles.reduce((total, [a, b, c]) => total + determinant([...a!, ...b!, ...c!]) / 6, 0);
        expect(volume).to.be.closeTo(sum, 1e-5 * sum);
        expect(meanEnergy).to.be.closeTo(
          families.reduce((total, { share: s, energy }) => total + s * energy, 0),
          1e-9,
        );
        for (const { family, energy } of families) expect(energy).to.be.closeTo(gamma[family]!, 1e-9);
      }),
      { numRuns: 25, endOnFailure: true },
    );
  });

  it('becomes a sphere when all of many planes cost the same', () => {
    const sphere = (count: number) => {
      const even = Array.from({ length: count }, (_, k): WulffPlane => {
        const z = 1 - (2 * k + 1) / count;
        const angle = k * Math.PI * (3 - Math.sqrt(5));
        return { normal: [Math.sqrt(1 - z * z) * Math.cos(angle), Math.sqrt(1 - z * z) * Math.sin(angle), z], energy: 1, family: 'all' };
      });
      return wulffPolyhedron(wulffShape(even))!;
    };
    const { volume, meanEnergy, faces } = sphere(300);
    expect(faces).to.have.length(300);
    expect(meanEnergy).to.be.closeTo(1, 1e-12);
    expect(volume / ((4 / 3) * Math.PI) - 1).to.be.within(0, 0.02);
    // half the distance between planes, a quarter of the error
    expect(sphere(75).volume / ((4 / 3) * Math.PI) - 1).to.be.within(0.03, 0.08);
  });

  it('a dearer surface never grows', () => {
    fc.assert(
      fc.property(energies, fc.constantFrom(...FAMILIES), between(1.001, 1.3), (gamma, family, factor) => {
        const before = wulffShape(planes(gamma));
        const after = wulffShape(planes({ ...gamma, [family]: gamma[family]! * factor }));
        expect(share(after, family)).to.be.at.most(share(before, family) + 1e-6);
      }),
      { numRuns: 25, endOnFailure: true },
    );
  });
});
