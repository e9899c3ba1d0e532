import { expect } from 'chai';
import { EquationNetwork, NodalEvaluator } from '../../src/fitting/equation-network.js';
import { ForceTable } from '../../src/fitting/force-table.js';
import { RandomStream } from '../../src/math/random.js';
import { evaluateEam } from '../../src/potentials/evaluate-eam.js';
import { cubic } from '../../src/structures/lattices.js';
import type { Structure } from '../../src/structures/structure.js';
import { bondedParameters, VARIANTS } from './networks.js';
import { potentialOf } from './problems.js';
import { randomCells } from './structures.js';

const VOIGT = [0, 4, 8, 5, 2, 1];
const dimer: Structure = {
  cell: new Float64Array(9),
  pbc: [false, false, false],
  species: ['Cu', 'Cu', 'Cu'],
  positions: Float64Array.of(0, 0, 0, 2.3, 0.1, 0, 0, 9, 0),
};

describe('ForceTable', () => {
  const random = RandomStream.fromSeed(12);
  const structures = [...randomCells(random, 6, 16), dimer, cubic('fcc', 'Cu', 3.7)];

  for (const [name, settings] of VARIANTS)
    it(`gives the forces and virials of the direct sum with ${name}`, () => {
      const network = new EquationNetwork(settings);
      const table = new ForceTable(structures, settings.cutoff);
      const grid = new NodalEvaluator(network, table.grid);
      const p = bondedParameters(network, random);
      const potential = potentialOf(network, p);
      const exact = structures.map((structure) => evaluateEam(potential, structure));
      const d = new Float64Array(1);
      const slopes = exact.flatMap(({ densities }) =>
        Array.from(densities, (rho) => {
          potential.embedding().evaluate(rho, d);
          return Number.isFinite(d[0]!) ? d[0]! : 0;
        }),
      );
      grid.evaluate(p, false);
      const { forces, virial } = table.forces(grid.pair, grid.density, slopes);
      exact.forEach((evaluation, f) => {
        evaluation.forces.forEach((force, k) => {
          expect(forces[3 * table.atomStart[f]! + k]).to.be.closeTo(force, 1e-5);
        });
        const volume = table.volumes[f]!;
        if (evaluation.stress)
          VOIGT.forEach((at, k) => {
            expect(virial[6 * f + k]! / volume).to.be.closeTo(evaluation.stress![at]!, 1e-6);
          });
        else expect(volume).to.equal(0);
      });
    });

  it('is linear in its tables, with the adjoint that belongs to it', () => {
    const table = new ForceTable(structures, 4.2);
    const G = table.grid.length;
    const vector = (n: number): Float64Array => Float64Array.from({ length: n }, () => random.range(-1, 1));
    const [pair, density, slopes] = [vector(G), vector(G), vector(table.nAtoms)];
    const [g, h] = [vector(3 * table.nAtoms), vector(6 * table.nFrames)];
    const product = (a: Float64Array, b: Float64Array): number => a.reduce((total, value, k) => total + value * b[k]!, 0);
    // L = g . forces + h . virial is linear in (pair) and bilinear in (density, slopes)
    const value = (u: Float64Array, v: Float64Array, w: Float64Array): number => {
      const { forces, virial } = table.forces(u, v, w);
      return product(g, forces) + product(h, virial);
    };
    const zero = new Float64Array(G);
    const linear = value(pair, zero, slopes);
    const bilinear = value(zero, density, slopes);
    const scale = Math.abs(linear) + Math.abs(bilinear);
    expect(value(pair, density, slopes)).to.be.closeTo(linear + bilinear, 1e-10 * scale);
    const { byPair, byDensity, byEmbeddingSlope } = table.adjoint(g, h);
    expect(product(byPair, pair)).to.be.closeTo(linear, 1e-10 * scale);
    expect(product(byDensity, density)).to.be.closeTo(bilinear, 1e-10 * scale);
    expect(product(byEmbeddingSlope, slopes)).to.be.closeTo(bilinear, 1e-10 * scale);
  });

  it('reaches from below the shortest distance to beyond the cutoff', () => {
    const { grid } = new ForceTable([dimer], 4.2);
    expect(grid[0]).to.be.below(2.3);
    expect(grid[grid.length - 1]).to.be.above(4.2);
    for (let g = 1; g < grid.length; g++) expect(grid[g]! - grid[g - 1]!).to.be.closeTo(0.005, 1e-12);
  });

  it('handles structures without any pair', () => {
    const alone: Structure = { ...dimer, species: ['Cu'], positions: new Float64Array(3) };
    const table = new ForceTable([alone, dimer], 4.2);
    expect(table.nPairs).to.equal(1);
    const G = table.grid.length;
    const { forces } = table.forces(
      table.grid.map((r) => r * r),
      new Float64Array(G),
      new Float64Array(4),
    );
    // pair energy r^2: force 2 r towards the other atom
    expect([...forces].map((x) => Number(x.toFixed(6)))).to.deep.equal([0, 0, 0, 4.6, 0.2, 0, -4.6, -0.2, 0, 0, 0, 0].map((x) => x + 0));
  });
});
