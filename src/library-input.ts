import { readFrames } from './datasets/read.js';
import { InputError } from './errors.js';
import { type LoadedModel, loadModel } from './load-model.js';
import type { EamPotential } from './potentials/eam.js';
import { type EquationModel, EquationPotential } from './potentials/equation-potential.js';
import type { Frame } from './structures/structure.js';

/** A model as a program may have it at hand. */
export type ModelInput =
  /** a built-in name, a run directory, a model.json or a LAMMPS potential file */
  | string
  /** what `loadModel` gives */
  | LoadedModel
  /** what `readModel`, `builtinModel` and the result of `fit` (as `model`) give */
  | EquationModel
  /** exact functions without a reference energy */
  | EamPotential
  /** what `fit` gives */
  | { readonly model: EquationModel };

/** Numbers of a structure, typed or not. */
type Numbers = ArrayLike<number>;

/** A frame as a program writes it: what is not there gets its usual value. */
export interface FrameInput {
  /** lattice vectors as rows, Å, shape (3, 3) row-major */
  cell: Numbers;
  /** default: periodic */
  pbc?: readonly [boolean, boolean, boolean];
  /** chemical symbols, shape (n) */
  species: readonly string[];
  /** Å, shape (n, 3) row-major */
  positions: Numbers;
  /** eV */
  energy?: number;
  /** eV/Å, shape (n, 3) row-major */
  forces?: Numbers;
  /** eV/Å³, shape (3, 3) row-major, tension positive */
  stress?: Numbers;
  configType?: string;
  source?: string;
  origin?: Frame['origin'];
}

/** Data as a program may have it at hand: one file or several, or frames. */
export type DataInput = string | readonly string[] | readonly FrameInput[];

/**
 * The model with its functions and reference energies.
 * @throws InputError for a name or file that `loadModel` refuses, and for anything that is no model
 */
export function modelFrom(input: ModelInput): LoadedModel {
  if (typeof input === 'string') return loadModel(input);
  const model: { potential?: unknown; model?: unknown; embedding?: unknown; element?: unknown } = asObject(input);
  if (typeof model.potential === 'object') return named(input as LoadedModel);
  if (typeof model.model === 'object') return modelFrom(model.model as EquationModel);
  if (typeof model.embedding === 'function') return ofPotential(input as EamPotential);
  if (typeof model.embedding === 'object' && typeof model.element === 'string')
    return ofPotential(new EquationPotential(input as EquationModel));
  throw new InputError(
    `expected a model, found ${kindOf(input)}`,
    {},
    {
      hint: 'give a built-in name, the path of a run directory or potential file, or what loadModel, readModel or fit returned',
    },
  );
}

function named({ name = 'model', kind = 'equation', potential, referenceEnergies = {} }: Partial<LoadedModel>): LoadedModel {
  return { name, kind, potential: potential!, referenceEnergies };
}

function ofPotential(potential: EamPotential): LoadedModel {
  if (!(potential instanceof EquationPotential)) return { name: 'potential', kind: 'tabulated', potential, referenceEnergies: {} };
  return { name: potential.model.title, kind: 'equation', potential, referenceEnergies: potential.referenceEnergies };
}

/**
 * The frames of files, or frames of a program with what they lack.
 * @throws InputError for files that `readFrames` refuses, and for anything that is no frame, with its index
 */
export function framesFrom(input: DataInput): Frame[] {
  const list: readonly unknown[] = typeof input === 'string' ? [input] : Array.isArray(input) ? input : [];
  if (list.length === 0)
    throw new InputError(
      `expected data, found ${kindOf(input)}`,
      {},
      {
        hint: 'give the path of a data file, a list of paths, or a list of frames such as readFrames(...).frames',
      },
    );
  if (list.every((entry) => typeof entry === 'string')) return readFrames(list).frames;
  return list.map(frameFrom);
}

function frameFrom(entry: unknown, index: number): Frame {
  const wrong = (what: string): InputError =>
    new InputError(
      `frame ${index}: ${what}`,
      {},
      { hint: 'a frame has cell (9 numbers, Å), species and positions (3 numbers an atom, Å)' },
    );
  const frame: Partial<FrameInput> = asObject(entry);
  const { species, pbc = [true, true, true], energy, configType = 'default', source = '', origin = { file: 'frame', index } } = frame;
  if (!Array.isArray(species) || species.length === 0 || !species.every((symbol) => typeof symbol === 'string'))
    throw wrong(`expected species to be a list of chemical symbols, found ${kindOf(species)}`);
  const numbers = (name: 'cell' | 'positions' | 'forces' | 'stress', length: number): Float64Array => {
    const values = frame[name];
    const found = values === undefined || typeof values !== 'object' ? kindOf(values) : `${values.length}`;
    if (found !== String(length)) throw wrong(`expected ${length} numbers as ${name}, found ${found}`);
    const out = values instanceof Float64Array ? values : Float64Array.from(values as Numbers);
    const bad = out.findIndex((value) => !Number.isFinite(value));
    if (bad >= 0) throw wrong(`${name}[${bad}] is not a finite number`);
    return out;
  };
  if (energy !== undefined && !Number.isFinite(energy)) throw wrong('energy is not a finite number, eV');
  return {
    cell: numbers('cell', 9),
    pbc: [...pbc],
    species: [...species],
    positions: numbers('positions', 3 * species.length),
    ...(energy !== undefined && { energy }),
    ...(frame.forces !== undefined && { forces: numbers('forces', 3 * species.length) }),
    ...(frame.stress !== undefined && { stress: numbers('stress', 9) }),
    configType,
    source,
    origin,
  };
}

function asObject(value: unknown): object {
  return typeof value === 'object' && value !== null ? value : {};
}

function kindOf(value: unknown): string {
  if (value === undefined || value === null) return 'nothing';
  if (Array.isArray(value)) return value.length === 0 ? 'an empty list' : 'a list';
  return { object: 'an object', string: 'text' }[typeof value as string] ?? `a ${typeof value}`;
}
