import { expect } from 'chai';
import { buildMoments, collectNeighbours, type MomentTable } from '../../src/fitting/moments.js';
import { type CandidateBatch, type EmbeddingTable, MAX_DEGREE, MomentKernel } from '../../src/kernels/moment-kernel.js';
import { ReferenceKernel } from '../../src/kernels/reference.js';
import { RandomStream } from '../../src/math/random.js';
import { neighbourPairs } from '../../src/structures/neighbours.js';
import { randomCells } from '../fitting/structures.js';

const CUTOFF = 4.2;
const random = RandomStream.fromSeed(20);
const cells = randomCells(random, 11);
const neighbours = collectNeighbours(cells, CUTOFF);
const tables = new Map<number, MomentTable>();
const tableOf = (K: number): MomentTable => {
  if (!tables.has(K)) tables.set(K, buildMoments(neighbours, K));
  return tables.get(K)!;
};

type Radial = (r: number) => number;
interface Candidate {
  pair: Radial;
  density: Radial;
  floor: number;
  embedding: number[];
}

/** smooth functions that vanish at the cutoff, and an embedding of `degree` powers of sqrt(rho) */
function anyCandidate(degree: number): Candidate {
  const p = random.range(2, 9);
  const q = random.range(1, 6);
  const a = random.range(-1, 1);
  return {
    pair: (r) => a * ((2.5 / r) ** p - (2.5 / CUTOFF) ** p),
    density: (r) => 0.3 * ((2.5 / r) ** q - (2.5 / CUTOFF) ** q),
    floor: random.integer(2) * random.range(0, 0.1),
    embedding: Array.from({ length: degree }, () => random.range(-1, 1)),
  };
}

function batchOf(K: number, candidates: Candidate[], degree: number): CandidateBatch {
  const nodal = (f: Radial): number[] => Array.from(tableOf(K).map.nodes, f);
  return {
    count: candidates.length,
    degree,
    pair: Float64Array.from(candidates.flatMap((c) => nodal(c.pair))),
    density: Float64Array.from(candidates.flatMap((c) => nodal(c.density))),
    floor: Float64Array.from(candidates, (c) => c.floor),
    embedding: Float64Array.from(candidates.flatMap((c) => c.embedding)),
  };
}

/** energies per atom and smallest density by a sum over neighbours, without F(floor) taken off, as the kernels give them */
function direct(candidate: Candidate): { energies: number[]; lowest: number } {
  let lowest = Infinity;
  const energies = cells.map((cell) => {
    const list = neighbourPairs(cell, CUTOFF);
    const n = cell.species.length;
    const rho = new Float64Array(n).fill(candidate.floor);
    let energy = 0;
    for (let p = 0; p < list.count; p++) {
      rho[list.first[p]!]! += candidate.density(list.distances[p]!);
      rho[list.second[p]!]! += candidate.density(list.distances[p]!);
      energy += candidate.pair(list.distances[p]!);
    }
    for (const value of rho) {
      lowest = Math.min(lowest, value);
      candidate.embedding.forEach((c, m) => {
        energy += c * Math.sqrt(value) ** (m + 1);
      });
    }
    return energy / n;
  });
  return { energies, lowest };
}

function expectClose(found: ArrayLike<number>, expected: ArrayLike<number>, tolerance: number, what = ''): void {
  expect(found.length).to.equal(expected.length);
  for (let k = 0; k < expected.length; k++)
    expect(Math.abs(found[k]! - expected[k]!), `${what} ${k}: ${found[k]} for ${expected[k]}`).to.be.at.most(
      tolerance * (1 + Math.abs(expected[k]!)),
    );
}

describe('MomentKernel', () => {
  it('agrees with the plain reference for every batch size, number of nodes and degree', () => {
    let size = 0;
    for (let K = 12; K <= 64; K += 2) {
      const kernel = new MomentKernel(tableOf(K));
      const reference = new ReferenceKernel(tableOf(K));
      for (let degree = 1; degree <= MAX_DEGREE; degree++) {
        size = (size % 13) + 1;
        const batch = batchOf(
          K,
          Array.from({ length: size }, () => anyCandidate(degree)),
          degree,
        );
        const n = size * cells.length;
        const [found, expected] = [new Float64Array(n), new Float64Array(n)];
        const [low, lowExpected] = [new Float64Array(size), new Float64Array(size)];
        kernel.energies(batch, found, low);
        reference.energies(batch, expected, lowExpected);
        const what = `K ${K}, degree ${degree}, ${size} candidates`;
        expectClose(found, expected, 1e-12, what);
        expectClose(low, lowExpected, 1e-12, what);
      }
    }
  });

  it('does not carry anything over between batches of different size', () => {
    const K = 16;
    const all = Array.from({ length: 13 }, () => anyCandidate(3));
    const whole = new Float64Array(13 * cells.length);
    new MomentKernel(tableOf(K)).energies(batchOf(K, all, 3), whole, new Float64Array(13));
    const kernel = new MomentKernel(tableOf(K));
    for (const size of [1, 13, 2, 3, 4, 5, 12, 6, 7, 8, 9, 10, 11, 1]) {
      const energies = new Float64Array(size * cells.length);
      kernel.energies(batchOf(K, all.slice(0, size), 3), energies, new Float64Array(size));
      // bit for bit: a search must not depend on how its candidates are grouped
      expect(energies).to.deep.equal(whole.subarray(0, energies.length));
    }
  });

  it('gives the direct sum over neighbours', () => {
    const candidates = Array.from({ length: 5 }, () => anyCandidate(4));
    const energies = new Float64Array(5 * cells.length);
    const lowest = new Float64Array(5);
    new MomentKernel(tableOf(48)).energies(batchOf(48, candidates, 4), energies, lowest);
    candidates.forEach((candidate, c) => {
      const expected = direct(candidate);
      expectClose(energies.subarray(c * cells.length, (c + 1) * cells.length), expected.energies, 1e-9);
      expectClose([lowest[c]!], [expected.lowest], 1e-9);
    });
  });

  it('takes an empty batch', () => {
    const kernel = new MomentKernel(tableOf(12));
    expect(() => kernel.energies(batchOf(12, [], 2), new Float64Array(0), new Float64Array(0))).not.to.throw();
  });

  describe('with an embedding table', () => {
    /** Hermite data of F = c1 t + c2 t^2 + c3 t^3, t = sqrt(rho), which the table holds exactly; lanes past the batch stay zero */
    const tabulate = (candidates: Candidate[], intervals: number, step: number): EmbeddingTable => {
      const padded = Math.ceil(candidates.length / 4) * 4;
      const values = new Float64Array(padded * (intervals + 1) * 2);
      candidates.forEach(({ embedding: [c1, c2, c3] }, c) => {
        for (let i = 0; i <= intervals; i++) {
          const t = i * step;
          values[(c * (intervals + 1) + i) * 2] = c1! * t + c2! * t * t + c3! * t ** 3;
          values[(c * (intervals + 1) + i) * 2 + 1] = step * (c1! + 2 * c2! * t + 3 * c3! * t * t);
        }
      });
      return { intervals, step, values };
    };

    it('gives what the powers give, within the table and past its end', () => {
      const K = 24;
      const kernel = new MomentKernel(tableOf(K));
      for (let size = 1; size <= 13; size++) {
        const candidates = Array.from({ length: size }, () => anyCandidate(3));
        const batch = batchOf(K, candidates, 3);
        const [expected, found] = [new Float64Array(size * cells.length), new Float64Array(size * cells.length)];
        const [low, lowExpected] = [new Float64Array(size), new Float64Array(size)];
        kernel.energies(batch, expected, lowExpected);
        // tables of growing size in one kernel; the last ones end below the largest density
        kernel.energies(batch, found, low, tabulate(candidates, 10 + size, size > 11 ? 0.05 : 0.4));
        expectClose(found, expected, 1e-10, `${size} candidates`);
        expect(low).to.deep.equal(lowExpected);
      }
    });

    it('survives densities that are negative or no number', () => {
      const K = 12;
      const candidates = [anyCandidate(3), { ...anyCandidate(3), floor: -50 }, { ...anyCandidate(3), floor: Number.NaN }];
      const lowest = new Float64Array(3);
      new MomentKernel(tableOf(K)).energies(
        batchOf(K, candidates, 3),
        new Float64Array(3 * cells.length),
        lowest,
        tabulate(candidates, 10, 0.4),
      );
      expect(lowest[0]).to.be.above(0);
      expect(lowest[1]).to.be.below(0);
      expect(lowest[2]).to.satisfy(Number.isNaN);
    });
  });

  it('reports the smallest density also when it is negative or no number, so that a search can forbid it', () => {
    const K = 12;
    const candidates = [{ ...anyCandidate(2), floor: -50 }, { ...anyCandidate(2), floor: Number.NaN }, anyCandidate(2)];
    const batch = batchOf(K, candidates, 2);
    const [a, b] = [new Float64Array(3), new Float64Array(3)];
    new MomentKernel(tableOf(K)).energies(batch, new Float64Array(3 * cells.length), a);
    new ReferenceKernel(tableOf(K)).energies(batch, new Float64Array(3 * cells.length), b);
    for (const low of [a, b]) {
      expect(low[0]).to.be.below(-40);
      expect(low[1]).to.satisfy(Number.isNaN);
      expect(low[2]).to.be.above(0);
    }
  });

  describe('jacobian', () => {
    // odd multiples of two as well, which take the tail of the vector loops
    for (const K of [12, 14, 30, 32])
      it(`has the energies of the batch and their derivatives with ${K} nodes`, () => {
        const kernel = new MomentKernel(tableOf(K));
        const candidate = { ...anyCandidate(4), pair: () => 0, floor: 0.05 };
        const density = Float64Array.from(tableOf(K).map.nodes, candidate.density);
        const embedding = Float64Array.from(candidate.embedding);
        const nS = cells.length;
        const run = (d: Float64Array, e: Float64Array) => {
          const { energies, byDensity, byEmbedding, densities, lowest } = kernel.jacobian(d, 0.05, e, 4);
          return {
            energies: energies.slice(),
            byDensity: byDensity.slice(),
            byEmbedding: byEmbedding.slice(),
            densities: densities.slice(),
            lowest,
          };
        };
        const at = run(density, embedding);
        const expected = new Float64Array(nS);
        const low = new Float64Array(1);
        kernel.energies(batchOf(K, [candidate], 4), expected, low);
        expectClose(at.energies, expected, 1e-12);
        expect(at.lowest).to.be.closeTo(low[0]!, 1e-12);
        expect(Math.min(...at.densities)).to.equal(at.lowest);
        const h = 1e-5;
        for (let k = 0; k < K; k++) {
          const [up, down] = [density.slice(), density.slice()];
          up[k]! += h;
          down[k]! -= h;
          const [a, b] = [run(up, embedding).energies, run(down, embedding).energies];
          for (let s = 0; s < nS; s++) expect(at.byDensity[s * K + k]).to.be.closeTo((a[s]! - b[s]!) / (2 * h), 1e-7);
        }
        for (let m = 0; m < 4; m++) {
          const [up, down] = [embedding.slice(), embedding.slice()];
          up[m]! += 0.5;
          down[m]! -= 0.5;
          const [a, b] = [run(density, up).energies, run(density, down).energies];
          for (let s = 0; s < nS; s++) expect(at.byEmbedding[s * 4 + m]).to.be.closeTo(a[s]! - b[s]!, 1e-10);
        }
      });

    it('takes the slopes of any other embedding function from outside', () => {
      const K = 16;
      const table = tableOf(K);
      const kernel = new MomentKernel(table);
      const density = Float64Array.from(table.map.nodes, anyCandidate(1).density);
      // F = tanh(rho)
      const tanh = (d: Float64Array): number[] => {
        const out: number[] = [];
        const { densities } = kernel.jacobian(d, 0.1, [], 0);
        for (let s = 0; s < cells.length; s++) {
          out[s] = 0;
          for (let i = table.rowStart[s]!; i < table.rowStart[s + 1]!; i++) out[s]! += table.weights[i]! * Math.tanh(densities[i]!);
        }
        return out;
      };
      const byDensity = kernel
        .jacobian(density, 0.1, [], 0, (rho, slope) => {
          rho.forEach((value, i) => {
            slope[i] = 1 - Math.tanh(value) ** 2;
          });
        })
        .byDensity.slice();
      const h = 1e-5;
      for (let k = 0; k < K; k++) {
        const [up, down] = [density.slice(), density.slice()];
        up[k]! += h;
        down[k]! -= h;
        const [a, b] = [tanh(up), tanh(down)];
        for (let s = 0; s < cells.length; s++) expect(byDensity[s * K + k]).to.be.closeTo((a[s]! - b[s]!) / (2 * h), 1e-8);
      }
    });
  });
});
