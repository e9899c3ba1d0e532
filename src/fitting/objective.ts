import type { Frame } from '../structures/structure.js';
import { embeddingDerivatives } from './embedding.js';
import { type EquationNetwork, NodalEvaluator } from './equation-network.js';
import { ForceTable, type ResidualFactors } from './force-table.js';
import { type FrameWeights, frameWeights, type LossSettings, SMOOTHING, VOIGT } from './loss.js';
import { MomentEnergies } from './moment-energies.js';
import type { MomentTable } from './moments.js';
import { pullOf, type TargetSet, targetValue } from './targets.js';
import { Walls } from './walls.js';

/** A loss that the local optimisers can work on. The last parameter is the reference energy of the free atom, eV. */
export interface Differentiable {
  readonly size: number;
  /** 1 for parameters in which the predictions are linear when all others stay, shape (size) */
  readonly linear?: Uint8Array;
  /** loss at p; Infinity where p is forbidden */
  loss(p: Float64Array): number;
  /** loss and its gradient, written to `gradient` */
  gradient(p: Float64Array, gradient: Float64Array): number;
  /**
   * loss, gradient and the positive semi-definite Gauss-Newton matrix (size, size) of the reweighted least squares
   * @param active parameters of interest, shape (size): the others' derivatives may be left zero, which saves their cost
   */
  linearise(p: Float64Array, gradient: Float64Array, hessian: Float64Array, active?: Uint8Array): number;
}

/** Predictions for all frames. */
export interface Prediction {
  /** eV/atom with the reference energy, shape (frames) */
  energies: Float64Array;
  /** eV/Å, shape (n, 3) for each frame whose forces or stress are fitted, undefined for the others */
  forces: (Float64Array | undefined)[];
  /** of each unique environment, without the floor */
  densities: Float64Array;
}

/**
 * The loss of one network over a data set, its analytic gradient and its Gauss-Newton matrix. Energies come from the moments, forces
 * and stresses from one pass over the neighbour pairs of the frames that have them.
 */
export class Objective implements Differentiable {
  readonly size: number;
  readonly linear: Uint8Array;
  readonly weights: FrameWeights;
  /** reference energies per atom, eV; 0 where the frame has none */
  readonly reference: Float64Array;
  private readonly data: MomentEnergies;
  private readonly targetEnergies: MomentEnergies | undefined;
  readonly walls: Walls;
  private readonly nodal: NodalEvaluator;
  private readonly forceTable: ForceTable | undefined;
  private readonly forceFrames: number[];
  private readonly gridded: NodalEvaluator | undefined;
  private readonly rowOfForceAtom: Int32Array;
  /** the environments of those atoms, each once */
  private readonly forceRows: Int32Array;

  constructor(
    readonly network: EquationNetwork,
    readonly frames: readonly Frame[],
    readonly moments: MomentTable,
    readonly settings: LossSettings,
    ownWeights: ArrayLike<number> = new Float64Array(frames.length).fill(1),
    readonly targets: TargetSet | undefined = undefined,
  ) {
    this.size = network.size + 1;
    // the pair energy and, at given densities, the embedding energy are sums of terms; the reference energy is one more
    this.linear = new Uint8Array(this.size);
    network.parameters.forEach(({ network: name, role }, q) => {
      const last = network[name].outer.length > 0 ? 'outer' : 'weight';
      if (name !== 'density' && role === last) this.linear[q] = 1;
    });
    this.linear[network.size] = 1;
    this.weights = frameWeights(frames, ownWeights, settings);
    this.reference = Float64Array.from(frames, (frame) => (frame.energy ?? 0) / frame.species.length);
    this.nodal = new NodalEvaluator(network, moments.map.nodes);
    this.data = new MomentEnergies(network, this.nodal, moments);
    this.targetEnergies = targets && new MomentEnergies(network, this.nodal, targets.moments);
    this.walls = new Walls(network, moments.map, settings);
    this.forceFrames = frames.flatMap((_, s) => (this.weights.force[s]! > 0 || this.weights.stress[s]! > 0 ? [s] : []));
    this.rowOfForceAtom = new Int32Array(0);
    if (this.forceFrames.length > 0) {
      this.forceTable = new ForceTable(
        this.forceFrames.map((s) => frames[s]!),
        network.settings.cutoff,
        network.size,
      );
      this.gridded = new NodalEvaluator(network, this.forceTable.grid);
      this.rowOfForceAtom = new Int32Array(this.forceTable.nAtoms);
      this.forceFrames.forEach((s, f) => {
        const rows = moments.rowOfAtom.subarray(moments.atomStart[s]!, moments.atomStart[s + 1]!);
        this.rowOfForceAtom.set(rows, this.forceTable!.atomStart[f]!);
      });
    }
    this.forceRows = Int32Array.from(new Set(this.rowOfForceAtom)).sort();
  }

  loss(p: Float64Array): number {
    return this.evaluate(p, undefined, undefined);
  }

  gradient(p: Float64Array, gradient: Float64Array): number {
    return this.evaluate(p, gradient, undefined);
  }

  linearise(p: Float64Array, gradient: Float64Array, hessian: Float64Array, active?: Uint8Array): number {
    return this.evaluate(p, gradient, hessian, active);
  }

  /**
   * The loss as it is reported: equation 6 with its plain absolute errors (and those of forces and stresses with their weights), without
   * the smoothing and the walls of the local optimisers, and the pull of the targets, eV/atom.
   */
  meanAbsolute(p: Float64Array): number {
    this.nodal.evaluate(p, false);
    const { values: densities, valid } = this.data.evaluate(p);
    if (!valid) return Infinity;
    const offset = p[this.size - 1]!;
    let total = 0;
    for (let s = 0; s < this.frames.length; s++) {
      const c = this.weights.energy[s]!;
      if (c > 0) total += c * Math.abs(this.data.energies[s]! + offset - this.reference[s]!);
    }
    const table = this.forceTable;
    const kept = table && densities.slice();
    if (this.targetEnergies) total += this.targetPart(p, undefined);
    if (!table) return total;
    const { forces, virial } = this.forcePass(p, kept!);
    this.forceFrames.forEach((s, f) => {
      const { forces: expected, stress } = this.frames[s]!;
      const [c, w, base] = [this.weights.force[s]!, this.weights.stress[s]!, 3 * table.atomStart[f]!];
      if (c > 0) for (let i = 0; i < expected!.length; i++) total += c * Math.abs(forces[base + i]! - expected![i]!);
      if (w > 0) for (let k = 0; k < 6; k++) total += w * Math.abs(virial[6 * f + k]! / table.volumes[f]! - stress![VOIGT[k]!]!);
    });
    return total;
  }

  predict(p: Float64Array): Prediction {
    this.nodal.evaluate(p, false);
    const densities = this.data.evaluate(p).values;
    const floor = this.network.settings.densityFloor;
    const withoutFloor = densities.map((rho) => rho - floor);
    const forces: Prediction['forces'] = this.frames.map(() => undefined);
    if (this.forceTable) {
      const { atomStart } = this.forceTable;
      const all = this.forcePass(p, densities.slice()).forces;
      this.forceFrames.forEach((s, f) => {
        forces[s] = all.slice(3 * atomStart[f]!, 3 * atomStart[f + 1]!);
      });
    }
    return { energies: this.data.energies.map((e) => e + p[this.size - 1]!), forces, densities: withoutFloor };
  }

  private embeddingOfAtoms(p: Float64Array, densities: Float64Array) {
    const rho = Float64Array.from(this.rowOfForceAtom, (row) => densities[row]!);
    return embeddingDerivatives(this.network, p, rho);
  }

  private forcePass(p: Float64Array, densities: Float64Array) {
    const embedding = this.embeddingOfAtoms(p, densities);
    this.gridded!.evaluate(p, false);
    return this.forceTable!.forces(this.gridded!.pair, this.gridded!.density, embedding.slopes);
  }

  private evaluate(p: Float64Array, gradient: Float64Array | undefined, hessian: Float64Array | undefined, active?: Uint8Array): number {
    const n = this.size;
    const moving = gradient && Array.from({ length: n }, (_, q) => q).filter((q) => !active || active[q]);
    this.nodal.evaluate(p, moving !== undefined);
    const part = this.data.evaluate(p, moving);
    gradient?.fill(0);
    hessian?.fill(0);
    if (!part.valid) return Infinity;
    const offset = p[n - 1]!;
    let total = 0;
    for (let s = 0; s < this.frames.length; s++) {
      const c = this.weights.energy[s]!;
      if (c === 0) continue;
      const r = this.data.energies[s]! + offset - this.reference[s]!;
      const root = Math.sqrt(r * r + SMOOTHING.energy ** 2);
      total += c * (root - SMOOTHING.energy);
      if (moving) this.addEnergy(s, moving, c / root, r, gradient!, hessian);
    }
    if (this.targetEnergies) total += this.targetPart(p, moving, gradient, hessian);
    total += this.walls.add(p, this.nodal, gradient, hessian);
    if (this.forceTable) total += this.forcePart(p, part.values.slice(), gradient, hessian, active);
    if (hessian) for (let a = 0; a < n; a++) for (let b = a + 1; b < n; b++) hessian[a * n + b] = hessian[b * n + a]!;
    return Number.isFinite(total) ? total : Infinity;
  }

  /** Adds the residual r of the energy of frame s with weight w. */
  private addEnergy(s: number, moving: readonly number[], w: number, r: number, gradient: Float64Array, hessian?: Float64Array): void {
    const n = this.size;
    const m = moving.length;
    const { rows } = this.data;
    const base = s * m;
    for (let a = 0; a < m; a++) {
      const v = w * rows[base + a]!;
      const line = moving[a]!;
      gradient[line]! += v * r;
      if (hessian) for (let b = 0; b <= a; b++) hessian[line * n + moving[b]!]! += v * rows[base + b]!;
    }
  }

  /** Values of the targets at p, in their units. */
  targetValues(p: Float64Array): Float64Array {
    const { targets, targetEnergies } = this;
    if (!targets || !targetEnergies) return new Float64Array(0);
    this.nodal.evaluate(p, false);
    targetEnergies.evaluate(p);
    return Float64Array.from(targets.list, (target) => targetValue(target, targetEnergies.energies));
  }

  /** Adds the pull of the targets to gradient and Gauss-Newton matrix; returns their loss. */
  private targetPart(p: Float64Array, moving: readonly number[] | undefined, gradient?: Float64Array, hessian?: Float64Array): number {
    const part = this.targetEnergies!;
    if (!part.evaluate(p, moving).valid) return Infinity;
    const n = this.size;
    const m = moving?.length ?? 0;
    const row = new Float64Array(m);
    let total = 0;
    for (const target of this.targets!.list) {
      const { excess, weight } = pullOf(target, targetValue(target, part.energies));
      if (excess === 0) continue;
      // within one unit of tolerance a square, beyond it a line, as for the errors of the data
      const root = Math.sqrt(excess * excess + 1);
      total += weight * (root - 1);
      if (!moving) continue;
      row.fill(0);
      for (const { structure, coefficient } of target.terms)
        for (let c = 0; c < m; c++) row[c]! += (coefficient / target.tolerance) * part.rows[structure * m + c]!;
      const w = weight / root;
      for (let a = 0; a < m; a++) {
        // structures are counted from free atoms: the reference energy does not enter
        if (moving[a] === n - 1) continue;
        const v = w * row[a]!;
        gradient![moving[a]!]! += v * excess;
        if (hessian) for (let b = 0; b <= a; b++) hessian[moving[a]! * n + moving[b]!]! += v * row[b]!;
      }
    }
    return total;
  }

  /** Adds the force and stress terms to gradient and Gauss-Newton matrix; returns their loss. */
  private forcePart(
    p: Float64Array,
    densities: Float64Array,
    gradient?: Float64Array,
    hessian?: Float64Array,
    active?: Uint8Array,
  ): number {
    const table = this.forceTable!;
    const grid = this.gridded!;
    const embedding = this.embeddingOfAtoms(p, densities);
    grid.evaluate(p, gradient !== undefined);
    const { forces, virial } = table.forces(grid.pair, grid.density, embedding.slopes);
    const byForce = new Float64Array(forces.length);
    const byVirial = new Float64Array(virial.length);
    const forceFactor = new Float64Array(hessian ? forces.length : 0);
    const virialFactor = new Float64Array(hessian ? virial.length : 0);
    let total = 0;
    this.forceFrames.forEach((s, f) => {
      const frame = this.frames[s]!;
      const c = this.weights.force[s]!;
      if (c > 0) {
        const base = 3 * table.atomStart[f]!;
        const reference = frame.forces!;
        for (let i = 0; i < reference.length; i++) {
          const r = forces[base + i]! - reference[i]!;
          const root = Math.sqrt(r * r + SMOOTHING.force ** 2);
          total += c * (root - SMOOTHING.force);
          byForce[base + i] = (c * r) / root;
          if (hessian) forceFactor[base + i] = c / root;
        }
      }
      const w = this.weights.stress[s]!;
      if (w > 0) {
        const v = table.volumes[f]!;
        for (let k = 0; k < 6; k++) {
          const r = virial[6 * f + k]! / v - frame.stress![VOIGT[k]!]!;
          const root = Math.sqrt(r * r + SMOOTHING.stress ** 2);
          total += w * (root - SMOOTHING.stress);
          byVirial[6 * f + k] = (w * r) / root / v;
          if (hessian) virialFactor[6 * f + k] = w / root / (v * v);
        }
      }
    });
    if (!gradient) return total;
    if (hessian) {
      const byForces = { square: forceFactor, first: byForce };
      this.forceHessian(embedding, byForces, { square: virialFactor, first: byVirial }, gradient, hessian, active);
      return total;
    }
    const { byPair, byDensity, byEmbeddingSlope } = table.adjoint(byForce, byVirial);
    const { network, moments } = this;
    const G = grid.count;
    for (let q = 0; q < network.pair.size; q++) {
      let v = 0;
      for (let g = 0; g < G; g++) v += byPair[g]! * grid.pairJacobian[q * G + g]!;
      gradient[network.offset.pair + q]! += v;
    }
    const nAtoms = table.nAtoms;
    for (let q = 0; q < network.embedding.size; q++) {
      let v = 0;
      for (let i = 0; i < nAtoms; i++) v += byEmbeddingSlope[i]! * embedding.slopesByParameter[q * nAtoms + i]!;
      gradient[network.offset.embedding + q]! += v;
    }
    // densities move with the nodal values of the moments
    const K = moments.map.count;
    const byNode = new Float64Array(K);
    for (let i = 0; i < nAtoms; i++) {
      const f = byEmbeddingSlope[i]! * embedding.curvatures[i]!;
      const row = this.rowOfForceAtom[i]! * K;
      for (let k = 0; k < K; k++) byNode[k]! += f * moments.rows[row + k]!;
    }
    for (let q = 0; q < network.density.size; q++) {
      let v = 0;
      for (let g = 0; g < G; g++) v += byDensity[g]! * grid.densityJacobian[q * G + g]!;
      for (let k = 0; k < K; k++) v += byNode[k]! * this.nodal.densityJacobian[q * K + k]!;
      gradient[network.offset.density + q]! += v;
    }
    return total;
  }

  /** Gauss-Newton terms and gradient of forces and virials along the active parameters. */
  private forceHessian(
    embedding: ReturnType<typeof embeddingDerivatives>,
    byForce: ResidualFactors,
    byVirial: ResidualFactors,
    gradient: Float64Array,
    hessian: Float64Array,
    active: Uint8Array | undefined,
  ): void {
    const table = this.forceTable!;
    const grid = this.gridded!;
    const { network, moments, nodal } = this;
    const G = grid.count;
    const K = moments.map.count;
    const n = this.size;
    const nAtoms = table.nAtoms;
    const moving = (name: 'pair' | 'density' | 'embedding'): number[] =>
      Array.from({ length: network[name].size }, (_, q) => q).filter((q) => !active || active[network.offset[name] + q]);
    const [pair, density, parameters] = [moving('pair'), moving('density'), moving('embedding')];
    const alongDensity = density.map((q) => {
      const nodes = nodal.densityJacobian.subarray(q * K, (q + 1) * K);
      const rows = new Float64Array(moments.weights.length);
      for (const row of this.forceRows) {
        let v = 0;
        for (let k = 0; k < K; k++) v += moments.rows[row * K + k]! * nodes[k]!;
        rows[row] = v;
      }
      return embedding.curvatures.map((curvature, i) => curvature * rows[this.rowOfForceAtom[i]!]!);
    });
    const normal = table.normalEquations(
      {
        pair: pair.map((q) => grid.pairJacobian.subarray(q * G, (q + 1) * G)),
        density: density.map((q) => grid.densityJacobian.subarray(q * G, (q + 1) * G)),
        tangents: [...alongDensity, ...parameters.map((q) => embedding.slopesByParameter.subarray(q * nAtoms, (q + 1) * nAtoms))],
      },
      byForce,
      byVirial,
    );
    const index = [
      ...pair.map((q) => network.offset.pair + q),
      ...density.map((q) => network.offset.density + q),
      ...parameters.map((q) => network.offset.embedding + q),
    ];
    const m = index.length;
    for (let a = 0; a < m; a++) {
      gradient[index[a]!]! += normal.gradient[a]!;
      for (let b = a; b < m; b++) {
        const [low, high] = index[a]! < index[b]! ? [index[a]!, index[b]!] : [index[b]!, index[a]!];
        hessian[high * n + low]! += normal.matrix[a * m + b]!;
      }
    }
  }
}
