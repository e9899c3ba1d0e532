import { expect } from 'chai';
import { EquationNetwork } from '../../../src/fitting/equation-network.js';
import { networkComplexity } from '../../../src/fitting/front.js';
import { openObjective } from '../../../src/fitting/problem.js';
import { type RestartSettings, type RestartState, type RestartWatch, runRestart } from '../../../src/fitting/search/restart.js';
import { RandomStream } from '../../../src/math/random.js';
import { bondedParameters, SMALL } from '../networks.js';
import { problemOf } from '../problems.js';
import { randomCells } from '../structures.js';

const random = RandomStream.fromSeed(17);
const network = new EquationNetwork(SMALL);
const problem = problemOf(SMALL, randomCells(random, 12), bondedParameters(network, random), { noise: 0.005, random, nodes: 16 });

const SETTINGS: RestartSettings = {
  seed: 4,
  method: 'tree',
  tree: { payouts: 10, exploration: 1, children: 8, radius: 5, depthScaling: 0.7, maxDepth: 25, uniqueness: 1e-3 },
  steps: 100,
  population: 12,
  nullZone: 0.125,
  switchLoss: 0,
  patience: 1000,
  candidates: 2,
  refine: { optimiser: 'levenberg-marquardt', learningRate: 1e-4, steps: 15 },
  maxComplexity: 50,
};

/** a watch that asks for a stop at its n-th question, and keeps the last state as a checkpoint file would */
function watchOf(stopAt = Infinity): RestartWatch & { asked: number; state: () => RestartState | undefined; fractions: number[] } {
  let kept: string | undefined;
  const watch = {
    asked: 0,
    fractions: [] as number[],
    stopRequested: () => ++watch.asked >= stopAt,
    save: (state: RestartState) => {
      kept = JSON.stringify(state);
    },
    progress: (fraction: number) => {
      watch.fractions.push(fraction);
    },
    state: () => (kept === undefined ? undefined : (JSON.parse(kept) as RestartState)),
  };
  return watch;
}

describe('runRestart', () => {
  it('gives a front of equations with their losses and complexities', async () => {
    const watch = watchOf();
    const result = (await runRestart(problem, SETTINGS, 0, watch))!;
    const { objective } = openObjective(problem);
    expect(result.steps).to.equal(100);
    expect(result.reason).to.equal('all 100 steps done');
    expect(result.front.length).to.be.above(2);
    result.front.forEach(({ parameters, loss, complexity }, k) => {
      const p = Float64Array.from(parameters);
      expect(objective.loss(p)).to.be.closeTo(loss, 1e-12);
      expect(networkComplexity(network, p)).to.equal(complexity);
      if (k > 0) expect(loss).to.be.below(result.front[k - 1]!.loss);
    });
    // the best equation is far below what the tree search alone has found
    expect(result.front[result.front.length - 1]!.loss).to.be.below(0.5 * result.history[result.history.length - 1]!.loss);
    expect(result.history.map(({ loss }) => loss)).to.deep.equal(result.history.map(({ loss }) => loss).sort((a, b) => b - a));
    expect(watch.fractions).to.deep.equal([...watch.fractions].sort((a, b) => a - b));
    expect(watch.fractions[watch.fractions.length - 1]).to.equal(1);
    expect(watch.state()!.result).to.deep.equal(result);
  });

  it('gives the same result for the same seed and number, and another for another', async () => {
    const [a, b, c] = [
      await runRestart(problem, SETTINGS, 1, watchOf()),
      await runRestart(problem, SETTINGS, 1, watchOf()),
      await runRestart(problem, SETTINGS, 2, watchOf()),
    ];
    expect(a).to.deep.equal(b);
    expect(a!.history).not.to.deep.equal(c!.history);
  });

  it('gives the same result however often it is interrupted', async () => {
    const free = watchOf();
    const whole = await runRestart(problem, SETTINGS, 3, free);
    // five questions in the tree search, then before each refinement and each removal
    expect(free.asked).to.be.above(10);
    for (const stopAt of [1, 4, 6, 7, 9, free.asked]) {
      const first = watchOf(stopAt);
      expect(await runRestart(problem, SETTINGS, 3, first), `stopped at question ${stopAt}`).to.equal(undefined);
      const second = watchOf(2);
      const third = watchOf();
      const early = await runRestart(problem, SETTINGS, 3, second, first.state());
      expect(early ?? (await runRestart(problem, SETTINGS, 3, third, second.state() ?? first.state()))).to.deep.equal(whole);
    }
  });

  it('returns a finished result at once', async () => {
    const watch = watchOf();
    const whole = await runRestart(problem, SETTINGS, 5, watch);
    const again = watchOf(1);
    expect(await runRestart(problem, SETTINGS, 5, again, watch.state())).to.deep.equal(whole);
    expect(again.asked).to.equal(0);
  });

  it('ends the tree search early when the loss is low and nothing is gained', async () => {
    const result = await runRestart(problem, { ...SETTINGS, steps: 2000, switchLoss: 1e9, patience: 8 }, 6, watchOf());
    expect(result!.steps).to.be.below(2000);
    expect(result!.reason).to.include('no gain in 8 steps');
  });

  it('keeps a given reference energy', async () => {
    const given = { ...problem, loss: { ...problem.loss, referenceEnergy: -0.25 } };
    const result = await runRestart(given, { ...SETTINGS, steps: 20 }, 0, watchOf());
    for (const { parameters } of result!.front) expect(parameters[network.size]).to.equal(-0.25);
  });
});
