import { expect } from 'chai';
import fc from 'fast-check';
import { CmaEs, type CmaEsOptions, type CmaEsState } from '../../../src/fitting/optimisers/cma-es.js';
import { RandomStream } from '../../../src/math/random.js';

type Loss = (x: Float64Array) => number;

const searchOf = (f: Loss, options: CmaEsOptions, seed = 1): CmaEs =>
  new CmaEs(
    options,
    (points, losses) => {
      points.forEach((point, k) => {
        losses[k] = f(point);
      });
    },
    RandomStream.fromSeed(seed),
  );

async function run(search: CmaEs, evaluations: number): Promise<CmaEs> {
  while (search.evaluations < evaluations && !search.ended) await search.step();
  return search;
}

const all = (n: number, x: number): number[] => new Array<number>(n).fill(x);
const sphere: Loss = (x) => x.reduce((total, v) => total + v * v, 0);
const rosenbrock: Loss = (x) => {
  let total = 0;
  for (let q = 0; q + 1 < x.length; q++) total += 100 * (x[q + 1]! - x[q]! ** 2) ** 2 + (1 - x[q]!) ** 2;
  return total;
};
const rastrigin: Loss = (x) => x.reduce((total, v) => total + 10 + v * v - 10 * Math.cos(2 * Math.PI * v), 0);

/** x' A x with axes from 1 to 1000 along random orthogonal directions (Gram-Schmidt) */
function rotatedEllipsoid(n: number): Loss {
  const random = RandomStream.fromSeed(77);
  const rows: Float64Array[] = [];
  while (rows.length < n) {
    const v = Float64Array.from({ length: n }, () => random.normal());
    for (const row of rows) {
      const along = row.reduce((total, x, q) => total + x * v[q]!, 0);
      for (let q = 0; q < n; q++) v[q]! -= along * row[q]!;
    }
    const norm = Math.sqrt(sphere(v));
    rows.push(v.map((x) => x / norm));
  }
  return (x) => rows.reduce((total, row, a) => total + 1e6 ** (a / (n - 1)) * row.reduce((dot, v, q) => dot + v * x[q]!, 0) ** 2, 0);
}

describe('CmaEs', () => {
  // evaluations that a run may need: twice what N. Hansen's tutorial programs take
  it('finds the bottom of a sphere in 10 dimensions', async () => {
    const search = await run(searchOf(sphere, { start: all(10, 3), deviations: all(10, 1) }), 4000);
    expect(search.bestLoss).to.be.below(1e-10);
    expect(sphere(search.best)).to.equal(search.bestLoss);
  });

  it('learns the axes of a rotated ellipsoid of condition a million', async () => {
    const search = await run(searchOf(rotatedEllipsoid(10), { start: all(10, 3), deviations: all(10, 1) }), 12000);
    expect(search.bestLoss).to.be.below(1e-10);
  });

  it("follows Rosenbrock's valley in 8 dimensions", async () => {
    const search = await run(searchOf(rosenbrock, { start: all(8, 0), deviations: all(8, 0.3) }), 20000);
    expect(search.bestLoss).to.be.below(1e-9);
  });

  it("finds the lowest of Rastrigin's basins with a large population, half of it parents", async () => {
    const found = [];
    for (const seed of [1, 2, 3]) {
      const options = {
        start: all(5, 2.5),
        deviations: all(5, 2),
        bounds: Array.from({ length: 5 }, () => [-5, 5] as const),
        population: 200,
      };
      found.push((await run(searchOf(rastrigin, options, seed), 40000)).bestLoss);
    }
    expect(found.filter((loss) => loss < 1e-8).length).to.be.at.least(2);
  });

  it('does not need the coordinates to be of one size', async () => {
    const sizes = [1e-3, 1, 1e4];
    const loss: Loss = (x) => x.reduce((total, v, q) => total + (v / sizes[q]! - 1) ** 2, 0);
    const search = await run(searchOf(loss, { start: all(3, 0), deviations: sizes }), 2000);
    expect(search.bestLoss).to.be.below(1e-10);
  });

  it('evaluates points within the bounds only, and finds minima at them', async () => {
    let outside = 0;
    const bounds = [
      [-1, 2],
      [0, Infinity],
      [-Infinity, -1],
      [-Infinity, Infinity],
    ] as const;
    const loss: Loss = (x) => {
      x.forEach((v, q) => {
        if (!(v >= bounds[q]![0] && v <= bounds[q]![1])) outside++;
      });
      return (x[0]! - 3) ** 2 + (x[1]! + 1) ** 2 + (x[2]! - 1) ** 2 + (x[3]! - 4) ** 2;
    };
    const search = await run(searchOf(loss, { start: [0, 1, -3, 0], deviations: all(4, 1), bounds }), 3000);
    expect(outside).to.equal(0);
    [2, 0, -1, 4].forEach((x, q) => {
      expect(search.best[q]).to.be.closeTo(x, 1e-3);
    });
  });

  it('starts from where it is told, also next to a bound', async () => {
    await fc.assert(
      fc.asyncProperty(fc.double({ min: -1, max: 1, noNaN: true }), async (start) => {
        // with steps of next to nothing the first generation is the start
        const search = searchOf(sphere, { start: [start], deviations: [1e-9], bounds: [[-1, 1]] });
        await search.step();
        for (const point of search.points) expect(point[0]).to.be.closeTo(start, 1e-7);
      }),
      { numRuns: 30 },
    );
  });

  it('gives the same run for any monotone function of the loss', async () => {
    const options = { start: all(4, 1), deviations: all(4, 0.5) };
    const plain = searchOf(rosenbrock, options);
    const bent = searchOf((x) => Math.log(rosenbrock(x)) ** 3 - 5, options);
    for (let k = 0; k < 60; k++) {
      await plain.step();
      await bent.step();
    }
    expect([...bent.best]).to.deep.equal([...plain.best]);
    expect(bent.save().covariance).to.deep.equal(plain.save().covariance);
  });

  it('goes on from a saved state bit for bit', async () => {
    const options = { start: all(6, 0), deviations: all(6, 0.3), population: 20 };
    const steps = async (search: CmaEs, count: number): Promise<CmaEs> => {
      for (let k = 0; k < count; k++) await search.step();
      return search;
    };
    const whole = (await steps(searchOf(rosenbrock, options), 50)).save();
    for (const at of [0, 1, 17, 49]) {
      const first = await steps(searchOf(rosenbrock, options), at);
      // a checkpoint is a file
      const state = JSON.parse(JSON.stringify(first.save())) as CmaEsState;
      const second = searchOf(rosenbrock, options, 99);
      second.restore(state);
      expect((await steps(second, 50 - at)).save()).to.deep.equal(whole);
      expect((await steps(first, 50 - at)).save()).to.deep.equal(whole);
    }
  });

  it('is the same for the same seed and different for another', async () => {
    const options = { start: all(3, 1), deviations: all(3, 1) };
    const best = async (seed: number): Promise<number> => (await run(searchOf(sphere, options, seed), 100)).bestLoss;
    expect(await best(5)).to.equal(await best(5));
    expect(await best(5)).not.to.equal(await best(6));
  });

  it('takes the populations of the s-MEAM fits, 45 parameters and 2000 points', async () => {
    const search = searchOf(rotatedEllipsoid(45), { start: all(45, 1), deviations: all(45, 2), population: 2000 });
    await search.step();
    const before = search.bestLoss;
    for (let k = 0; k < 25; k++) await search.step();
    expect(search.evaluations).to.equal(52000);
    expect(search.bestLoss).to.be.below(before / 10);
  });

  it('lives with forbidden and undefined losses, and says when nothing is left to gain', async () => {
    const loss: Loss = (x) => (x[0]! < 0.2 ? Infinity : x[1]! < 0 ? Number.NaN : (x[0]! - 0.3) ** 2 + (x[1]! - 0.1) ** 2);
    const search = await run(searchOf(loss, { start: [1, 1], deviations: [1, 1] }), 4000);
    expect(search.bestLoss).to.be.below(1e-12);
    expect(search.ended).not.to.equal(undefined);
    const nowhere = await run(
      searchOf(() => Infinity, { start: [1, 1], deviations: [1, 1] }),
      4000,
    );
    expect(nowhere.bestLoss).to.equal(Infinity);
    expect(nowhere.ended).to.equal('no gain');
  });
});
