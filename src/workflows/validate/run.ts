import type { LammpsOutput } from '../../engines/lammps/engine.js';
import { logTail } from '../../engines/lammps/engine.js';
import { type LammpsStructure, vectorsBack } from '../../engines/lammps/structures.js';
import { EngineError } from '../../errors.js';
import type { LammpsRun } from '../../properties/property.js';
import { inverse, multiplyRows, type Structure } from '../../structures/structure.js';

/** Name of the file that templates append their results to. */
export const RESULTS = 'results.txt';

/** A structure of a job as it is and as LAMMPS got it. */
export interface GivenStructure {
  structure: Structure;
  written: LammpsStructure;
}

/** What is kept of a run. */
export type KeptOutput = Pick<LammpsOutput, 'log'> & { files: Record<string, string> };

/** The results of a run for a property. */
export class FinishedRun implements LammpsRun {
  readonly log: string;
  readonly files: Readonly<Record<string, string>>;
  private readonly results = new Map<string, string[][]>();

  constructor(
    output: KeptOutput,
    private readonly template: string,
    private readonly given: Readonly<Record<string, GivenStructure>>,
  ) {
    this.log = output.log;
    this.files = output.files;
    for (const line of (output.files[RESULTS] ?? '').split('\n')) {
      const [name, ...words] = line.trim().split(/\s+/);
      if (!name) continue;
      const rows = this.results.get(name);
      if (rows) rows.push(words);
      else this.results.set(name, [words]);
    }
  }

  rows(name: string): number[][] {
    return (this.results.get(name) ?? []).map((words) =>
      words.map((word) => {
        const value = Number(word);
        if (!Number.isFinite(value)) throw this.error(`the result is no number: ${name} ${words.join(' ')}`);
        return value;
      }),
    );
  }

  row(name: string, length: number): number[] {
    const rows = this.rows(name);
    if (rows.length !== 1 || rows[0]!.length < length)
      throw this.error(
        `expected one line '${name}' of ${length} numbers in the results, found ${rows.length === 1 ? rows[0]!.length : `${rows.length} lines`}`,
      );
    return rows[0]!;
  }

  relaxed(name: string, dump: string, box = 'box'): Structure {
    const { structure, written } = this.structure(name);
    const [lx, ly, lz, xy, xz, yz] = this.row(box, 6) as [number, number, number, number, number, number];
    const rows = Float64Array.of(lx, 0, 0, xy, ly, 0, xz, yz, lz);
    const fractional = this.scaledPositions(dump, structure.species.length);
    // the same combination of lattice vectors that made LAMMPS's box makes the new cell
    const combination = multiplyRows(multiplyRows(structure.cell, written.rotation), inverse(written.box));
    return {
      cell: vectorsBack(multiplyRows(combination, rows), written.rotation),
      pbc: [...structure.pbc],
      species: [...structure.species],
      positions: vectorsBack(multiplyRows(fractional, rows), written.rotation),
    };
  }

  rotation(name: string): Float64Array {
    return this.structure(name).written.rotation;
  }

  error(message: string): EngineError {
    return new EngineError(`${this.template}: ${message}`, logTail(this.log));
  }

  private structure(name: string): GivenStructure {
    const given = this.given[name];
    if (!given) throw new Error(`the job has no structure ${name}`);
    return given;
  }

  /** Last snapshot of a dump with `id type xs ys zs`. */
  private scaledPositions(dump: string, natoms: number): Float64Array {
    const body = (this.files[dump] ?? '').split(/ITEM: ATOMS id type xs ys zs[^\n]*\n/).at(-1)!;
    const out = new Float64Array(3 * natoms).fill(Number.NaN);
    for (const line of body.split('\n')) {
      const words = line.trim().split(/\s+/);
      if (words.length === 5) out.set(words.slice(2).map(Number), 3 * (Number(words[0]) - 1));
    }
    if (out.some((value) => !Number.isFinite(value))) throw this.error(`the positions of ${natoms} atoms are not all in ${dump}`);
    return out;
  }
}
