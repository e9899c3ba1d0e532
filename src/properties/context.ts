import type { Structure } from '../structures/structure.js';
import { type FreeAtoms, freeAtoms } from './free-atoms.js';
import type { LammpsJob, LammpsRun, LammpsRunner, Machine, PotentialInfo, PropertySettings, StaticResult } from './property.js';
import { type RelaxedCrystal, relaxCrystal } from './relaxed-crystal.js';
import type { System } from './system.js';

/** Structures in one run: the log holds a line for each, and of long logs not everything is kept. */
const AT_ONCE = 200;

/**
 * What a property is given: the potential, the crystal, LAMMPS, and results that several properties need, each computed once.
 */
export class PropertyContext {
  private memory = new Map<string, Promise<unknown>>();
  /** what shared results are computed with, whoever asks first */
  private base: PropertyContext = this;

  constructor(
    readonly potential: PotentialInfo,
    readonly system: System,
    readonly settings: PropertySettings,
    private readonly runner: LammpsRunner,
    readonly machine: Machine,
  ) {}

  /** The same context with the runs going through another runner, save those of the results that several properties share. */
  through(wrap: (runner: LammpsRunner) => LammpsRunner): PropertyContext {
    const copy = new PropertyContext(this.potential, this.system, this.settings, wrap(this.runner), this.machine);
    copy.memory = this.memory;
    copy.base = this.base;
    return copy;
  }

  /** Runs a template of lammps-inputs/ with the potential under test; equal jobs come from the cache. @throws EngineError */
  lammps(job: LammpsJob): Promise<LammpsRun> {
    return this.runner.lammps(job);
  }

  /**
   * Energies, forces and stresses of structures as they are, in one run (`in.verify`): much cheaper than runs of their own, as
   * LAMMPS sets its tables up anew at every `run` and `minimize` (10 to 100 ms for large ones).
   * @throws EngineError when LAMMPS fails or a result is no number
   */
  async evaluate(structures: readonly Structure[]): Promise<StaticResult[]> {
    const out: StaticResult[] = [];
    for (let k = 0; k < structures.length; k += AT_ONCE) out.push(...(await this.runner.evaluate(structures.slice(k, k + AT_ONCE))));
    return out;
  }

  /** The crystal relaxed with the potential: every property starts from it. @throws EngineError when it does not relax */
  lattice(): Promise<RelaxedCrystal> {
    return this.shared('lattice', () => relaxCrystal(this.base));
  }

  /** Energies of free atoms, eV, and the cutoff of the potential, Å. */
  atoms(): Promise<FreeAtoms> {
    return this.shared('atoms', () => freeAtoms(this.base));
  }

  /** Computes something once for all properties that ask for it under the same key. */
  shared<T>(key: string, make: () => Promise<T>): Promise<T> {
    const known = this.memory.get(key) as Promise<T> | undefined;
    if (known) return known;
    const made = make();
    this.memory.set(key, made);
    return made;
  }
}
