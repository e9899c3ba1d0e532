import type { Curve, Detail, Unit } from '../../properties/property.js';

/** What became of a value. */
export type Status = 'pass' | 'fail' | 'error' | 'skipped' | 'no-reference';

/** A value of one potential as it stands in validation.json. */
export interface Verdict {
  /** null where there is none */
  value: number | null;
  unit: Unit;
  reference: number | null;
  /** value - reference */
  deviation: number | null;
  /** largest deviation that passes */
  tolerance: number | null;
  /** `no-reference`: there is nothing to compare with, or no verdict is wanted */
  status: Status;
  /** of an error: message and log; of a skipped one: why; else facts about how the value was found */
  detail: Detail;
  /** by the committee of the potential, where it has one and it was asked for */
  uncertainty?: Spread;
}

/** How much the members of a committee differ about a value. */
export interface Spread {
  /** standard deviation (with n - 1), in the unit of the value */
  spread: number;
  /** factor that brings spreads of energies to the size of the errors of held-out frames; error bars are `spread` times `scale` */
  scale: number;
  /** members that have the value */
  members: number;
}

/** A value to compare with. */
export interface ReferenceValue {
  /** in the unit of the property */
  value: number;
  unit: Unit;
  /** in the unit of the property; undefined: no verdict is wanted */
  tolerance?: number | undefined;
  /** citation */
  source: string;
  /** further values, for people */
  others: readonly { value: number; source: string }[];
  note?: string;
}

/** Points that the report draws beside the curves of the potentials. */
export interface ReferenceCurve {
  /** id of the curve that it belongs to; default: the property's only one */
  curve?: string | undefined;
  /** for the legend, such as `DFT` */
  label: string;
  /** citation */
  source: string;
  /** in the units of that curve; y may have several values for one x (branches of phonons) */
  points: readonly (readonly [number | string, ...number[]])[];
  style?: 'line' | 'points' | undefined;
}

/** A potential under test, so that it can be told from any other one. */
export interface PotentialSource {
  /** chemical symbols of the atom types */
  elements: readonly string[];
  /** lines that LAMMPS reads */
  pair: readonly string[];
  /** of everything that LAMMPS reads, or of the equation that its tables are made of; hexadecimal */
  sha256: string;
  files: readonly { name: string; bytes: number; sha256: string }[];
}

/** Everything that a validation found, as in validation.json. */
export interface Validation {
  /** version of this file's layout */
  format: 1;
  eqpot: string;
  command: string;
  /** UTC, ISO 8601 */
  date: string;
  lammps: { kind: string; version: string };
  /** what else it ran on */
  software: Readonly<Record<string, string>>;
  system: { label: string; kind: string; elements: readonly string[] };
  /** what each potential is: title or file, by its name */
  titles: Record<string, string>;
  sources: Record<string, PotentialSource>;
  /** what was chosen about the properties */
  settings: Readonly<Record<string, unknown>>;
  properties: { id: string; title: string; values: string[]; descriptions: Record<string, string> }[];
  potentials: Record<string, Record<string, Verdict>>;
  /** by potential, then by property */
  curves: Record<string, Record<string, readonly Curve[]>>;
  /** by potential, then by property: other data for pictures */
  data: Record<string, Record<string, Readonly<Record<string, unknown>>>>;
  /**
   * by potential, then by property: how far its worst structure is outside of what the potential was fitted to, in widths of the seen range;
   * 0: inside. Only of potentials that say what they were fitted to.
   */
  extrapolation?: Record<string, Record<string, number>>;
  /** the reference file */
  reference: {
    title: string | null;
    file: string | null;
    sha256: string | null;
    values: Record<string, ReferenceValue>;
    /** by property */
    curves: Readonly<Record<string, readonly ReferenceCurve[]>>;
  } | null;
  counts: Record<Status, number>;
  /** wall-clock seconds by potential, then by property; runs of several properties overlap */
  seconds: Record<string, Record<string, number>>;
}
