import { AdpColumns } from '../../kernels/adp-columns.js';
import { AdpFrames, type AdpFunctions, AdpTables } from '../../kernels/adp-frames.js';
import { Zjw04Form, type Zjw04Settings } from '../../potentials/zjw04/form.js';
import type { Frame, Structure } from '../../structures/structure.js';
import { EnergyScale } from '../energy-scale.js';
import { type FrameWeights, frameWeights, type LossSettings, SMOOTHING, VOIGT } from '../loss.js';
import { addRow } from '../normal-equations.js';
import type { Differentiable } from '../objective.js';
import type { FramesProblem } from '../points.js';
import { pullOf, type Target, targetValue } from '../targets.js';

/** Functions over one vector of parameters, as an objective sees them. */
export interface ParametricForm extends AdpFunctions {
  readonly settings: { readonly elements: readonly string[]; readonly kind: 'eam' | 'adp'; readonly cutoff: number };
  /** what each parameter belongs to: an element, or a pair of elements such as Mo-Ni */
  readonly parameters: readonly { readonly of: string }[];
  readonly size: number;
  /** 1 where energies are linear in the parameter, shape (size) */
  readonly linear: Uint8Array;
  /** 1 for parameters that move as their logarithms, shape (size) */
  readonly positive: Uint8Array;
}

/** Everything that a fit of parametric functions works on besides the functions, as plain data that can be sent to a worker thread. */
export interface ParametricProblem extends FramesProblem {
  loss: LossSettings;
  /** energies of the free atoms on the scale of the data, eV/atom, in the order of the elements; undefined where they are fitted */
  references: Float64Array | undefined;
  /**
   * parameters that the fit stays close to where the data do not say otherwise, shape (size of the form), and the loss of a change by 1 (by a factor of e
   * for positive ones), eV/atom
   */
  prior: Float64Array;
  stiffness: number;
  /** properties that pull the fit, and their structures */
  targets?: { list: readonly Target[]; structures: readonly Structure[] } | undefined;
}

/** The same with the functions of Zjw04. */
export interface Zjw04Problem extends ParametricProblem {
  form: Zjw04Settings;
}

/** Curvature of a target within its tolerance, as a share of that outside. */
const WITHIN = 0.25;

/** Predictions for all frames. */
export interface Zjw04Prediction {
  /** eV/atom with the reference energies, shape (frames) */
  energies: Float64Array;
  /** eV/Å, shape (n, 3) for each frame */
  forces: Float64Array[];
  /** lowest and highest, by element */
  densities: { lowest: Float64Array; highest: Float64Array };
}

/**
 * The loss of the parameters over a data set: weighted smooth absolute errors of energies, forces and stresses and the pull of targets, as for
 * equations, and a weak pull towards given parameters. A point has the parameters of the form first, those that have to be positive as their logarithms, then one reference energy an element.
 */
export class ParametricObjective<Form extends ParametricForm, Problem extends ParametricProblem> implements Differentiable {
  /** the smallest cells that the frames repeat */
  private readonly frames: readonly Frame[];
  readonly size: number;
  readonly linear: Uint8Array;
  /** 1 for all parameters that a fit moves */
  readonly active: Uint8Array;
  private readonly data: AdpFrames;
  private readonly columns: AdpColumns;
  private readonly targets: AdpFrames | undefined;
  private readonly targetColumns: AdpColumns | undefined;
  /** of one frame: weights of the squares of residuals, and of the residuals */
  private readonly residuals: { square: Float64Array; linear: Float64Array };
  private readonly weights: FrameWeights;
  /** point of the prior */
  private readonly prior: Float64Array;
  private readonly groups: readonly Group[];
  private readonly scale: EnergyScale;

  constructor(
    readonly problem: Problem,
    readonly form: Form,
  ) {
    const { loss, ownWeights, references, targets } = problem;
    const { elements, kind, cutoff } = form.settings;
    const frames = problem.units.map(({ frame }) => frame);
    this.frames = frames;
    const angular = kind === 'adp';
    this.data = new AdpFrames(elements, frames, cutoff, angular);
    this.columns = new AdpColumns(this.data);
    this.targets = targets && new AdpFrames(elements, targets.structures, cutoff, angular);
    this.targetColumns = this.targets && new AdpColumns(this.targets);
    const components = Math.max(6, 3 * this.data.mostAtoms);
    this.residuals = { square: new Float64Array(components), linear: new Float64Array(components) };
    const ne = elements.length;
    this.size = this.form.size + ne;
    this.linear = new Uint8Array(this.size).fill(1, this.form.size);
    this.linear.set(this.form.linear);
    this.active = new Uint8Array(this.size).fill(1);
    if (references) this.active.fill(0, this.form.size);
    this.prior = this.point(problem.prior);
    this.weights = frameWeights(problem.frames, ownWeights, loss);
    problem.units.forEach(({ count }, s) => {
      this.weights.force[s]! *= count;
    });
    this.groups = groupsOf(frames, this.form);
    this.scale = new EnergyScale(frames, form.settings.elements, form.size);
  }

  /** The point of given parameters (and reference energies). */
  point(parameters: ArrayLike<number>): Float64Array {
    return Float64Array.from(parameters, (x, q) => (this.form.positive[q] ? Math.log(x) : x));
  }

  /** The parameters (and reference energies) of a point. */
  parameters(point: ArrayLike<number>): Float64Array {
    return Float64Array.from(point, (x, q) => (this.form.positive[q] ? Math.exp(x) : x));
  }

  loss(p: Float64Array): number {
    return this.evaluate(p, undefined, undefined, undefined);
  }

  gradient(p: Float64Array, gradient: Float64Array): number {
    return this.evaluate(p, gradient, undefined, undefined);
  }

  linearise(p: Float64Array, gradient: Float64Array, hessian: Float64Array, active?: Uint8Array): number {
    return this.evaluate(p, gradient, hessian, active);
  }

  /** The part of the loss and its gradient that a batch of frames makes, weighted up to the whole, with the pull of the targets. */
  batchGradient(p: Float64Array, gradient: Float64Array, frames: readonly number[]): number {
    return this.evaluate(p, gradient, undefined, undefined, new Set(frames));
  }

  /** Energies per atom with the reference energies, forces, and the lowest and highest density on the frames. */
  predict(point: Float64Array): Zjw04Prediction {
    const p = this.parameters(point);
    const { frames } = this;
    const tables = new AdpTables(this.form, p, this.data.grid);
    const ne = this.form.settings.elements.length;
    const energies = new Float64Array(frames.length);
    const forces: Float64Array[] = [];
    const densities = { lowest: new Float64Array(ne).fill(Infinity), highest: new Float64Array(ne) };
    frames.forEach((_, s) => {
      const result = this.data.evaluate(s, tables);
      energies[s] = this.scale.error(s, p, result.energy) + this.scale.label(s);
      const { of } = this.problem.units[s]!;
      forces.push(Float64Array.from({ length: 3 * of.length }, (_, k) => result.forces[3 * of[Math.floor(k / 3)]! + (k % 3)]!));
      this.data.frames[s]!.species.forEach((kind, i) => {
        densities.lowest[kind] = Math.min(densities.lowest[kind]!, result.densities[i]!);
        densities.highest[kind] = Math.max(densities.highest[kind]!, result.densities[i]!);
      });
    });
    return { energies, forces, densities };
  }

  /** Values of the targets, in their units. */
  targetValues(point: Float64Array): Float64Array {
    const p = this.parameters(point);
    const { targets } = this.problem;
    if (!targets || !this.targets) return new Float64Array(0);
    const energies = this.targetEnergies(new AdpTables(this.form, p, this.targets.grid));
    return Float64Array.from(targets.list, (target) => targetValue(target, energies));
  }

  private targetEnergies(tables: AdpTables): Float64Array {
    return Float64Array.from(this.targets!.frames, ({ atoms }, s) => this.targets!.evaluate(s, tables).energy / atoms);
  }

  private evaluate(
    point: Float64Array,
    gradient: Float64Array | undefined,
    hessian: Float64Array | undefined,
    active: Uint8Array | undefined,
    batch?: ReadonlySet<number>,
  ): number {
    gradient?.fill(0);
    hessian?.fill(0);
    const { form, size, problem } = this;
    const p = this.parameters(point);
    if (!p.every(Number.isFinite)) return Infinity;
    const moving: number[] = [];
    for (let q = 0; gradient && q < form.size; q++) if ((active ?? this.active)[q]) moving.push(q);
    const sums: Sums = {
      moving,
      n: moving.length + size - form.size,
      gradient: gradient && new Float64Array(moving.length + size - form.size),
      matrix: hessian && new Float64Array((moving.length + size - form.size) ** 2),
    };
    let total = 0;
    for (const group of this.groups) total += this.addFrames(p, group, sums, batch);
    for (let q = 0; q < form.size; q++) total += problem.stiffness * (point[q]! - this.prior[q]!) ** 2;
    if (problem.targets) total += this.addTargets(p, sums);
    if (!gradient) total += this.addWalls(p);
    if (!Number.isFinite(total)) return Infinity;
    if (!gradient) return total;
    const place = [...moving, ...Array.from({ length: size - form.size }, (_, e) => form.size + e)];
    const scales = place.map((q) => (form.positive[q] ? p[q]! : 1));
    place.forEach((q, a) => {
      gradient[q] = sums.gradient![a]! * scales[a]!;
      for (let b = 0; hessian && b <= a; b++) {
        const value = sums.matrix![a * sums.n + b]! * scales[a]! * scales[b]!;
        hessian[q * size + place[b]!] = value;
        hessian[place[b]! * size + q] = value;
      }
    });
    for (const q of moving) {
      gradient[q]! += 2 * problem.stiffness * (point[q]! - this.prior[q]!);
      if (hessian) hessian[q * size + q]! += 2 * problem.stiffness;
    }
    return total + this.addWalls(p, gradient, hessian);
  }

  /**
   * What the form demands of its functions themselves, which these have none of.
   * @param gradient of the point, and its Gauss-Newton matrix, both triangles, which are added to when given
   */
  protected addWalls(_p: Float64Array, _gradient?: Float64Array, _hessian?: Float64Array): number {
    return 0;
  }

  /** Adds what frames of the same elements make of the loss; returns it. */
  private addFrames(p: Float64Array, { frames, concerned }: Group, sums: Sums, batch: ReadonlySet<number> | undefined): number {
    const chosen = batch ? frames.filter((s) => batch.has(s)) : frames;
    if (chosen.length === 0) return 0;
    const { form, data, weights, frames: all } = this;
    const ne = this.size - form.size;
    // of the parameters that move, those that matter to these elements have columns here
    const places = sums.moving.flatMap((q, c) => (concerned[q] ? [c] : []));
    const columnOf = new Int32Array(form.size).fill(-1);
    places.forEach((c, k) => {
      columnOf[sums.moving[c]!] = k;
    });
    const C = places.length;
    const n = C + ne;
    const first = sums.gradient && new Float64Array(n);
    const matrix = sums.matrix && new Float64Array(n * n);
    const tables = new AdpTables(form, p, data.grid, first ? columnOf : undefined);
    const row = new Float64Array(n);
    if (first) this.columns.start(tables);
    const { square, linear } = this.residuals;
    const scale = batch ? all.length / batch.size : 1;
    let total = 0;
    for (const s of chosen) {
      const frame = all[s]!;
      const { volume } = data.frames[s]!;
      const [we, wf, ws] = [scale * weights.energy[s]!, scale * weights.force[s]!, scale * weights.stress[s]!];
      if (we + wf + ws === 0) continue;
      const result = data.evaluate(s, tables);
      const columns = first && this.columns.derive(s, tables, ws > 0 ? 'virial' : wf > 0 ? 'forces' : 'energy');
      const weigh = (x: number, w: number, r: number): void => {
        square[x] = matrix ? w : 0;
        linear[x] = w * r;
      };
      if (we > 0) {
        const r = this.scale.error(s, p, result.energy);
        const root = Math.hypot(r, SMOOTHING.energy);
        total += we * (root - SMOOTHING.energy);
        if (columns) {
          for (let c = 0; c < C; c++) row[c] = columns[c]! / frame.species.length;
          for (let e = 0; e < ne; e++) row[C + e] = this.scale.shares[s * ne + e]!;
          addRow(row, 0, n, we / root, r, first, matrix);
        }
      }
      if (wf > 0) {
        const count = result.forces.length;
        for (let x = 0; x < count; x++) {
          const r = result.forces[x]! - frame.forces![x]!;
          const root = Math.sqrt(r * r + SMOOTHING.force ** 2);
          total += wf * (root - SMOOTHING.force);
          weigh(x, wf / root, r);
        }
        if (columns) this.columns.addForces(square.subarray(0, count), linear.subarray(0, count));
      }
      if (ws > 0) {
        for (let x = 0; x < 6; x++) {
          const r = result.virial[x]! / volume - frame.stress![VOIGT[x]!]!;
          const root = Math.hypot(r, SMOOTHING.stress);
          total += ws * (root - SMOOTHING.stress);
          weigh(x, ws / root / volume ** 2, r * volume);
        }
        if (columns) this.columns.addVirial(square.subarray(0, 6), linear.subarray(0, 6));
      }
    }
    if (!first) return total;
    const own = this.columns.sums();
    for (let a = 0; a < C; a++) {
      first[a]! += own.gradient[a]!;
      for (let b = 0; matrix && b <= a; b++) matrix[a * n + b]! += own.matrix[b * own.columns + a]!;
    }
    const to = [...places, ...Array.from({ length: ne }, (_, e) => sums.moving.length + e)];
    to.forEach((c, a) => {
      sums.gradient![c]! += first[a]!;
      for (let b = 0; matrix && b <= a; b++) sums.matrix![c * sums.n + to[b]!]! += matrix[a * n + b]!;
    });
    return total;
  }

  private addTargets(p: Float64Array, { moving, n, gradient, matrix }: Sums): number {
    const targets = this.targets!;
    const derivatives = this.targetColumns!;
    const columnOf = new Int32Array(this.form.size).fill(-1);
    moving.forEach((q, c) => {
      columnOf[q] = c;
    });
    const tables = new AdpTables(this.form, p, targets.grid, gradient ? columnOf : undefined);
    const C = moving.length;
    const energies = new Float64Array(targets.frames.length);
    const rows = new Float64Array(targets.frames.length * C);
    targets.frames.forEach(({ atoms }, s) => {
      energies[s] = targets.evaluate(s, tables).energy / atoms;
      if (!gradient) return;
      const energy = derivatives.derive(s, tables, 'energy');
      for (let c = 0; c < C; c++) rows[s * C + c] = energy[c]! / atoms;
    });
    let total = 0;
    const row = new Float64Array(n);
    for (const target of this.problem.targets!.list) {
      const { excess, weight } = pullOf(target, targetValue(target, energies));
      const root = Math.sqrt(excess * excess + 1);
      total += weight * (root - 1);
      if (!gradient || (excess === 0 && !matrix)) continue;
      row.fill(0);
      for (const { structure, coefficient } of target.terms)
        for (let c = 0; c < C; c++) row[c]! += (coefficient / target.tolerance) * rows[structure * C + c]!;
      // within its tolerance a target does not pull, but a step that does not see it would leave the tolerance on the other side
      addRow(row, 0, n, excess === 0 ? WITHIN * weight : weight / root, excess, gradient, matrix);
    }
    return total;
  }
}

/**
 * The loss of the functions of Zjw04. rho_e of the first element does not move: a common factor of all densities changes nothing but how sharp the
 * switches between the branches of F are, and sharp ones fit labels by steps in F.
 */
export class Zjw04Objective extends ParametricObjective<Zjw04Form, Zjw04Problem> {
  constructor(problem: Zjw04Problem) {
    super(problem, new Zjw04Form(problem.form));
    this.active[this.form.at(problem.form.elements[0]!, 'rho_e')] = 0;
  }
}

/** Frames of the same elements. */
interface Group {
  frames: number[];
  /** 1 for parameters that their energies depend on, shape (size of the form) */
  concerned: Uint8Array;
}

function groupsOf(frames: readonly Frame[], form: ParametricForm): Group[] {
  const groups = new Map<string, Group>();
  frames.forEach(({ species }, s) => {
    const elements = new Set(species);
    const key = [...elements].sort().join();
    const group = groups.get(key) ?? {
      frames: [],
      concerned: Uint8Array.from(form.parameters, ({ of }) => (of.split('-').every((one) => elements.has(one)) ? 1 : 0)),
    };
    group.frames.push(s);
    groups.set(key, group);
  });
  return [...groups.values()];
}

/** What adds up over frames: gradient and Gauss-Newton matrix along the parameters that move and the reference energies. */
interface Sums {
  moving: readonly number[];
  n: number;
  gradient: Float64Array | undefined;
  /** lower triangle, shape (n, n) */
  matrix: Float64Array | undefined;
}
