import type { EnergyBackend } from '../../kernels/moment-kernel.js';
import type { CandidateLoss } from '../candidates.js';
import type { EquationNetwork } from '../equation-network.js';
import type { BatchLoss } from '../optimisers/cma-es.js';
import { type FitProblem, openCandidates } from '../problem.js';
import { pseudoWeight, toReal } from './pseudo-weights.js';

/** The pseudo-weights of a network: what the global searches move in. */
export class SearchSpace {
  readonly network: EquationNetwork;
  /** lower and upper bound of each pseudo-weight */
  readonly bounds: readonly (readonly [number, number])[];
  /** energy losses of a batch of pseudo-weight vectors, eV/atom */
  readonly evaluate: BatchLoss;
  private readonly loss: CandidateLoss;

  constructor(
    private readonly problem: FitProblem,
    /** half width of the zone in which a pseudo-weight's term is off */
    private readonly nullZone: number,
    backend?: EnergyBackend,
  ) {
    this.loss = openCandidates(problem, backend);
    this.network = this.loss.network;
    this.bounds = this.network.parameters.map((parameter) => parameter.bounds);
    let real: Float64Array[] = [];
    this.evaluate = async (points, losses) => {
      if (real.length !== points.length) real = points.map(() => new Float64Array(this.network.size));
      points.forEach((point, k) => {
        toReal(point, this.network.parameters, nullZone, real[k]!);
      });
      await this.loss.evaluate(real, losses);
    };
  }

  /** Real weights of a point and its best reference energy, shape (network size + 1). */
  async real(point: Float64Array): Promise<Float64Array> {
    const { size, parameters } = this.network;
    const out = new Float64Array(size + 1);
    toReal(point, parameters, this.nullZone, out);
    await this.loss.evaluate([out.subarray(0, size)], new Float64Array(1));
    out[size] = this.problem.loss.referenceEnergy ?? this.loss.offsets[0]!;
    return out;
  }

  /** A point with these real weights. */
  pseudo(real: Float64Array): Float64Array {
    return Float64Array.from(this.network.parameters, ({ role }, q) =>
      role === 'inner' ? real[q]! : pseudoWeight(real[q]!, this.nullZone),
    );
  }
}
