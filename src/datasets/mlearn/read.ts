import { InputError } from '../../errors.js';
import type { Frame } from '../../structures/structure.js';
import { checkCell } from '../cell-check.js';
import { isElement, symbolHint } from '../elements.js';
import type { LabelKeys, ReadContext, ReadResult } from '../format.js';
import { stressFromVasp } from '../units.js';
import { WarningTally } from '../warnings.js';
import { type JsonRecord, jsonRecords } from './records.js';
import { DEFAULT_SHEAR_ORDER, provenShearOrder, sixToMatrix } from './shear-order.js';

type Json = Record<string, unknown>;

/**
 * Reads the records of an mlearn or SNAP JSON file; conventions in schema.ts.
 * @throws InputError with file and the record's line
 */
export function readMlearn(text: string, context: ReadContext): ReadResult {
  const warnings = new WarningTally(context.file);
  const found: Partial<Record<keyof LabelKeys, number>> = {};
  const frameKeys = new Set<string>();
  const sixes: { frame: Frame; cell: Float64Array; stress: Float64Array }[] = [];
  const frames = jsonRecords(text, context.file).map((record, index) => {
    const reader = new RecordReader(record, context, index);
    const frame = reader.frame(warnings);
    for (const key of reader.keys) frameKeys.add(key);
    for (const label of reader.found) found[label] = (found[label] ?? 0) + 1;
    const stress = reader.stress();
    if (stress?.length === 9) frame.stress = stressFromVasp(stress);
    else if (stress) sixes.push({ frame, cell: frame.cell, stress });
    return frame;
  });
  const proven = provenShearOrder(sixes);
  const order = context.shearOrder ?? proven ?? DEFAULT_SHEAR_ORDER;
  for (const { frame, stress } of sixes) frame.stress = stressFromVasp(sixToMatrix(stress, order));
  if (proven && proven !== order)
    warnings.add(`the sheared cells say that shear stresses are listed as ${proven}, but "${order}" was asked for and is used`);
  else if (proven && proven !== DEFAULT_SHEAR_ORDER)
    warnings.add(`shear stresses are read as ${proven}, not ${DEFAULT_SHEAR_ORDER}: the file's own sheared cells prove it`);
  else if (!proven && !context.shearOrder && sixes.some(({ stress }) => stress.subarray(3).some((x) => Math.abs(x) > 1)))
    warnings.add(`shear stresses are read as ${order}; no sheared cells in the file prove that order`);
  return {
    frames,
    warnings: warnings.list(),
    inventory: { frameKeys: [...frameKeys], atomKeys: [], found },
  };
}

class RecordReader {
  private readonly record: Json;
  /** `outputs` or `data` */
  private readonly outputs: Json;
  readonly found: (keyof LabelKeys)[] = [];

  constructor(
    private readonly source: JsonRecord,
    private readonly context: ReadContext,
    private readonly index: number,
  ) {
    this.record = this.object(source.value, 'the record');
    this.outputs = this.object(this.record.outputs ?? this.record.data ?? {}, '"outputs"');
    for (const label of Object.keys(context.labels ?? {}) as (keyof LabelKeys)[])
      if (this.named(label) !== undefined) this.found.push(label);
  }

  /** names of everything that could be a label */
  get keys(): string[] {
    return [...Object.keys(this.outputs), ...Object.keys(this.record).filter((key) => typeof this.record[key] === 'string')];
  }

  frame(warnings: WarningTally): Frame {
    const structure = this.object(this.record.structure, '"structure"');
    const lattice = this.object(structure.lattice, '"structure.lattice"');
    const cell = this.numbers(lattice.matrix, 9, '"structure.lattice.matrix"');
    const place = { file: this.context.file, line: this.source.line };
    const pbc = Array.isArray(lattice.pbc) ? lattice.pbc.map(Boolean) : [true, true, true];
    checkCell(cell, pbc, place);
    const sites = structure.sites;
    if (!Array.isArray(sites) || sites.length === 0) throw this.error('"structure.sites" is not a list of atoms');
    const positions = new Float64Array(3 * sites.length);
    const species = sites.map((site, i) => {
      const value = this.object(site, `site ${i + 1}`);
      positions.set(this.position(value, cell, i, warnings), 3 * i);
      return this.element(value, i);
    });
    const frame: Frame = {
      cell,
      pbc: [pbc[0]!, pbc[1]!, pbc[2]!],
      species,
      positions,
      configType: this.configType(species),
      source: this.string(this.named('source') ?? this.record.description),
      origin: { file: this.context.file, index: this.index, line: this.source.line },
    };
    const energy = this.energy(sites.length);
    if (energy !== undefined) frame.energy = energy;
    const forces = this.named('forces') ?? (this.context.labels?.forces === undefined ? this.outputs.forces : undefined);
    if (forces !== undefined) frame.forces = this.numbers(forces, 3 * sites.length, 'forces');
    return frame;
  }

  /** stress as it stands in the file, kB, shape (6) or (9) */
  stress(): Float64Array | undefined {
    const wanted = this.context.labels?.stress ?? this.context.labels?.virial;
    const value = wanted !== undefined ? this.outputs[wanted] : (this.outputs.stress ?? this.outputs.virial_stress);
    if (value === undefined || value === null) return undefined;
    const flat = Array.isArray(value) ? value.flat() : [];
    return this.numbers(flat, flat.length === 9 ? 9 : 6, 'stress');
  }

  private named(label: keyof LabelKeys): unknown {
    const key = this.context.labels?.[label];
    return key === undefined ? undefined : (this.outputs[key] ?? this.record[key]);
  }

  private energy(n: number): number | undefined {
    const wanted = this.context.labels?.energy;
    const total = wanted === undefined ? this.outputs.energy : this.named('energy');
    if (total !== undefined) return this.numbers([total], 1, wanted ?? 'energy')[0]!;
    const each = this.outputs.energy_per_atom;
    return wanted === undefined && each !== undefined ? this.numbers([each], 1, 'energy_per_atom')[0]! * n : undefined;
  }

  /** `group`; where that is only the composition (SNAP's newer files), `tags` instead */
  private configType(species: readonly string[]): string {
    if (this.context.labels?.configType !== undefined) return this.string(this.named('configType')) || 'default';
    const group = this.string(this.record.group);
    const tags = this.string(this.record.tags);
    const elements = [...new Set(species)];
    const isComposition = elements.length > 0 && elements.every((e) => group.includes(e)) && /^([A-Z][a-z]?\d*)+$/.test(group);
    return (
      (isComposition && tags ? (elements.length > 1 ? `${group}_${tags}` : tags) : group || tags || this.string(this.record.tag)) ||
      'default'
    );
  }

  private string(value: unknown): string {
    if (Array.isArray(value)) return value.map((v) => this.string(v)).join('_');
    return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
  }

  private position(site: Json, cell: Float64Array, i: number, warnings: WarningTally): Float64Array {
    const xyz = site.xyz === undefined ? undefined : this.numbers(site.xyz, 3, `xyz of site ${i + 1}`);
    const abc = site.abc === undefined ? undefined : this.numbers(site.abc, 3, `abc of site ${i + 1}`);
    const fromAbc = abc && [0, 1, 2].map((d) => abc[0]! * cell[d]! + abc[1]! * cell[3 + d]! + abc[2]! * cell[6 + d]!);
    if (xyz && fromAbc?.some((x, d) => Math.abs(x - xyz[d]!) > 1e-3))
      warnings.add('xyz and abc of a site are not the same place; xyz is used', this.source.line);
    const position = xyz ?? (fromAbc && Float64Array.from(fromAbc));
    if (!position) throw this.error(`site ${i + 1} has neither xyz nor abc`);
    return position;
  }

  private element(site: Json, i: number): string {
    const species = site.species;
    if (!Array.isArray(species) || species.length !== 1) throw this.error(`site ${i + 1} is not of exactly one element`);
    const only = this.object(species[0], `species of site ${i + 1}`);
    const symbol = this.string(only.element);
    if (only.occu !== undefined && only.occu !== 1) throw this.error(`site ${i + 1} has the occupation ${String(only.occu)}, not 1`);
    if (!isElement(symbol)) throw this.error(`site ${i + 1}: "${symbol}" is not an element`, symbolHint(symbol));
    return symbol;
  }

  private object(value: unknown, what: string): Json {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) throw this.error(`${what} is missing or not an object`);
    return value as Json;
  }

  private numbers(value: unknown, count: number, what: string): Float64Array {
    const flat: unknown[] = Array.isArray(value) ? value.flat() : [];
    if (flat.length !== count) throw this.error(`${what} has ${flat.length} numbers, not ${count}`);
    return Float64Array.from(flat, (x) => {
      if (typeof x !== 'number' || !Number.isFinite(x))
        throw this.error(`${what} holds ${JSON.stringify(x)}, which is not a finite number`);
      return x;
    });
  }

  private error(message: string, hint = 'expected a record as pymatgen and mlearn write it'): InputError {
    return new InputError(`record ${this.index + 1}: ${message}`, { file: this.context.file, line: this.source.line }, { hint });
  }
}
