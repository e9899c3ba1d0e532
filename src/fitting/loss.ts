import type { Frame } from '../structures/structure.js';
import { groundEnergies } from './hull.js';

/** How the errors of the frames add up; see `loss` in the settings. */
export interface LossSettings {
  /** eV/atom above the lowest energy within which a frame counts as near equilibrium */
  nearWindow: number;
  /** weight w of the near-equilibrium error */
  nearWeight: number;
  /** instead of these two: frames by their energy, growing, the last one without an upper end; each group's mean error has its weight */
  windows?: readonly EnergyWindow[] | undefined;
  /** eV/atom per eV/Å; 0 leaves forces out */
  forces: number;
  /** eV/atom per eV/Å³; 0 leaves stresses out */
  stress: number;
  /** factor per config_type */
  configTypes: Readonly<Record<string, number>>;
  negativePair: boolean;
  negativeDensity: boolean;
  /** loss of a forbidden or undefined candidate */
  penalty: number;
  /** energy per atom of the free atom, eV, or undefined to fit it */
  referenceEnergy: number | undefined;
}

/** Frames up to an energy, eV/atom above the lowest, that no window below it has. */
export interface EnergyWindow {
  upTo: number;
  weight: number;
}

/** Errors below these are treated as Gaussian by the smooth loss of the local optimisers; above, as the mean absolute error. */
export const SMOOTHING = { energy: 1e-3, force: 0.02, stress: 5e-4 } as const;

/** Factors of the absolute errors of each frame; the loss is their weighted sum. */
export interface FrameWeights {
  /** per eV/atom; 0 without an energy, shape (frames) */
  energy: Float64Array;
  /** per eV/Å of one force component, shape (frames) */
  force: Float64Array;
  /** per eV/Å³ of one stress component, shape (frames) */
  stress: Float64Array;
  /** whether the frame is in the lowest window of energy */
  near: Uint8Array;
}

/**
 * Equation 6 of the paper: loss = w MAE_near + MAE_rest (+ forces + stress), where each mean is weighted by the frames' own weights; or the
 * same with more windows of energy. Without frames of one kind its mean is left out.
 */
export function frameWeights(frames: readonly Frame[], own: ArrayLike<number>, loss: LossSettings): FrameWeights {
  const n = frames.length;
  const out: FrameWeights = {
    energy: new Float64Array(n),
    force: new Float64Array(n),
    stress: new Float64Array(n),
    near: new Uint8Array(n),
  };
  const ground = groundEnergies(frames);
  const weight = frames.map((frame, s) => own[s]! * (loss.configTypes[frame.configType] ?? 1));
  const windows = loss.windows ?? [
    { upTo: loss.nearWindow, weight: loss.nearWeight },
    { upTo: Infinity, weight: 1 },
  ];
  const windowOf = frames.map((frame, s) =>
    frame.energy === undefined ? -1 : windows.findIndex(({ upTo }) => frame.energy! / frame.species.length <= ground[s]! + upTo),
  );
  const sums = new Float64Array(windows.length);
  let forces = 0;
  let stress = 0;
  frames.forEach((frame, s) => {
    const window = windowOf[s]!;
    if (window >= 0) sums[window]! += weight[s]!;
    out.near[s] = window === 0 ? 1 : 0;
    if (frame.forces) forces += weight[s]! * frame.forces.length;
    if (frame.stress) stress += weight[s]! * 6;
  });
  frames.forEach((frame, s) => {
    // a weight of zero stays zero, also where it is the only one of its kind
    const window = windowOf[s]!;
    if (window >= 0 && weight[s]! > 0) out.energy[s] = (weight[s]! * windows[window]!.weight) / sums[window]!;
    if (frame.forces && loss.forces > 0 && forces > 0) out.force[s] = (loss.forces * weight[s]!) / forces;
    if (frame.stress && loss.stress > 0 && stress > 0) out.stress[s] = (loss.stress * weight[s]!) / stress;
  });
  return out;
}

/** What a model gives for a frame; what it leaves out does not count. */
interface Predicted {
  /** total, eV */
  energy?: number | undefined;
  /** eV/Å, shape (n, 3) */
  forces?: ArrayLike<number> | undefined;
  /** eV/Å³, shape (3, 3) row-major */
  stress?: ArrayLike<number> | undefined;
}

/** Positions of xx, yy, zz, yz, xz, xy in a matrix of nine. */
export const VOIGT = [0, 4, 8, 5, 2, 1] as const;

/**
 * The plain loss of any model, eV/atom: that of `Objective.meanAbsolute` without targets, with the reference energy for which it is
 * smallest.
 */
export function plainLoss(frames: readonly Frame[], predictions: readonly Predicted[], own: ArrayLike<number>, loss: LossSettings): number {
  const weights = frameWeights(frames, own, loss);
  const perAtom = (energy: number | undefined, s: number): number => (energy ?? 0) / frames[s]!.species.length;
  const energies = predictions.map(({ energy }, s) => perAtom(energy, s));
  const reference = Float64Array.from(frames, ({ energy }, s) => perAtom(energy, s));
  const offset = bestOffset(energies, 0, reference, weights.energy);
  let total = 0;
  frames.forEach(({ forces, stress }, s) => {
    total += weights.energy[s]! * Math.abs(energies[s]! + offset - reference[s]!);
    const predicted = predictions[s]!;
    const [f, w] = [weights.force[s]!, weights.stress[s]!];
    if (f > 0) for (let i = 0; i < forces!.length; i++) total += f * Math.abs(predicted.forces![i]! - forces![i]!);
    if (w > 0) for (const k of VOIGT) total += w * Math.abs(predicted.stress![k]! - stress![k]!);
  });
  return total;
}

/** The e that minimises sum_s w_s |x_s + e - reference_s|: a weighted median, by bisection. */
export function bestOffset(x: ArrayLike<number>, at: number, reference: Float64Array, weights: Float64Array): number {
  const n = reference.length;
  let low = Infinity;
  let high = -Infinity;
  for (let s = 0; s < n; s++) {
    if (weights[s] === 0) continue;
    const d = reference[s]! - x[at + s]!;
    if (d < low) low = d;
    if (d > high) high = d;
  }
  if (!(high >= low)) return 0;
  for (let k = 0; k < 24 && high - low > 1e-7; k++) {
    const middle = 0.5 * (low + high);
    let balance = 0;
    for (let s = 0; s < n; s++) balance += reference[s]! - x[at + s]! > middle ? weights[s]! : -weights[s]!;
    if (balance > 0) low = middle;
    else high = middle;
  }
  return 0.5 * (low + high);
}
