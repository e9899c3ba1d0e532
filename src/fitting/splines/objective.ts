import { SplineColumns } from '../../kernels/spline-columns.js';
import { LANES } from '../../kernels/spline-kernel.js';
import type { SMeamKind, SMeamModel } from '../../potentials/s-meam.js';
import type { Frame } from '../../structures/structure.js';
import { EnergyScale } from '../energy-scale.js';
import { type FrameWeights, frameWeights, type LossSettings, SMOOTHING } from '../loss.js';
import { addRow } from '../normal-equations.js';
import type { Differentiable } from '../objective.js';
import type { FrameUnit } from '../unit.js';
import { SplineForm, type SplineFormSettings } from './form.js';

/** Everything that a fit of splines works on, as plain data that can be sent to a worker thread. */
export interface SplineProblem {
  form: SplineFormSettings;
  frames: readonly Frame[];
  /** what the frames repeat, in their order */
  units: readonly FrameUnit[];
  /** factor on the loss weight of each frame, shape (frames) */
  ownWeights: Float64Array;
  loss: LossSettings;
  /** energies of the free atoms on the scale of the data, eV/atom, in the order of the elements; undefined where they are fitted */
  references: Float64Array | undefined;
  /** eV/atom of loss for a unit of bending; keeps knots that no data reach in line with the others */
  smoothness: number;
  /** the functions of a former fit, which the first start has in place of random ones */
  start?: SMeamModel;
}

/** Predictions for all frames. */
export interface SplinePrediction {
  /** eV/atom with the reference energies, shape (frames) */
  energies: Float64Array;
  /** eV/Å, shape (n, 3) for each frame */
  forces: Float64Array[];
  /** lowest and highest */
  densities: readonly [number, number];
}

/** Bending counts in these units: eV for energies, and the size of a density that fills [-1, 1]. */
const SCALE: Readonly<Record<SMeamKind, number>> = { phi: 1, rho: 0.1, u: 1, f: 0.5, g: 0.1 };

/** Positions in a 3x3 row-major tensor of xx yy zz yz xz xy. */
const VOIGT = [0, 4, 8, 5, 2, 1];

/**
 * The loss of spline parameters over a data set: weighted smooth absolute errors of energies, forces and stresses, as for equations, and
 * the bending of the functions. Parameters of the form come first, then one reference energy an element.
 */
export class SplineObjective implements Differentiable {
  readonly size: number;
  readonly linear: Uint8Array;
  /** 1 for all parameters that a fit moves */
  readonly active: Uint8Array;
  readonly form: SplineForm;
  private readonly frames: readonly Frame[];
  private readonly kernel: SplineColumns;
  private readonly maps: readonly { columnOf: Int32Array; columns: number }[];
  private readonly weights: FrameWeights;
  private readonly bending: Float64Array;
  private readonly scale: EnergyScale;
  private readonly stressed: boolean;

  constructor(readonly problem: SplineProblem) {
    const { loss, ownWeights, references, smoothness } = problem;
    const frames = problem.units.map(({ frame }) => frame);
    this.frames = frames;
    this.form = new SplineForm(problem.form);
    const { form } = this;
    const maps = [form.map(true), form.map(false)];
    this.maps = maps;
    this.kernel = new SplineColumns(form.layout, frames, form.reach, maps);
    const ne = problem.form.elements.length;
    this.size = form.size + ne;
    this.linear = new Uint8Array(this.size).fill(1, form.size);
    this.linear.set(form.linear);
    this.active = new Uint8Array(this.size).fill(1);
    if (references) this.active.fill(0, form.size);
    this.weights = frameWeights(problem.frames, ownWeights, loss);
    problem.units.forEach(({ count }, s) => {
      this.weights.force[s]! *= count;
    });
    this.stressed = this.weights.stress.some((w) => w > 0);
    this.bending = form.bending(SCALE).map((x) => x * smoothness);
    this.scale = new EnergyScale(frames, form.settings.elements, form.size);
  }

  loss(p: Float64Array): number {
    return this.losses([p])[0]!;
  }

  gradient(p: Float64Array, gradient: Float64Array): number {
    return this.evaluate(p, gradient, undefined, undefined);
  }

  linearise(p: Float64Array, gradient: Float64Array, hessian: Float64Array, active?: Uint8Array): number {
    return this.evaluate(p, gradient, hessian, active);
  }

  /** Losses of many points. */
  losses(points: readonly Float64Array[]): Float64Array {
    const out = new Float64Array(points.length);
    const { capacity } = this.kernel;
    for (let from = 0; from < points.length; from += capacity) {
      const chunk = points.slice(from, from + capacity);
      const totals = chunk.map((p) => this.bent(p));
      this.kernel.batch(
        chunk.map((p) => this.form.nodal(p)),
        this.stressed,
        (s, { energies, forces, virials }) => {
          const frame = this.frames[s]!;
          const components = 3 * frame.species.length;
          chunk.forEach((p, c) => {
            const [block, lane] = [Math.floor(c / LANES), c % LANES];
            let total = 0;
            const e = this.weights.energy[s]!;
            if (e > 0) total += e * smooth(this.scale.error(s, p, energies[c]!), SMOOTHING.energy);
            const w = this.weights.force[s]!;
            if (w > 0) {
              let sum = 0;
              const base = block * components * LANES + lane;
              for (let k = 0; k < components; k++) sum += smooth(forces[base + LANES * k]! - frame.forces![k]!, SMOOTHING.force);
              total += w * sum;
            }
            const v = this.weights.stress[s]!;
            if (v > 0) {
              const base = block * 6 * LANES + lane;
              for (let k = 0; k < 6; k++)
                total +=
                  v * smooth(virials[base + LANES * k]! / this.kernel.frames[s]!.volume - frame.stress![VOIGT[k]!]!, SMOOTHING.stress);
            }
            totals[c]! += total;
          });
        },
      );
      totals.forEach((total, c) => {
        out[from + c] = Number.isFinite(total) ? total : Infinity;
      });
    }
    return out;
  }

  /** Energies per atom with the reference energies, forces, and the lowest and highest density on the frames. */
  predict(p: Float64Array): SplinePrediction {
    const { frames } = this;
    const energies = new Float64Array(frames.length);
    const forces: Float64Array[] = [];
    let [lowest, highest] = [Infinity, -Infinity];
    this.kernel.batch([this.form.nodal(p)], false, (s, result) => {
      energies[s] = this.scale.error(s, p, result.energies[0]!) + this.scale.label(s);
      const { of } = this.problem.units[s]!;
      forces.push(Float64Array.from({ length: 3 * of.length }, (_, k) => result.forces[LANES * (3 * of[Math.floor(k / 3)]! + (k % 3))]!));
      lowest = Math.min(lowest, result.densities[0]!);
      highest = Math.max(highest, result.densities[2]!);
    });
    return { energies, forces, densities: [lowest, highest] };
  }

  private bent(p: Float64Array): number {
    const n = this.form.size;
    let total = 0;
    for (let a = 0; a < n; a++) {
      let row = 0;
      for (let b = 0; b < n; b++) row += this.bending[a * n + b]! * p[b]!;
      total += row * p[a]!;
    }
    return total;
  }

  private evaluate(p: Float64Array, gradient: Float64Array, hessian: Float64Array | undefined, active: Uint8Array | undefined): number {
    const { frames, kernel, weights, form, size } = this;
    const atoms = kernel.atomStart[frames.length]!;
    const residuals = {
      forceSquare: new Float64Array(3 * atoms),
      forceFirst: new Float64Array(3 * atoms),
      virialSquare: new Float64Array(6 * frames.length),
      virialFirst: new Float64Array(6 * frames.length),
    };
    const energyErrors = new Float64Array(frames.length);
    const nodal = form.nodal(p);
    let total = this.bent(p);
    kernel.batch([nodal], this.stressed, (s, { energies, forces, virials }) => {
      const frame = frames[s]!;
      energyErrors[s] = this.scale.error(s, p, energies[0]!);
      total += weights.energy[s]! * smooth(energyErrors[s]!, SMOOTHING.energy);
      const w = weights.force[s]!;
      if (w > 0) {
        const base = 3 * kernel.atomStart[s]!;
        for (let k = 0; k < 3 * frame.species.length; k++) {
          const r = forces[LANES * k]! - frame.forces![k]!;
          const root = Math.hypot(r, SMOOTHING.force);
          total += w * (root - SMOOTHING.force);
          residuals.forceSquare[base + k] = w / root;
          residuals.forceFirst[base + k] = (w * r) / root;
        }
      }
      const v = weights.stress[s]!;
      if (v > 0) {
        const { volume } = kernel.frames[s]!;
        for (let k = 0; k < 6; k++) {
          const r = virials[LANES * k]! / volume - frame.stress![VOIGT[k]!]!;
          const root = Math.hypot(r, SMOOTHING.stress);
          total += v * (root - SMOOTHING.stress);
          residuals.virialSquare[6 * s + k] = v / root / volume ** 2;
          residuals.virialFirst[6 * s + k] = (v * r) / root / volume;
        }
      }
    });
    gradient.fill(0);
    hessian?.fill(0);
    if (!Number.isFinite(total)) return Infinity;
    const which = active?.every((on, q) => !on || this.linear[q]) ? 1 : 0;
    const normal = kernel.normalEquations(nodal, which, residuals);
    const { columnOf, columns } = this.maps[which]!;
    const ne = size - form.size;
    const row = new Float64Array(size);
    frames.forEach((frame, s) => {
      const c = weights.energy[s]!;
      if (c === 0) return;
      for (let q = 0; q < form.size; q++)
        row[q] = columnOf[q]! < 0 ? 0 : normal.energies[s * columns + columnOf[q]!]! / frame.species.length;
      for (let e = 0; e < ne; e++) row[form.size + e] = this.scale.shares[s * ne + e]!;
      const r = energyErrors[s]!;
      addRow(row, 0, size, c / Math.hypot(r, SMOOTHING.energy), r, gradient, hessian);
    });
    for (let q = 0; q < form.size; q++) {
      const a = columnOf[q]!;
      if (a < 0) continue;
      gradient[q]! += normal.gradient[a]!;
      for (let b = 0; b < form.size; b++) gradient[q]! += 2 * this.bending[q * form.size + b]! * p[b]!;
      if (!hessian) continue;
      for (let b = 0; b <= q; b++) {
        const other = columnOf[b]!;
        if (other >= 0) hessian[q * size + b]! += normal.matrix[other * columns + a]! + 2 * this.bending[q * form.size + b]!;
      }
    }
    if (hessian) for (let a = 0; a < size; a++) for (let b = a + 1; b < size; b++) hessian[a * size + b] = hessian[b * size + a]!;
    return total;
  }
}

/** An absolute error that is a square below `width`. */
function smooth(r: number, width: number): number {
  return Math.sqrt(r * r + width * width) - width;
}
