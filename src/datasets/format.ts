import type { Frame } from '../structures/structure.js';

/**
 * Which keys of a file hold the labels, for formats that name them (extxyz, mlearn).
 * An absent entry means that the format's own list of usual names is tried.
 */
export interface LabelKeys {
  /** total energy, eV */
  energy?: string;
  /** column (extxyz) or field (mlearn) of the forces, eV/Å */
  forces?: string;
  /** stress, eV/Å³, positive = tension; 3x3 or Voigt xx yy zz yz xz xy */
  stress?: string;
  /** virial, eV; stress = -virial / volume */
  virial?: string;
  /** group of the frame */
  configType?: string;
  /** free label of the frame */
  source?: string;
}

/** Which of VASP's energies is read: `free` is consistent with the forces, `sigma0` is extrapolated to zero smearing. */
export type EnergyKind = 'free' | 'sigma0';

/** Order in which a file lists the three shear stresses. */
export type ShearOrder = 'xy yz xz' | 'xy xz yz' | 'yz xz xy';

/** What a reader is told besides the text. Readers never open anything. */
export interface ReadContext {
  /** name for messages and for `origin.file`, as the user gave it */
  file: string;
  labels?: LabelKeys;
  /** default 'free' for VASP's files; extxyz reads `energy` unless this is set and the file also has `free_energy` */
  energyKind?: EnergyKind;
  /** order of shear stresses in mlearn's six-number lists; default: VASP's, checked against sheared cells */
  shearOrder?: ShearOrder;
  /** keep ionic steps whose electronic loop did not converge; default false */
  keepUnconverged?: boolean;
}

/** Names that a file has for its labels, to be listed when a wanted one is missing. */
export interface LabelInventory {
  /** keys of whole frames */
  frameKeys: string[];
  /** per-atom columns or fields */
  atomKeys: string[];
  /** number of frames in which the key named by each entry of LabelKeys was found */
  found: Partial<Record<keyof LabelKeys, number>>;
}

export interface ReadResult {
  frames: Frame[];
  /** one line each, with file and line where they apply */
  warnings: string[];
  /** for formats that name their labels */
  inventory?: LabelInventory;
}

/** A file format: what it is called, how it is recognised, how it is read and written. */
export interface Format {
  name: string;
  /** one line for help texts */
  description: string;
  /** whether a file of this name and beginning (the first 4096 characters) is of this format */
  sniff(name: string, head: string): boolean;
  /** @throws InputError with file and 1-based line */
  read(text: string, context: ReadContext): ReadResult;
  write?(frames: readonly Frame[]): string;
}
