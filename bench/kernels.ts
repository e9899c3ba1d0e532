import { NodalEvaluator } from '../src/fitting/equation-network.js';
import { buildMoments, collectNeighbours } from '../src/fitting/moments.js';
import { openCandidates, openObjective } from '../src/fitting/problem.js';
import { type CandidateBatch, MAX_DEGREE, MomentKernel } from '../src/kernels/moment-kernel.js';
import { allowedCandidates, copperSettings, preparedCopper } from './data.js';
import { measure, printTable, show } from './measure.js';
import type { Section } from './section.js';

const CUTOFF = 8;
const BATCHES = [10, 64];

/**
 * Energies only, on the whole copper set with the published cutoff: what one candidate of the tree search costs. The candidates are
 * random weights of the paper's networks that no rule forbids, so that all of the loss is computed for each.
 */
export const kernels: Section = {
  name: 'kernels',
  what: 'energy loss of a candidate on the copper set, 8 Å: kernel alone and whole loss; set-up; gradients',
  duration: '20 s',
  async run({ repeats = 15 }) {
    const settings = copperSettings(CUTOFF);
    const started = performance.now();
    const { problem, nodes } = preparedCopper(settings);
    const all = performance.now() - started;
    const { moments, frames } = problem;
    const K = moments.map.count;
    console.log(
      `${frames.length} frames, ${moments.rowOfAtom.length} atoms, ${moments.weights.length} unique rows, K = ${K} ` +
        `(expansion error ${(nodes.error * 1e3).toPrecision(2)} meV/atom), cutoff ${CUTOFF} Å with quintic taper, one thread, ${repeats} repeats\n`,
    );

    const loss = openCandidates(problem);
    const { network, objective } = openObjective(problem);
    const candidates = await allowedCandidates(loss, network, settings, Math.max(...BATCHES));
    const kernel = new MomentKernel(moments);
    const rows: string[][] = [];
    for (const count of BATCHES) {
      const chosen = candidates.slice(0, count);
      const batch = nodalBatch(chosen, loss.network, moments.map.nodes, K);
      const energies = new Float64Array(count * frames.length);
      const lowest = new Float64Array(count);
      const losses = new Float64Array(count);
      const alone = await measure(() => kernel.energies(batch, energies, lowest), repeats);
      const whole = await measure(() => loss.evaluate(chosen, losses), repeats);
      rows.push([String(count), show(alone, 1 / count), show(whole, 1 / count)]);
    }
    printTable(['batch', 'kernel alone, ms a candidate', 'whole loss, ms a candidate (target 0.1)'], rows);
    console.log();

    const p = new Float64Array(objective.size);
    p.set(candidates[0]!);
    p[network.size] = loss.offsets[0]!;
    const gradient = new Float64Array(objective.size);
    const hessian = new Float64Array(objective.size ** 2);
    const neighbours = collectNeighbours(frames, CUTOFF);
    printTable(
      ['work', 'ms, median (min..max)'],
      [
        [`loss of ${network.size + 1} parameters`, show(await measure(() => objective.loss(p), repeats))],
        ['loss and gradient', show(await measure(() => objective.gradient(p, gradient), repeats))],
        ['loss, gradient and Gauss-Newton matrix', show(await measure(() => objective.linearise(p, gradient, hessian), repeats))],
        ['neighbours and unique rows', show(await measure(() => collectNeighbours(frames, CUTOFF), 3))],
        [`moments, K = ${K}`, show(await measure(() => buildMoments(neighbours, K), 3))],
        ['reading, audit, neighbours, choice of K, moments (once)', all.toFixed(0)],
      ],
    );
  },
};

function nodalBatch(
  candidates: readonly Float64Array[],
  network: ConstructorParameters<typeof NodalEvaluator>[0],
  nodes: Float64Array,
  K: number,
): CandidateBatch {
  const count = candidates.length;
  const nodal = new NodalEvaluator(network, nodes);
  const batch: CandidateBatch = {
    count,
    pair: new Float64Array(count * K),
    density: new Float64Array(count * K),
    floor: new Float64Array(count).fill(network.settings.densityFloor),
    embedding: new Float64Array(count * MAX_DEGREE),
    degree: MAX_DEGREE,
  };
  candidates.forEach((p, c) => {
    nodal.evaluate(p, false);
    batch.pair.set(nodal.pair, c * K);
    batch.density.set(nodal.density, c * K);
    network.sqrtPowers?.forEach((m, q) => {
      batch.embedding[c * MAX_DEGREE + m - 1]! += p[network.offset.embedding + q]!;
    });
  });
  return batch;
}
