import { isAdp } from '../potentials/adp.js';
import type { Calculator, EamPotential } from '../potentials/eam.js';
import { evaluateEam } from '../potentials/evaluate-eam.js';
import { splined } from '../potentials/splined.js';
import type { Structure } from '../structures/structure.js';
import { copyStructure } from './copy.js';
import { EamTracker } from './eam-tracker.js';
import { closest, type Images, imagesWithin } from './images.js';

/** Total energy of a structure, eV. */
export type EnergyFunction = (structure: Structure) => number;

/** The energy of one configuration while single atoms of it are moved. */
export interface EnergyTracker {
  /**
   * Takes over a configuration.
   * @returns its total energy, eV; infinity where two atoms are closer than the minimum distance
   */
  load(structure: Structure): number;
  /** total energy, eV, if the atom stood at (x, y, z), Å; infinity where it would come closer to another than the minimum distance */
  trial(atom: number, x: number, y: number, z: number): number;
  /** makes the last trial so */
  accept(): void;
  /** a copy of the configuration as it is now */
  structure(): Structure;
}

/** Where a sampler has its energies from. */
export interface EnergyModel {
  /** @param minimumDistance Å; closer pairs count as infinite energy; 0 switches the test off */
  tracker(minimumDistance: number): EnergyTracker;
}

/**
 * Energies for a sampler from whatever there is: a function of the structure, a calculator, or an embedded-atom potential. A
 * move costs a whole evaluation with the first two and with angular terms, and only the neighbours of the moved atom (microseconds)
 * with the last.
 */
export function energyModel(source: EnergyFunction | Calculator | EamPotential): EnergyModel {
  if (typeof source === 'function') return { tracker: (minimumDistance) => new WholeTracker(source, minimumDistance) };
  // what evaluates itself may have more terms than pair, density and embedding
  if ('evaluate' in source)
    return { tracker: (minimumDistance) => new WholeTracker((structure) => source.evaluate(structure).energy, minimumDistance) };
  if (!isAdp(source)) return { tracker: (minimumDistance) => new EamTracker(source, minimumDistance) };
  const fast = splined(source);
  return { tracker: (minimumDistance) => new WholeTracker((structure) => evaluateEam(fast, structure).energy, minimumDistance) };
}

/** Evaluates the whole structure for every move. */
class WholeTracker implements EnergyTracker {
  private current!: Structure;
  private images!: Images;
  private readonly moved = { atom: 0, x: 0, y: 0, z: 0 };

  constructor(
    private readonly energy: EnergyFunction,
    private readonly minimumDistance: number,
  ) {}

  load(structure: Structure): number {
    this.current = copyStructure(structure);
    if (this.minimumDistance > 0) {
      this.images = imagesWithin(structure, this.minimumDistance);
      const { positions } = structure;
      for (let i = 0; i < structure.species.length; i++)
        if (this.tooClose(i, positions[3 * i]!, positions[3 * i + 1]!, positions[3 * i + 2]!)) return Infinity;
    }
    return this.energy(this.current);
  }

  trial(atom: number, x: number, y: number, z: number): number {
    Object.assign(this.moved, { atom, x, y, z });
    if (this.tooClose(atom, x, y, z)) return Infinity;
    const { positions } = this.current;
    const before = positions.slice(3 * atom, 3 * atom + 3);
    positions.set([x, y, z], 3 * atom);
    const energy = this.energy(this.current);
    positions.set(before, 3 * atom);
    return energy;
  }

  accept(): void {
    const { atom, x, y, z } = this.moved;
    this.current.positions.set([x, y, z], 3 * atom);
  }

  structure(): Structure {
    return copyStructure(this.current);
  }

  private tooClose(atom: number, x: number, y: number, z: number): boolean {
    return this.minimumDistance > 0 && closest(this.current, this.images, atom, x, y, z) < this.minimumDistance;
  }
}
