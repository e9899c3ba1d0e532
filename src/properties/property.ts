import type { Structure } from '../structures/structure.js';
import type { PropertyContext } from './context.js';
import type { System } from './system.js';

/** Unit of a property's value. Reference values are converted to it. '' is a plain number. */
export type Unit =
  | 'Å'
  | 'Å³'
  | 'eV'
  | 'eV/atom'
  | 'meV/atom'
  | 'eV/Å²'
  | 'GPa'
  | 'mJ/m²'
  | 'THz'
  | 'K'
  | '1e-6/K'
  | 'µs/atom/step'
  | 'g/cm³'
  | '';

/** Short facts beside a value, for `detail` in validation.json: numbers in the unit that the name says, or a sentence. */
export type Detail = Readonly<Record<string, string | number | boolean | null | readonly number[] | readonly string[]>>;

/** A name under which a property puts a value into validation.json, and which a reference file may use. */
export interface ValueInfo {
  /** snake case, such as `surface_111` */
  name: string;
  unit: Unit;
  /** a few words for `--list` */
  description: string;
}

/** One computed value. */
export interface PropertyValue {
  name: string;
  /** finite, in the unit of the value */
  value: number;
  unit: Unit;
  detail?: Detail;
}

/** A value that could not be computed although others of the same property could. */
export interface FailedValue {
  name: string;
  unit: Unit;
  /** what went wrong */
  error: string;
}

/** Numbers along an axis with what they are. */
export interface Axis {
  label: string;
  unit: string;
  values: readonly number[];
}

/** Points or a line for a picture in the report, plain JSON. */
export interface Curve {
  /** unique within the property; curves of the same id of several potentials are drawn together */
  id: string;
  title: string;
  x: Axis;
  y: Axis;
  /** how it is drawn; default line */
  style?: 'line' | 'points';
}

/** What a property found. */
export interface PropertyOutcome {
  values: readonly PropertyValue[];
  failures?: readonly FailedValue[];
  curves?: readonly Curve[];
  /** anything else that the report draws (facets of a Wulff shape, ...), plain JSON */
  data?: Readonly<Record<string, unknown>>;
}

/** What the user chose about the properties. */
export interface PropertySettings {
  /** Miller indices of surfaces; undefined: the usual ones of the crystal */
  surfaces?: readonly (readonly [number, number, number])[];
  /** names of values that are asked for besides the usual ones (`surface_433`); those that a property does not know are of others */
  names?: readonly string[];
  /** ids and values that are computed and no others: of a property that is not among them only the values that are; undefined: everything */
  only?: readonly string[];
  /** seed of everything random */
  seed: number;
}

/**
 * What a property of many alike values computes.
 * @param knows whether a name is one of these values
 * @param usual the values without a wish
 * @param whole other names for all of them: the property itself, and what follows from all
 */
export function askedFor<T extends { name: string }>(
  { names = [], only }: PropertySettings,
  usual: readonly T[],
  knows: (name: string) => T | undefined,
  whole: readonly string[],
): T[] {
  const all = (wanted: readonly string[]): T[] => wanted.flatMap((name) => usual.find((each) => each.name === name) ?? knows(name) ?? []);
  if (only && !only.some((name) => whole.includes(name))) return all(only);
  return [...new Map([...usual, ...all(names)].map((each) => [each.name, each])).values()];
}

/** A materials property: one file in this folder, one template in `lammps-inputs/`, one line in registry.ts. */
export interface Property {
  /** snake case, for --properties */
  readonly id: string;
  readonly title: string;
  /** runs only with --long */
  readonly long?: boolean;
  /** what it costs, for people: shown by --list, and before a long one begins */
  readonly cost: string;
  /** needs a native LAMMPS with mpirun (NEB) */
  readonly needsNative?: boolean;
  /** needs the program Phonopy */
  readonly needsPhonopy?: boolean;
  /** files of lammps-inputs/ that it runs */
  readonly templates: readonly string[];
  /** names of all values that it gives for this system */
  values(system: System, settings: PropertySettings): readonly ValueInfo[];
  /** whether a name could be one of its values for some other system or setting, such as `surface_763` */
  knows?(name: string): boolean;
  /** why it makes no sense for this system, one sentence; undefined where it does */
  applies?(system: System): string | undefined;
  /**
   * Computes it.
   * @throws EngineError (what `context.lammps` throws) or any EqpotError: the property then has the status `error` with that message
   */
  run(context: PropertyContext): Promise<PropertyOutcome>;
}

/** One LAMMPS run of a property. */
export interface LammpsJob {
  /** file in lammps-inputs/, such as `in.elastic` */
  template: string;
  /** data files that the template reads, by name, in the frame of LAMMPS */
  structures?: Readonly<Record<string, Structure>>;
  /** other files that the template reads */
  files?: Readonly<Record<string, string | Uint8Array>>;
  /** `-var name value ...`; `deck`, `types` and `results` are set by the runner */
  variables?: Readonly<Record<string, string | number | readonly string[]>>;
  /** default 600 */
  timeoutSeconds?: number;
  /** nothing else runs meanwhile (measurements of time) */
  alone?: boolean;
  /** `mpirun -np N lmp -partition Nx1`, native LAMMPS only */
  partitions?: number;
}

/** What came out of a LAMMPS run. Broken physics (lost atoms, NaN, overlaps) was already thrown as an error. */
export interface LammpsRun {
  /** the end of the log file */
  readonly log: string;
  /** files that the run wrote, by name */
  readonly files: Readonly<Record<string, string>>;
  /**
   * Lines `name value value ...` of the results file, in order.
   * @throws EngineError when a value is no finite number
   */
  rows(name: string): readonly (readonly number[])[];
  /** The only such line. @throws EngineError when there is not exactly one of at least `length` numbers */
  row(name: string, length: number): readonly number[];
  /**
   * A structure of the job with the box (row `box`: lx ly lz xy xz yz) and the positions (dump `id type xs ys zs`) that LAMMPS
   * left, turned back into the frame and the lattice vectors of the structure that went in.
   */
  relaxed(structure: string, dump: string, box?: string): Structure;
  /** Rows in LAMMPS's frame are rows of the structure's frame times this, shape (3, 3) row-major. */
  rotation(structure: string): Float64Array;
  /** An error about this run with the tail of its log. */
  error(message: string): Error;
}

/** A structure as it is under the potential, nothing moved. */
export interface StaticResult {
  /** total, eV */
  energy: number;
  /** each atom's share, eV, shape (n) */
  atomEnergies: Float64Array;
  /** eV/Å, shape (n, 3) row-major */
  forces: Float64Array;
  /** eV/Å³, shape (3, 3) row-major, positive = tension; undefined without a cell */
  stress: Float64Array | undefined;
}

/** Runs jobs with the potential under test. */
export interface LammpsRunner {
  lammps(job: LammpsJob): Promise<LammpsRun>;
  evaluate(structures: readonly Structure[]): Promise<StaticResult[]>;
}

/** What the properties are computed on, besides LAMMPS. */
export interface Machine {
  /** LAMMPS with its version, such as `native 29 Sep 2021` */
  lammps: string;
  /** name of the processor */
  processor: string;
  /**
   * Runs Phonopy with these arguments and files; gives the files that it wrote by name. undefined where it is not installed.
   * @throws EngineError when it fails
   */
  phonopy: ((words: readonly string[], files: Readonly<Record<string, string>>) => Promise<Record<string, string>>) | undefined;
}

/** What properties know of the potential under test. */
export interface PotentialInfo {
  name: string;
  /** chemical symbols of the atom types 1, 2, ... */
  elements: readonly string[];
}
