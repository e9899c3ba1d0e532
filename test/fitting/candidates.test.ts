import { expect } from 'chai';
import { EquationNetwork, type EquationNetworkSettings } from '../../src/fitting/equation-network.js';
import { type FitProblem, openCandidates, openObjective } from '../../src/fitting/problem.js';
import { ReferenceKernel } from '../../src/kernels/reference.js';
import { RandomStream } from '../../src/math/random.js';
import { evaluateEam } from '../../src/potentials/evaluate-eam.js';
import { cubic } from '../../src/structures/lattices.js';
import { bondedParameters, SMALL, VARIANTS } from './networks.js';
import { potentialOf, problemOf } from './problems.js';
import { randomCells } from './structures.js';

const random = RandomStream.fromSeed(77);
const alone = { ...cubic('sc', 'Cu', 30), pbc: [false, false, false] as [boolean, boolean, boolean] };
const structures = [...randomCells(random, 7), alone];

const lossesOf = async (
  problem: FitProblem,
  candidates: readonly Float64Array[],
): Promise<{ losses: Float64Array; offsets: Float64Array }> => {
  const loss = openCandidates(problem);
  const losses = new Float64Array(candidates.length);
  await loss.evaluate(candidates, losses);
  return { losses, offsets: loss.offsets };
};
const networkPart = (network: EquationNetwork, p: Float64Array): Float64Array => p.slice(0, network.size);

describe('CandidateLoss', () => {
  for (const [name, settings] of VARIANTS)
    describe(`of a network with ${name}`, () => {
      const network = new EquationNetwork(settings);
      const truth = bondedParameters(network, random);
      const problem = problemOf(settings, structures, truth, { noise: 0.05, random, nodes: 64 });

      it('is equation 6 at the best reference energy', async () => {
        const candidates = Array.from({ length: 6 }, () => bondedParameters(network, random));
        const { losses, offsets } = await lossesOf(
          problem,
          candidates.map((p) => networkPart(network, p)),
        );
        const { objective } = openObjective(problem);
        candidates.forEach((p, c) => {
          // the same loss from the exact potential
          const potential = potentialOf(network, p);
          const errors = problem.frames.map((frame) => (evaluateEam(potential, frame).energy - frame.energy!) / frame.species.length);
          const at = (reference: number): number =>
            errors.reduce((total, error, s) => total + objective.weights.energy[s]! * Math.abs(error + reference), 0);
          expect(losses[c]).to.be.closeTo(at(offsets[c]!), 2e-4 * (1 + losses[c]!));
          for (const step of [-0.01, 0.01]) expect(at(offsets[c]! + step)).to.be.at.least(losses[c]! - 2e-4 * (1 + losses[c]!));
          p[network.size] = offsets[c]!;
          expect(losses[c]).to.be.closeTo(objective.meanAbsolute(p), 1e-5 * (1 + losses[c]!));
        });
      });

      it('keeps a reference energy that is given', async () => {
        const p = bondedParameters(network, random);
        const given = { ...problem, loss: { ...problem.loss, referenceEnergy: -0.7 } };
        const { losses, offsets } = await lossesOf(given, [networkPart(network, p)]);
        expect(offsets[0]).to.equal(-0.7);
        p[network.size] = -0.7;
        expect(losses[0]).to.be.closeTo(openObjective(given).objective.meanAbsolute(p), 1e-5 * (1 + losses[0]!));
      });

      it('finds next to no loss at the parameters that made the data', async () => {
        const exact = problemOf(settings, structures, truth, { nodes: 64 });
        const { losses, offsets } = await lossesOf(exact, [networkPart(network, truth)]);
        expect(losses[0]).to.be.below(1e-4);
        expect(offsets[0]).to.be.closeTo(truth[network.size]!, 1e-4);
      });
    });

  const network = new EquationNetwork(SMALL);
  const truth = bondedParameters(network, random);
  const problem = problemOf(SMALL, structures, truth, { noise: 0.05, random });
  const candidate = (change: (p: Float64Array) => void = () => {}): Float64Array => {
    const p = networkPart(network, truth);
    change(p);
    return p;
  };
  const withLoss = (loss: Partial<FitProblem['loss']>): FitProblem => ({ ...problem, loss: { ...problem.loss, ...loss } });

  it('does not depend on the company of a candidate', async () => {
    const many = Array.from({ length: 11 }, () => networkPart(network, bondedParameters(network, random)));
    const { losses } = await lossesOf(problem, many);
    const loss = openCandidates(problem);
    for (const size of [1, 11, 3]) {
      const some = new Float64Array(size);
      await loss.evaluate(many.slice(0, size), some);
      expect(some).to.deep.equal(losses.slice(0, size));
    }
    await loss.evaluate([], new Float64Array(0));
  });

  it('gives the penalty to forbidden signs and to what has no value, and to nobody else', async () => {
    const negativePair = candidate((p) => {
      p[network.pair.firstWeight] = -3;
    });
    const negativeDensity = candidate((p) => {
      p[network.offset.density + network.density.firstWeight] = -3;
    });
    const overflow = candidate((p) => {
      p[network.pair.firstWeight + 2] = 1e200;
    });
    const noNumber = candidate((p) => {
      p[0] = Number.NaN;
    });
    const all = [candidate(), negativePair, negativeDensity, overflow, noNumber];
    const strict = (await lossesOf(withLoss({ negativePair: true }), all)).losses;
    expect(strict[0]).to.be.below(10);
    expect([...strict.slice(1)]).to.deep.equal([1e18, 1e18, 1e18, 1e18]);
    const open = (await lossesOf(withLoss({ negativePair: false, penalty: 123 }), all)).losses;
    expect(open[1]).to.be.below(100);
    expect([...open.slice(2)]).to.deep.equal([123, 123, 123]);
    // an allowed negative density still needs positive densities at the atoms
    const free = (await lossesOf(withLoss({ negativeDensity: false }), all)).losses;
    expect(free[2]).to.equal(1e18);
  });

  it('takes any backend', async () => {
    const candidates = Array.from({ length: 3 }, () => networkPart(network, bondedParameters(network, random)));
    const [a, b] = [new Float64Array(3), new Float64Array(3)];
    await openCandidates(problem).evaluate(candidates, a);
    await openCandidates(problem, new ReferenceKernel(problem.moments)).evaluate(candidates, b);
    a.forEach((value, c) => {
      expect(b[c]).to.be.closeTo(value, 1e-6);
    });
  });

  it('does not depend on the units in which distances are reduced', async () => {
    const other: EquationNetworkSettings = { ...SMALL, lengthUnit: 2 };
    const shape = { ...SMALL, pair: { basis: ['r^-6', 'r^-9'] }, density: { basis: ['r^-6'] } };
    const p = Float64Array.of(0.3, 0.2, 0.5, -1, 0.1, -0.01);
    const scaled = p.slice();
    scaled[0]! *= (2.5 / 2) ** 6;
    scaled[1]! *= (2.5 / 2) ** 9;
    scaled[2]! *= (2.5 / 2) ** 6;
    const { losses: a } = await lossesOf({ ...problem, network: shape }, [p]);
    const { losses: b } = await lossesOf({ ...problem, network: { ...other, pair: shape.pair, density: shape.density } }, [scaled]);
    expect(b[0]).to.be.closeTo(a[0]!, 1e-6);
  });
});
