import { expect } from 'chai';
import { EquationNetwork } from '../../../src/fitting/equation-network.js';
import type { FrontTask } from '../../../src/fitting/front.js';
import { openObjective } from '../../../src/fitting/problem.js';
import {
  type GlobalSearch,
  type GlobalSettings,
  type GlobalState,
  SEARCH_METHODS,
  type SearchMethodName,
} from '../../../src/fitting/search/methods.js';
import { type RestartSettings, type RestartState, runRestart } from '../../../src/fitting/search/restart.js';
import { SearchSpace } from '../../../src/fitting/search/space.js';
import { RandomStream } from '../../../src/math/random.js';
import { bondedParameters, SMALL } from '../networks.js';
import { problemOf } from '../problems.js';
import { randomCells } from '../structures.js';

const random = RandomStream.fromSeed(17);
const network = new EquationNetwork(SMALL);
const truth = bondedParameters(network, random);
const problem = problemOf(SMALL, randomCells(random, 12), truth, { noise: 0.005, random, nodes: 16 });
const space = new SearchSpace(problem, 0.125);
const { objective } = openObjective(problem);
const task: FrontTask = {
  network,
  objective,
  refine: { optimiser: 'levenberg-marquardt', learningRate: 1e-4 },
  fitReference: true,
};
const SETTINGS: GlobalSettings = {
  tree: { payouts: 10, exploration: 1, children: 8, radius: 5, depthScaling: 0.7, maxDepth: 25, uniqueness: 1e-3 },
  population: 12,
};
const RESTART: RestartSettings = {
  ...SETTINGS,
  steps: 100,
  seed: 4,
  method: 'tree',
  nullZone: 0.125,
  switchLoss: 0,
  patience: 1000,
  candidates: 2,
  refine: { ...task.refine, steps: 15 },
  maxComplexity: 50,
};

async function upTo(search: GlobalSearch, steps: number): Promise<GlobalSearch> {
  while (search.steps < steps) await search.step();
  return search;
}

for (const name of Object.keys(SEARCH_METHODS) as SearchMethodName[]) {
  const total = 120;
  const open = (seed: number): GlobalSearch => SEARCH_METHODS[name](space, task, SETTINGS, RandomStream.fromSeed(seed));

  describe(`search by ${name}`, () => {
    it('is far better than its first step, and knows its best points', async () => {
      const search = open(1);
      await search.step();
      const first = search.best;
      await upTo(search, total);
      expect(search.best).to.be.below(name === 'multi-start' ? first + 1e-12 : 0.5 * first);
      const losses = search.elite.map(({ loss }) => loss);
      expect(losses[0]).to.equal(search.best);
      expect(losses).to.deep.equal([...losses].sort((a, b) => a - b));
      expect(search.lastGain).to.be.within(0, search.steps);
    });

    it('goes on from a saved state bit for bit', async () => {
      const whole = (await upTo(open(2), total)).save();
      for (const at of [1, total / 2]) {
        const state = JSON.parse(JSON.stringify((await upTo(open(2), at)).save())) as GlobalState;
        const second = open(99);
        second.restore(state);
        expect((await upTo(second, total)).save()).to.deep.equal(whole);
      }
    });

    it('leads to the same front however often it is interrupted', async () => {
      const settings = { ...RESTART, method: name, steps: total };
      const run = async (stopAt: number, saved?: RestartState) => {
        let [asked, kept] = [0, ''];
        const watch = {
          stopRequested: () => ++asked >= stopAt,
          save: (state: RestartState) => {
            kept = JSON.stringify(state);
          },
          progress: () => undefined,
        };
        return {
          result: await runRestart(problem, settings, 3, watch, saved),
          state: JSON.parse(kept || '{"history":[]}') as RestartState,
        };
      };
      const { result: whole } = await run(Infinity);
      expect(whole!.front.length).to.be.above(2);
      expect(whole!.reason).to.equal(`all ${total} steps done`);
      for (const stopAt of [1, 3, 8]) {
        const first = await run(stopAt);
        expect(first.result).to.equal(undefined);
        expect((await run(Infinity, first.state)).result).to.deep.equal(whole);
      }
    });
  });
}

describe('search by cma-es', () => {
  it('starts again with twice the population when it has converged', async () => {
    // the bowl of the bounds has nothing more to gain after some hundred generations
    const bowl = Object.assign(Object.create(space) as SearchSpace, {
      evaluate: (points: Float64Array[], losses: Float64Array) => {
        points.forEach((point, k) => {
          losses[k] = 1 + point.reduce((sum, x) => sum + x * x, 0);
        });
      },
    });
    const search = SEARCH_METHODS['cma-es'](bowl, task, { ...SETTINGS, population: 8 }, RandomStream.fromSeed(5));
    await upTo(search, 1500);
    const { runs, run, elite } = search.save() as { runs: number; run: { evaluations: number; generation: number }; elite: unknown[] };
    expect(runs).to.be.at.least(1);
    expect(run.evaluations).to.equal(8 * 2 ** runs * run.generation);
    expect(search.best).to.be.closeTo(1, 1e-9);
    expect(elite.length).to.be.above(3);
  });
});

describe('multi-start', () => {
  it('finds the minimum that the data was made with', async () => {
    const exact = problemOf(SMALL, randomCells(RandomStream.fromSeed(23), 30), truth, { nodes: 24 });
    const { objective: loss } = openObjective(exact);
    const search = SEARCH_METHODS['multi-start'](
      new SearchSpace(exact, 0.125),
      { ...task, objective: loss },
      SETTINGS,
      RandomStream.fromSeed(1),
    );
    await upTo(search, 240);
    // the labels come from the exact functions, the loss from moments of 24 nodes
    expect(search.best).to.be.below(2e-3);
    expect(loss.loss(await new SearchSpace(exact, 0.125).real(search.elite[0]!.point))).to.be.below(2e-3);
  });
});
