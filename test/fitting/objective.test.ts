import { expect } from 'chai';
import { EquationNetwork } from '../../src/fitting/equation-network.js';
import { type LossSettings, SMOOTHING } from '../../src/fitting/loss.js';
import type { Objective } from '../../src/fitting/objective.js';
import { type FitProblem, openObjective } from '../../src/fitting/problem.js';
import { solveCholesky } from '../../src/math/linear.js';
import { RandomStream } from '../../src/math/random.js';
import { evaluateEam } from '../../src/potentials/evaluate-eam.js';
import { cubic } from '../../src/structures/lattices.js';
import type { Structure } from '../../src/structures/structure.js';
import { bondedParameters, LOGARITHM, OUTER, SMALL, VARIANTS } from './networks.js';
import { LOSS, potentialOf, problemOf } from './problems.js';
import { frameOf, randomCells } from './structures.js';

const VOIGT = [0, 4, 8, 5, 2, 1];
const random = RandomStream.fromSeed(31);
const structures = randomCells(random, 7);
const alone: Structure = { ...cubic('sc', 'Cu', 30), pbc: [false, false, false] };
const smooth = (r: number, s: number): number => Math.sqrt(r * r + s * s) - s;

/** relative to the largest component, so that small components do not ask for more than double precision has */
function expectGradient(objective: Objective, p: Float64Array, tolerance = 2e-6): Float64Array {
  const gradient = new Float64Array(p.length);
  const loss = objective.gradient(p, gradient);
  expect(loss).to.equal(objective.loss(p));
  const scale = Math.max(...gradient.map(Math.abs));
  const h = 1e-5;
  for (let q = 0; q < p.length; q++) {
    const at = (step: number): number => {
      const moved = p.slice();
      moved[q]! += step;
      return objective.loss(moved);
    };
    const slope = (8 * (at(h) - at(-h)) - (at(2 * h) - at(-2 * h))) / (12 * h);
    expect(Math.abs(gradient[q]! - slope), `parameter ${q}: ${gradient[q]} for ${slope}`).to.be.at.most(tolerance * scale);
  }
  return gradient;
}

const terms: [string, Partial<LossSettings>][] = [
  ['energies', {}],
  ['energies with a given reference', { referenceEnergy: -0.3 }],
  ['energies and forces', { forces: 0.5 }],
  ['energies and stresses', { stress: 20 }],
  ['energies, forces and stresses with sign walls', { forces: 0.3, stress: 5, negativePair: true }],
];

describe('Objective', () => {
  for (const [name, settings] of VARIANTS)
    describe(`of a network with ${name}`, () => {
      const network = new EquationNetwork(settings);
      const truth = bondedParameters(network, random);
      for (const [what, loss] of terms)
        it(`has the gradient of ${what}, the same in both ways of asking, and a symmetric positive matrix`, () => {
          const problem = problemOf(settings, structures, truth, { loss, noise: 0.05, random });
          const { objective } = openObjective(problem);
          const p = bondedParameters(network, random);
          const gradient = expectGradient(objective, p);
          const again = new Float64Array(p.length);
          const n = p.length;
          const hessian = new Float64Array(n * n);
          expect(objective.linearise(p, again, hessian)).to.equal(objective.loss(p));
          const size = Math.max(...gradient.map(Math.abs));
          gradient.forEach((value, q) => {
            expect(again[q]).to.be.closeTo(value, 1e-11 * size);
          });
          let largest = 0;
          for (let a = 0; a < n; a++) {
            largest = Math.max(largest, hessian[a * n + a]!);
            for (let b = 0; b < a; b++) expect(hessian[a * n + b]).to.equal(hessian[b * n + a]);
          }
          const shifted = hessian.map((value, k) => value + (k % (n + 1) === 0 ? 1e-9 * largest : 0));
          expect(solveCholesky(shifted, new Float64Array(n), n)).not.to.equal(undefined);
        });
    });

  it('is the smoothed sum of absolute errors weighted as equation 6 says', () => {
    const network = new EquationNetwork(SMALL);
    const truth = bondedParameters(network, random);
    const problem = problemOf(SMALL, structures, truth, { loss: { forces: 0.4, stress: 7 }, noise: 0.05, random, nodes: 64 });
    const { objective } = openObjective(problem);
    const p = bondedParameters(network, random);
    const potential = potentialOf(network, p);
    let expected = 0;
    let meanAbsolute = 0;
    problem.frames.forEach((frame, s) => {
      const n = frame.species.length;
      const found = evaluateEam(potential, frame);
      const error = found.energy / n + p[network.size]! - frame.energy! / n;
      expected += objective.weights.energy[s]! * smooth(error, SMOOTHING.energy);
      meanAbsolute += objective.weights.energy[s]! * Math.abs(error);
      frame.forces!.forEach((force, k) => {
        expected += objective.weights.force[s]! * smooth(found.forces[k]! - force, SMOOTHING.force);
        meanAbsolute += objective.weights.force[s]! * Math.abs(found.forces[k]! - force);
      });
      for (const k of VOIGT) {
        const difference = found.stress![k]! - frame.stress![k]!;
        expected += objective.weights.stress[s]! * smooth(difference, SMOOTHING.stress);
        meanAbsolute += objective.weights.stress[s]! * Math.abs(difference);
      }
    });
    expect(objective.loss(p)).to.be.closeTo(expected, 1e-4 * expected);
    expect(objective.meanAbsolute(p)).to.be.closeTo(meanAbsolute, 1e-4 * meanAbsolute);
    // forces weigh 0.4, the near frames 3, stresses 7 in all
    const total = (weights: Float64Array, count: (s: number) => number): number => weights.reduce((sum, w, s) => sum + w * count(s), 0);
    expect(total(objective.weights.force, (s) => problem.frames[s]!.forces!.length)).to.be.closeTo(0.4, 1e-12);
    expect(total(objective.weights.stress, () => 6)).to.be.closeTo(7, 1e-12);
  });

  it('predicts what the printed equations give', () => {
    for (const settings of [SMALL, OUTER, LOGARITHM]) {
      const network = new EquationNetwork(settings);
      const p = bondedParameters(network, random);
      const problem = problemOf(settings, structures, p, { loss: { forces: 1 }, nodes: 64 });
      const { objective } = openObjective(problem);
      const { energies, forces, densities } = objective.predict(p);
      const potential = potentialOf(network, p);
      let [low, high] = [Infinity, 0];
      structures.forEach((structure, s) => {
        const exact = evaluateEam(potential, structure);
        expect(energies[s]).to.be.closeTo(exact.energy / structure.species.length + p[network.size]!, 1e-5);
        exact.forces.forEach((force, k) => {
          expect(forces[s]![k]).to.be.closeTo(force, 1e-5 * (1 + Math.abs(force)));
        });
        low = Math.min(low, ...exact.densities);
        high = Math.max(high, ...exact.densities);
      });
      expect(Math.min(...densities)).to.be.closeTo(low, 1e-4);
      expect(Math.max(...densities)).to.be.closeTo(high, 1e-4);
      expect(objective.loss(p)).to.be.below(1e-4);
    }
  });

  it('has the Gauss-Newton matrix of its residuals', () => {
    const network = new EquationNetwork(OUTER);
    const truth = bondedParameters(network, random);
    const problem = problemOf(OUTER, structures, truth, { loss: { forces: 0.5, stress: 10 }, noise: 0.05, random, nodes: 64 });
    const { objective } = openObjective(problem);
    const p = bondedParameters(network, random);
    const n = p.length;
    const hessian = new Float64Array(n * n);
    objective.linearise(p, new Float64Array(n), hessian);
    // residuals with their weights and smoothing, from the exact potential
    const residuals = (at: Float64Array): { r: number; w: number; s: number }[] => {
      const potential = potentialOf(network, at);
      return problem.frames.flatMap((frame, s) => {
        const m = frame.species.length;
        const found = evaluateEam(potential, frame);
        const { energy, force, stress } = objective.weights;
        return [
          { r: (found.energy - frame.energy!) / m + at[n - 1]!, w: energy[s]!, s: SMOOTHING.energy },
          ...Array.from(found.forces, (f, k) => ({ r: f - frame.forces![k]!, w: force[s]!, s: SMOOTHING.force })),
          ...VOIGT.map((k) => ({ r: found.stress![k]! - frame.stress![k]!, w: stress[s]!, s: SMOOTHING.stress })),
        ];
      });
    };
    const here = residuals(p);
    const h = 1e-5;
    const columns = Array.from({ length: n }, (_, q) => {
      const [up, down] = [p.slice(), p.slice()];
      up[q]! += h;
      down[q]! -= h;
      const [a, b] = [residuals(up), residuals(down)];
      return here.map((_, k) => (a[k]!.r - b[k]!.r) / (2 * h));
    });
    for (let a = 0; a < n; a++)
      for (let b = 0; b < n; b++) {
        let expected = 0;
        here.forEach(({ r, w, s }, k) => {
          expected += (w / Math.hypot(r, s)) * columns[a]![k]! * columns[b]![k]!;
        });
        const scale = Math.sqrt(hessian[a * n + a]! * hessian[b * n + b]!);
        expect(Math.abs(hessian[a * n + b]! - expected), `${a}, ${b}`).to.be.at.most(1e-3 * scale);
      }
  });

  it('rises as a wall where a radial function gets a forbidden sign', () => {
    const network = new EquationNetwork(SMALL);
    const truth = bondedParameters(network, random);
    const p = truth.slice();
    // a pair term that is negative at middle distances
    p[network.offset.pair + network.pair.firstWeight] = -0.8;
    const lossOf = (loss: Partial<LossSettings>): Objective => openObjective(problemOf(SMALL, structures, truth, { loss })).objective;
    const open = lossOf({ negativePair: false }).loss(p);
    const walled = lossOf({ negativePair: true });
    expect(walled.loss(p)).to.be.above(open + 100);
    expectGradient(walled, p);
    // a negative density that leaves all atoms positive densities
    const d = truth.slice();
    const at = network.offset.density + network.density.firstWeight;
    d[at - 1] = 1;
    d[at] = -0.8;
    d[at + 1] = 2;
    const free = lossOf({ negativeDensity: false });
    const held = lossOf({ negativeDensity: true });
    expect(Math.min(...free.predict(d).densities)).to.be.above(0);
    expect(held.loss(d)).to.be.above(free.loss(d) + 1);
    expectGradient(held, d);
  });

  it('rises as a wall where a dimer closer than the data gains energy on its way in', () => {
    for (const settings of [SMALL, OUTER, LOGARITHM]) {
      const network = new EquationNetwork(settings);
      const truth = bondedParameters(network, random);
      const problem = problemOf(settings, structures, truth, { shortest: 1.2, noise: 0.05, random });
      const { objective } = openObjective(problem);
      const far = openObjective({ ...problem, moments: problemOf(settings, structures, truth, { nodes: 64 }).moments }).objective;
      const p = truth.slice();
      // a density that grows fast with an embedding that rewards it
      p[network.offset.density + network.density.size - 1] = 5;
      const weights = network.offset.embedding + network.embedding.firstWeight;
      p[weights] = -8;
      p.fill(0.01, network.pair.firstWeight, network.pair.size);
      expect(objective.loss(p)).to.be.above(far.loss(p) + 1);
      expectGradient(objective, p, 1e-5);
      // and a pair term steep enough takes it away: 5 eV/Å at the least
      if (network.pair.outer.length > 0) continue;
      const steep = p.slice();
      steep.fill(-0.01, weights, network.size);
      steep.fill(2, network.pair.firstWeight, network.pair.size);
      expect(Math.abs(objective.loss(steep) - far.loss(steep))).to.be.below(1e-3 * far.loss(steep));
    }
  });

  it('is infinite where densities are negative or functions overflow', () => {
    const network = new EquationNetwork(SMALL);
    const truth = bondedParameters(network, random);
    const { objective } = openObjective(problemOf(SMALL, structures, truth));
    const negative = truth.slice();
    for (let q = network.offset.density + network.density.firstWeight; q < network.offset.embedding; q++) negative[q]! *= -1;
    expect(objective.loss(negative)).to.equal(Infinity);
    const wild = truth.slice();
    wild[0] = 1e5;
    expect(objective.loss(wild)).to.satisfy((x: number) => x === Infinity || Number.isFinite(x));
    const nan = truth.slice();
    nan[0] = Number.NaN;
    expect(objective.loss(nan)).to.equal(Infinity);
    const gradient = new Float64Array(truth.length).fill(3);
    expect(objective.gradient(negative, gradient)).to.equal(Infinity);
    expect([...gradient].every((g) => g === 0)).to.equal(true);
  });

  it('handles isolated atoms, with a floor and without, for every embedding', () => {
    for (const settings of [SMALL, LOGARITHM])
      for (const densityFloor of [0, 0.02]) {
        const shape = { ...settings, densityFloor };
        const network = new EquationNetwork(shape);
        const truth = bondedParameters(network, random);
        const problem = problemOf(shape, [...structures, alone], truth, { loss: { forces: 0.3, stress: 1 }, noise: 0.05, random });
        const { objective } = openObjective(problem);
        const p = bondedParameters(network, random);
        expectGradient(objective, p, 1e-5);
        // a free atom has the reference energy
        expect(objective.predict(p).energies[structures.length]).to.be.closeTo(p[network.size]!, 1e-12);
      }
  });

  it('leaves out frames without a label, and those of weight zero', () => {
    const network = new EquationNetwork(SMALL);
    const truth = bondedParameters(network, random);
    const problem = problemOf(SMALL, structures, truth, { loss: { forces: 0.3 }, noise: 0.05, random });
    const p = bondedParameters(network, random);
    const lossOf = (changed: Partial<FitProblem>): number => openObjective({ ...problem, ...changed }).objective.loss(p);
    const unlabelled = problem.frames.map((frame, s) => (s < 2 ? frameOf(structures[s]!) : frame));
    const weightless = Float64Array.from(problem.frames, (_, s) => (s < 2 ? 0 : 1));
    const expected = lossOf({ frames: unlabelled });
    // the lowest energy still defines which frames are near, so that weights agree only where it is among those that are left
    expect(Number.isFinite(expected)).to.equal(true);
    expect(lossOf({ ownWeights: weightless, loss: { ...LOSS, nearWindow: 1e9, forces: 0.3 } })).to.be.closeTo(
      lossOf({ frames: unlabelled, loss: { ...LOSS, nearWindow: 1e9, forces: 0.3 } }),
      1e-12,
    );
  });
});
