import { EngineError } from '../../errors.js';
import { type Structure, volume } from '../../structures/structure.js';
import type { LammpsEngine } from './engine.js';
import { logTail } from './engine.js';
import { lammpsInput } from './inputs.js';
import { dumpText, tensorBack, toLammps, vectorsBack } from './structures.js';

/** LAMMPS's bar in eV/Å³ for `units metal` (nktv2p in src/update.cpp); its own rounded constant undoes its own conversion. */
export const BAR_PER_EV_PER_ANGSTROM3 = 1.6021765e6;

/** What tells LAMMPS which potential to use. */
export interface LammpsPotential {
  /** lines with pair_style and pair_coeff; file names in them are names in `files` */
  pairLines: string;
  /** potential files */
  files: Record<string, string | Uint8Array>;
  /** atom types 1, 2, ... */
  elements: readonly string[];
  /** Å */
  cutoff: number;
  /** variables that the pair lines use */
  variables?: Record<string, string | readonly string[]>;
}

/** Result for one structure. Values are NaN where LAMMPS gave NaN. */
export interface LammpsEvaluation {
  /** total, eV */
  energy: number;
  /** each atom's share: its embedding energy and half of its pair energies, eV, shape (n) */
  atomEnergies: Float64Array;
  /** eV/Å, shape (n, 3) */
  forces: Float64Array;
  /** eV/Å³, shape (3, 3), positive = tension; undefined without a cell */
  stress: Float64Array | undefined;
}

/**
 * Energies, forces and stresses of many structures in one LAMMPS run (`lammps-inputs/in.verify`).
 * @throws EngineError when LAMMPS fails, or loses an atom
 * @throws InputError for a structure that cannot be written
 */
export async function evaluateInLammps(
  engine: LammpsEngine,
  potential: LammpsPotential,
  structures: readonly Structure[],
  options: { timeoutSeconds?: number; abort?: AbortSignal } = {},
): Promise<LammpsEvaluation[]> {
  if (structures.length === 0) return [];
  const written = structures.map((structure) => toLammps(structure, potential.elements, potential.cutoff));
  const output = await engine.run({
    script: lammpsInput('in.verify'),
    files: { ...potential.files, 'eqpot.pair': potential.pairLines, 'eqpot.structures': dumpText(written) },
    variables: {
      ...potential.variables,
      deck: 'eqpot.pair',
      structures: 'eqpot.structures',
      forces: 'eqpot.forces',
      types: String(potential.elements.length),
    },
    ...options,
  });
  const table = thermoRows(output.log);
  const dump = forceBlocks(output.files['eqpot.forces']);
  return structures.map((structure, k) => {
    const thermo = table.get(k + 1);
    const rows = dump.get(k + 1);
    const n = structure.species.length;
    if (!thermo || !rows)
      throw new EngineError(`LAMMPS wrote no result for structure ${k + 1} of ${structures.length}`, logTail(output.log));
    if (thermo[0] !== n || rows.length !== n)
      throw new EngineError(`LAMMPS has ${thermo[0]} of the ${n} atoms of structure ${k + 1}`, logTail(output.log));
    const forces = new Float64Array(3 * n).fill(Number.NaN);
    const atomEnergies = new Float64Array(n).fill(Number.NaN);
    for (const [id, x, y, z, share] of rows as [number, number, number, number, number][]) {
      forces.set([x, y, z], 3 * (id - 1));
      atomEnergies[id - 1] = share;
    }
    const { rotation, boxVolume } = written[k]!;
    const v = volume(structure.cell);
    const [xx, yy, zz, xy, xz, yz] = thermo.slice(2) as [number, number, number, number, number, number];
    // pressure is the negative of stress; LAMMPS's box may hold vacuum that the cell has not
    const scale = -boxVolume / v / BAR_PER_EV_PER_ANGSTROM3;
    const stress = Float64Array.of(xx, xy, xz, xy, yy, yz, xz, yz, zz).map((p) => p * scale);
    return {
      energy: thermo[1]!,
      atomEnergies,
      forces: vectorsBack(forces, rotation),
      stress: v > 0 ? tensorBack(stress, rotation) : undefined,
    };
  });
}

/** Rows of the log's table by timestep: atoms, energy, six pressures. */
function thermoRows(log: string): Map<number, number[]> {
  const out = new Map<number, number[]>();
  let inside = false;
  for (const line of log.split('\n')) {
    if (/^\s*Step\b/.test(line)) inside = true;
    else if (/^Loop time/.test(line)) inside = false;
    else if (inside) {
      const [step, ...rest] = line.trim().split(/\s+/).map(Number) as [number, ...number[]];
      if (Number.isInteger(step) && rest.length === 8) out.set(step, rest);
    }
  }
  return out;
}

/** Lines of numbers of each snapshot of a dump by timestep. */
function forceBlocks(text: string | Uint8Array | undefined): Map<number, number[][]> {
  const out = new Map<number, number[][]>();
  for (const block of String(text ?? '').split('ITEM: TIMESTEP\n')) {
    const [head, body] = block.split(/ITEM: ATOMS.*\n/) as [string, string | undefined];
    if (body === undefined) continue;
    const rows = body
      .trimEnd()
      .split('\n')
      .filter((line) => line !== '');
    out.set(
      Number.parseInt(head, 10),
      rows.map((line) => line.trim().split(/\s+/).map(Number)),
    );
  }
  return out;
}
