import { expect } from 'chai';
import { cubicPlanes, type WulffPlane, wulffShape } from '../../src/structures/wulff.js';

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
});
