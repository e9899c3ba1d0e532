import { expect } from 'chai';
import { TreeSearch, type TreeSearchSettings, type TreeSearchState } from '../../../src/fitting/search/mcts.js';
import { RandomStream } from '../../../src/math/random.js';

const SETTINGS: TreeSearchSettings = {
  payouts: 10,
  exploration: 1,
  children: 8,
  // half of the bounds at the root
  radius: 5,
  depthScaling: 0.7,
  maxDepth: 25,
  uniqueness: 1e-3,
};
const BOUNDS = [
  [-5, 5],
  [-5, 5],
  [0, 4],
  [-1, 9],
  [-5, 15],
] as const;
/** inside the bounds, away from their middles */
const OPTIMUM = [1.3, -2.2, 3.1, 6, 8];

type Evaluate = (points: readonly Float64Array[], losses: Float64Array) => Promise<void>;
const evaluateWith =
  (f: (x: Float64Array) => number): Evaluate =>
  async (points, losses) => {
    points.forEach((point, k) => {
      losses[k] = f(point);
    });
  };
/** squared distance in units of the width of the bounds */
const bowl = (x: Float64Array): number =>
  x.reduce((total, value, q) => total + ((value - OPTIMUM[q]!) / (BOUNDS[q]![1] - BOUNDS[q]![0])) ** 2, 1e-9);

const searchOf = (
  seed: number,
  evaluate: Evaluate = evaluateWith(bowl),
  settings: Partial<TreeSearchSettings> = {},
  root?: Float64Array,
): TreeSearch => new TreeSearch({ ...SETTINGS, ...settings }, BOUNDS, evaluate, RandomStream.fromSeed(seed), root);

async function stepped(search: TreeSearch, steps: number): Promise<TreeSearch> {
  for (let k = 0; k < steps; k++) await search.step();
  return search;
}

describe('TreeSearch', () => {
  it('finds the minimum of a simple function in five dimensions', async () => {
    for (const seed of [1, 2, 3]) {
      const search = await stepped(searchOf(seed), 1500);
      expect(search.best).to.be.below(1e-3);
      search.elite[0]!.point.forEach((x, q) => {
        expect(x).to.be.closeTo(OPTIMUM[q]!, 0.03 * (BOUNDS[q]![1] - BOUNDS[q]![0]));
      });
    }
  });

  it('beats random points by far', async () => {
    const search = await stepped(searchOf(4), 500);
    const random = RandomStream.fromSeed(99);
    let best = Infinity;
    for (let k = 0; k < 500 * 11; k++) best = Math.min(best, bowl(Float64Array.from(BOUNDS, ([low, high]) => random.range(low, high))));
    expect(search.best).to.be.below(best / 5);
  });

  it('asks for points within the bounds only, payouts and one child a step', async () => {
    const batches: number[] = [];
    let [outside, calls] = [0, 0];
    const search = searchOf(5, async (points, losses) => {
      calls++;
      batches.push(points.length);
      points.forEach((point, k) => {
        point.forEach((x, q) => {
          if (!(x >= BOUNDS[q]![0] && x <= BOUNDS[q]![1])) outside++;
        });
        // the best is in a corner, so that the bounds are met
        losses[k] = 1 + point.reduce((total, x, q) => total + (BOUNDS[q]![1] - x), 0);
      });
    });
    await stepped(search, 400);
    expect(outside).to.equal(0);
    // one more for the root
    expect(calls).to.equal(401);
    expect(batches.every((size) => size === SETTINGS.payouts + 1)).to.equal(true);
    expect(search.steps).to.equal(400);
    // it has come from the middle of the bounds (a loss of 29) close to the corner
    expect(search.best).to.be.below(8);
  });

  it('is the same for the same seed and different for another', async () => {
    const [a, b, c] = await Promise.all([6, 6, 7].map((seed) => stepped(searchOf(seed), 60)));
    expect(a!.save()).to.deep.equal(b!.save());
    expect(a!.elite[0]!.loss).not.to.equal(c!.elite[0]!.loss);
  });

  it('goes on from a saved state bit for bit', async () => {
    for (const at of [0, 1, 17, 80]) {
      const whole = await stepped(searchOf(8), 120);
      const first = await stepped(searchOf(8), at);
      // a checkpoint is a file
      const state = JSON.parse(JSON.stringify(first.save())) as TreeSearchState;
      const second = searchOf(1234);
      second.restore(state);
      expect([second.best, second.steps, second.lastGain]).to.deep.equal([first.best, first.steps, first.lastGain]);
      await stepped(second, 120 - at);
      expect(second.save()).to.deep.equal(whole.save());
      // saving did not disturb the first one
      await stepped(first, 120 - at);
      expect(first.save()).to.deep.equal(whole.save());
    }
  });

  it('keeps its best points sorted, without copies, and never loses the best', async () => {
    let best = Infinity;
    const search = searchOf(
      9,
      evaluateWith((x) => {
        const loss = bowl(x);
        best = Math.min(best, loss);
        return loss;
      }),
    );
    for (let k = 0; k < 300; k++) {
      await search.step();
      expect(search.best).to.equal(best);
      const losses = search.elite.map(({ loss }) => loss);
      expect(losses).to.deep.equal([...losses].sort((a, b) => a - b));
      expect(losses.length).to.be.at.most(24);
    }
    for (const { point, loss } of search.elite) expect(bowl(point)).to.equal(loss);
    expect(new Set(search.elite.map(({ point }) => point.join())).size).to.equal(search.elite.length);
  });

  it('searches ever smaller balls with depth', async () => {
    const search = await stepped(searchOf(10), 1200);
    const { nodes } = search.save();
    const deepest = Math.max(...nodes.map(({ depth }) => depth));
    expect(deepest).to.be.at.least(8);
    expect(deepest).to.be.at.most(SETTINGS.maxDepth);
    nodes.forEach(({ point, depth, parent }, index) => {
      if (parent < 0) {
        expect(index).to.equal(0);
        expect(depth).to.equal(0);
        return;
      }
      expect(parent).to.be.below(index);
      expect(depth).to.equal(nodes[parent]!.depth + 1);
      // child within the parent's radius, its best payout within its own: radius (1 + 0.7) 0.7^depth of the parent
      const reach = SETTINGS.radius * SETTINGS.depthScaling ** (depth - 1) * (1 + SETTINGS.depthScaling);
      point.forEach((x, q) => {
        const half = (BOUNDS[q]![1] - BOUNDS[q]![0]) / 10;
        expect(Math.abs(x - nodes[parent]!.point[q]!)).to.be.at.most(reach * half + 1e-12);
      });
    });
  });

  it('passes visits and the best loss up the tree', async () => {
    const { nodes, steps } = (await stepped(searchOf(11), 250)).save();
    expect(steps).to.equal(250);
    expect(nodes.length).to.equal(251);
    const children = nodes.map((_, index) => nodes.flatMap((node, k) => (node.parent === index ? [k] : [])));
    nodes.forEach((node, index) => {
      const below = children[index]!;
      expect(node.visits).to.equal(1 + below.reduce((total, k) => total + nodes[k]!.visits, 0));
      expect(node.best).to.equal(Math.min(node.loss, ...below.map((k) => nodes[k]!.best)));
    });
  });

  it('starts from the middle of the bounds, or from where it is told', async () => {
    const first = async (root?: Float64Array): Promise<number[]> => [
      ...(await stepped(searchOf(12, undefined, {}, root), 1)).save().nodes[0]!.point,
    ];
    expect(await first()).to.deep.equal([0, 0, 2, 4, 5]);
    expect(await first(Float64Array.of(1, 1, 1, 1, 1))).to.deep.equal([1, 1, 1, 1, 1]);
  });

  it('remembers the step of the last gain', async () => {
    let value = 5;
    const search = searchOf(13, async (_points, losses) => {
      losses.fill(value);
    });
    await stepped(search, 3);
    value = 4;
    await stepped(search, 1);
    value = 6;
    await stepped(search, 5);
    expect(search.steps).to.equal(9);
    expect(search.lastGain).to.equal(4);
    expect(search.best).to.equal(4);
  });

  it('lives with a region in which everything is forbidden', async () => {
    const search = await stepped(
      searchOf(
        14,
        evaluateWith((x) => (x[0]! < 0.2 ? 1e18 : bowl(x))),
      ),
      800,
    );
    expect(search.best).to.be.below(0.02);
  });
});
