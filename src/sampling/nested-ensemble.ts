import { InputError } from '../errors.js';
import type { RandomStream } from '../math/random.js';
import { type Structure, volume } from '../structures/structure.js';
import { type CellMoves, proposeCell } from './cell-moves.js';
import type { EnergyModel, EnergyTracker } from './energy-model.js';

export interface NestedEnsembleOptions {
  /** iterations after the first generation; default 100 */
  iterations?: number;
  /** moves tried for each atom in an iteration; default 4 */
  sweeps?: number;
  /** part of the configurations that lies below the next ceiling; default 0.5, the median of the paper */
  quantile?: number;
  /** largest displacement along each axis in the first iteration, Å; default 0.5. It is adapted afterwards. */
  step?: number;
  /** part of the moves that should be accepted; default 0.4 */
  acceptance?: number;
  /** closer pairs are refused, Å; default 0, no limit */
  minimumDistance?: number;
  /**
   * Energies below this are refused as a hole of the model, eV/atom; default none. Equations that fall to minus infinity at short
   * distances draw every configuration into their holes otherwise.
   */
  energyFloor?: number;
  /** the run ends when the energies of a generation are within this, eV/atom; default 1e-6 */
  tolerance?: number;
  /** default: cells do not change */
  cellMoves?: CellMoves;
  /** asked between walks; true ends the run after the iteration before */
  stop?: () => boolean;
}

/** A configuration with its energy. */
export interface Member {
  structure: Structure;
  /** total, eV */
  energy: number;
  /** 0 for the first generation */
  iteration: number;
}

/** What one iteration did. */
export interface IterationRecord {
  iteration: number;
  /** all energies of this generation are below it, eV/atom; infinity for the first */
  ceiling: number;
  /** energies of the generation, eV/atom, growing */
  energies: Float64Array;
  /** accepted part of the moves of single atoms */
  acceptance: number;
  /** largest displacement along each axis, Å */
  step: number;
}

/** `holes`: hardly any start is outside of the model's holes */
export type Ending = 'iterations' | 'converged' | 'stopped' | 'holes';

/** configurations of refused holes that are kept */
const HOLES = 16;
/** bounds of the step, Å */
const SHORTEST_STEP = 1e-4;

/**
 * Nested-ensemble Monte Carlo ("Nested ensemble for configuration sampling", Methods of the SR1/SR2 paper): the first generation
 * is taken as it is; the median of each generation is the ceiling of the next, whose configurations are the survivors below it,
 * copied to fill the generation and perturbed by random moves of single atoms (and of the cell) that stay below. The ensemble
 * sinks through the energy landscape, each iteration into half of the configuration space of the one before.
 *
 * Energies are compared per atom, so the starts may differ in size. One call of `next` is one iteration; everything random comes
 * from the stream that is handed in.
 */
export class NestedEnsemble {
  /** the present generation */
  live: Member[] = [];
  iteration = 0;
  ended: Ending | undefined;
  /** configurations that fell below the energy floor, at most 16: where the model is wrong */
  readonly holes: Member[] = [];
  private ceiling = Infinity;
  private step: number;
  private cellStep = 0.02;
  private readonly tracker: EnergyTracker;
  private readonly trial: EnergyTracker;
  private readonly origins = new Map<Member, Float64Array>();

  /** @throws InputError when there are fewer than two starts; `next` throws it when more than half have no energy or atoms too close */
  constructor(
    model: EnergyModel,
    private readonly starts: readonly Structure[],
    private readonly random: RandomStream,
    private readonly options: NestedEnsembleOptions = {},
  ) {
    if (starts.length < 2) throw new InputError(`a nested ensemble needs at least two configurations, not ${starts.length}`);
    const quantile = options.quantile ?? 0.5;
    if (!(quantile > 0 && quantile < 1)) throw new InputError(`the quantile of the ceiling must be between 0 and 1, not ${quantile}`);
    this.step = options.step ?? 0.5;
    this.tracker = model.tracker(options.minimumDistance ?? 0);
    this.trial = options.cellMoves ? model.tracker(options.minimumDistance ?? 0) : this.tracker;
  }

  /** One iteration; undefined when the run has ended. */
  next(): IterationRecord | undefined {
    if (this.ended) return undefined;
    if (this.live.length === 0) return this.begin();
    if (this.iteration >= (this.options.iterations ?? 100)) return this.end('iterations');
    const perAtom = this.live.map(energyPerAtom);
    const ceiling = quantileOf(perAtom, this.options.quantile ?? 0.5);
    const survivors = this.live.filter((_, k) => perAtom[k]! < ceiling);
    const spread = Math.max(...perAtom) - Math.min(...perAtom);
    if (survivors.length === 0 || spread < (this.options.tolerance ?? 1e-6)) return this.end('converged');
    const parents = this.live.map((_, k) => survivors[k] ?? survivors[this.random.integer(survivors.length)]!);
    const counts = { tried: 0, accepted: 0, cellsTried: 0, cellsAccepted: 0 };
    const next: Member[] = [];
    const origins = parents.map((parent) => this.origins.get(parent)!);
    for (const parent of parents) {
      if (this.options.stop?.()) return this.end('stopped');
      next.push(this.walk(parent, ceiling, counts));
    }
    this.origins.clear();
    next.forEach((member, k) => {
      this.origins.set(member, origins[k]!);
    });
    this.live = next;
    this.ceiling = ceiling;
    this.iteration++;
    const acceptance = counts.tried > 0 ? counts.accepted / counts.tried : 0;
    const record = this.record(acceptance);
    this.adapt(acceptance, counts.cellsTried > 0 ? counts.cellsAccepted / counts.cellsTried : undefined);
    return record;
  }

  private begin(): IterationRecord | undefined {
    let wrong = 0;
    for (const structure of this.starts) {
      const energy = this.tracker.load(structure);
      const member = { structure: this.tracker.structure(), energy: Number.isNaN(energy) ? Infinity : energy, iteration: 0 };
      if (this.isHole(energyPerAtom(member))) {
        this.keepHole(member);
        wrong++;
        continue;
      }
      this.live.push(member);
      this.origins.set(member, structure.cell);
    }
    const usable = this.live.filter((member) => Number.isFinite(member.energy)).length;
    if (2 * (usable + wrong) < this.starts.length)
      throw new InputError(
        `only ${usable} of ${this.starts.length} starting configurations have a usable energy`,
        {},
        { hint: 'start from larger cells or keep the atoms further apart (minimum distance)' },
      );
    return usable < 2 ? this.end('holes') : this.record(0);
  }

  /** Moves a copy of `parent` about, below the ceiling (eV/atom). */
  private walk(
    parent: Member,
    ceiling: number,
    counts: { tried: number; accepted: number; cellsTried: number; cellsAccepted: number },
  ): Member {
    const { tracker, random, step } = this;
    const { cellMoves } = this.options;
    const n = parent.structure.species.length;
    const limit = ceiling * n;
    let current = parent.structure;
    let energy = tracker.load(current);
    // a sum over images in another order may end a last digit above the ceiling
    if (!(energy < limit)) energy = parent.energy;
    const positions = current.positions.slice();
    let mover = tracker;
    let spare = this.trial;
    for (let sweep = 0; sweep < (this.options.sweeps ?? 4); sweep++) {
      for (let atom = 0; atom < n; atom++) {
        const x = positions[3 * atom]! + random.range(-step, step);
        const y = positions[3 * atom + 1]! + random.range(-step, step);
        const z = positions[3 * atom + 2]! + random.range(-step, step);
        const moved = mover.trial(atom, x, y, z);
        counts.tried++;
        if (!(moved < limit)) continue;
        if (this.isHole(moved / n)) {
          this.keepHole({ structure: withAtom(current, positions, atom, x, y, z), energy: moved, iteration: this.iteration + 1 });
          continue;
        }
        mover.accept();
        counts.accepted++;
        energy = moved;
        positions[3 * atom] = x;
        positions[3 * atom + 1] = y;
        positions[3 * atom + 2] = z;
      }
      if (!cellMoves) continue;
      counts.cellsTried++;
      const proposed = proposeCell({ ...current, positions }, this.origins.get(parent)!, cellMoves, this.cellStep, random);
      const moved = proposed ? spare.load(proposed) : Infinity;
      if (!proposed || !(moved < limit) || this.isHole(moved / n)) continue;
      counts.cellsAccepted++;
      energy = moved;
      current = proposed;
      positions.set(proposed.positions);
      [mover, spare] = [spare, mover];
    }
    return { structure: mover.structure(), energy, iteration: this.iteration + 1 };
  }

  private adapt(acceptance: number, cells: number | undefined): void {
    const target = this.options.acceptance ?? 0.4;
    const factor = (found: number) => Math.min(1.3, Math.max(0.7, (found + 0.1) / (target + 0.1)));
    const edge = Math.cbrt(volume(this.live[0]!.structure.cell));
    this.step = Math.min(edge / 2, Math.max(SHORTEST_STEP, this.step * factor(acceptance)));
    if (cells !== undefined) this.cellStep = Math.min(0.2, Math.max(1e-5, this.cellStep * factor(cells)));
  }

  private record(acceptance: number): IterationRecord {
    const energies = Float64Array.from(this.live, energyPerAtom).sort();
    return { iteration: this.iteration, ceiling: this.ceiling, energies, acceptance, step: this.step };
  }

  private end(how: Ending): undefined {
    this.ended = how;
    return undefined;
  }

  private isHole(perAtom: number): boolean {
    return perAtom < (this.options.energyFloor ?? -Infinity) || perAtom === -Infinity;
  }

  private keepHole(member: Member): void {
    if (this.holes.length < HOLES) this.holes.push(member);
  }
}

/** Everything that a run gave. */
export interface NestedEnsembleResult {
  /** configurations of all generations, in order */
  members: Member[];
  history: IterationRecord[];
  ended: Ending;
  holes: readonly Member[];
}

/**
 * Runs a nested ensemble to its end and keeps the configurations of every generation.
 * @param onIteration called after each iteration with its record and its configurations
 */
export function nestedEnsemble(
  model: EnergyModel,
  starts: readonly Structure[],
  random: RandomStream,
  options: NestedEnsembleOptions = {},
  onIteration?: (record: IterationRecord, live: readonly Member[]) => void,
): NestedEnsembleResult {
  const ensemble = new NestedEnsemble(model, starts, random, options);
  const members: Member[] = [];
  const history: IterationRecord[] = [];
  for (let record = ensemble.next(); record; record = ensemble.next()) {
    history.push(record);
    members.push(...ensemble.live);
    onIteration?.(record, ensemble.live);
  }
  return { members, history, ended: ensemble.ended!, holes: ensemble.holes };
}

function energyPerAtom(member: Member): number {
  return member.energy / member.structure.species.length;
}

/** The value below which the given part of the values lies, interpolated; the largest finite one where that is infinite. */
function quantileOf(values: readonly number[], quantile: number): number {
  const sorted = Float64Array.from(values).sort();
  const at = quantile * (sorted.length - 1);
  const low = sorted[Math.floor(at)]!;
  const high = sorted[Math.ceil(at)]!;
  const value = low + (at > Math.floor(at) ? (high - low) * (at - Math.floor(at)) : 0);
  return Number.isFinite(value) ? value : Math.max(...sorted.filter(Number.isFinite));
}

function withAtom(current: Structure, positions: Float64Array, atom: number, x: number, y: number, z: number): Structure {
  const moved = positions.slice();
  moved.set([x, y, z], 3 * atom);
  return { cell: current.cell.slice(), pbc: [...current.pbc], species: [...current.species], positions: moved };
}
