import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { InputError } from '../../errors.js';
import { elementOf } from '../../structures/elements.js';
import type { Structure } from '../../structures/structure.js';
import { type KPoints, meshOf } from './kpoints.js';
import { contentHash } from './labeller.js';
import type { Changes, LabelProgram, Reading } from './program.js';

/** Entries of a namelist of pw.x. */
export type Namelist = Readonly<Record<string, string | number | boolean>>;

export interface EspressoOptions {
  /** such as `mpirun -np 8 pw.x -nk 4` */
  command: string;
  /** of `&SYSTEM`, without ibrav, nat and ntyp */
  system: Namelist;
  /** of `&ELECTRONS` */
  electrons: Namelist;
  kpoints: KPoints;
  /** by chemical symbol */
  pseudos: ReadonlyMap<string, { name: string; content: Uint8Array }>;
  environment: Readonly<Record<string, string>>;
  /** entries of `&ELECTRONS` of further tries of a structure that does not converge */
  retries: readonly Namelist[];
}

/** eV in a Rydberg and Å in a Bohr radius (CODATA 2018), as pw.x has them from version 6.6 on */
const RYDBERG = 13.605693122994;
const BOHR = 0.529177210903;

const INPUT = 'pw.in';
/** The only entries of &ELECTRONS that change converged numbers. */
const PRECISION = ['conv_thr', 'scf_must_converge'];

/** Quantum ESPRESSO's pw.x, one structure a run. */
export function espressoProgram(options: EspressoOptions): LabelProgram {
  const { command, system, electrons, kpoints, pseudos, environment, retries } = options;
  if (electrons.scf_must_converge === false)
    throw new InputError('scf_must_converge = false takes unconverged runs for good', {}, { hint: 'leave it out' });
  for (const name of retries.flatMap((entries) => Object.keys(entries)))
    if (PRECISION.includes(name))
      throw new InputError(`retries set ${name}, which changes what converged runs give`, {}, { hint: 'change mixing and iterations' });
  const precise = Object.entries(electrons).filter(([name]) => PRECISION.includes(name));
  const hashes = [...pseudos].map(([symbol, { content }]) => [symbol, contentHash(content)]);
  return {
    engine: 'espresso',
    settings: contentHash('espresso', JSON.stringify([sorted(Object.entries(system)), precise, kpoints, hashes])),
    description: [
      ...Object.entries({ ...system, ...electrons }).map(([name, value]) => `${name} = ${value}`),
      `k-points: ${kpoints.mesh ? kpoints.mesh.join(' ') : `spacing ${kpoints.spacing} Å⁻¹`}`,
      ...[...pseudos].map(([symbol, { name }]) => `pseudopotential of ${symbol}: ${name}`),
      `command: ${command}`,
    ].join('\n'),
    // wave functions are large and nothing reads them
    command: `${command} -in ${INPUT} > pw.out; code=$?; rm -rf out; exit $code`,
    environment,
    retries: retries.map((entries) => Object.fromEntries(Object.entries(entries).map(([name, value]) => [name, String(value)]))),
    inputs(structure, changes) {
      const symbols = [...new Set(structure.species)];
      const files = symbols.map((symbol) => pseudoOf(pseudos, symbol));
      return {
        [INPUT]: inputText(structure, options, changes),
        ...Object.fromEntries(files.map(({ name, content }) => [name, content])),
      };
    },
    read: readOutput,
  };
}

function pseudoOf(pseudos: EspressoOptions['pseudos'], symbol: string): { name: string; content: Uint8Array } {
  const pseudo = pseudos.get(symbol);
  if (pseudo) return pseudo;
  const hint = "add it to 'pseudos'";
  throw new InputError(`the settings name no pseudopotential for ${symbol} (they have ${[...pseudos.keys()].join(', ')})`, {}, { hint });
}

function inputText(structure: Structure, { system, electrons, kpoints, pseudos }: EspressoOptions, changes: Changes): string {
  const { species, cell, positions } = structure;
  const symbols = [...new Set(species)];
  const row = (values: Float64Array, k: number) => [0, 1, 2].map((d) => values[3 * k + d]!.toFixed(12)).join(' ');
  const namelist = (name: string, entries: Namelist) => [
    `&${name}`,
    ...Object.entries(entries).map(([key, value]) => `  ${key} = ${fortran(value)}`),
    '/',
  ];
  // changes are kept as text
  const changed = Object.fromEntries(
    Object.entries(changes).map(([name, value]) => [name, Number.isFinite(Number(value)) ? Number(value) : value]),
  );
  return `${[
    ...namelist('CONTROL', { calculation: 'scf', pseudo_dir: '.', outdir: './out', disk_io: 'none', tprnfor: true, tstress: true }),
    ...namelist('SYSTEM', { ibrav: 0, nat: species.length, ntyp: symbols.length, ...system }),
    ...namelist('ELECTRONS', { ...electrons, ...changed }),
    'ATOMIC_SPECIES',
    ...symbols.map((symbol) => `${symbol} ${elementOf(symbol).mass} ${pseudos.get(symbol)!.name}`),
    'CELL_PARAMETERS angstrom',
    ...[0, 1, 2].map((k) => row(cell, k)),
    'ATOMIC_POSITIONS angstrom',
    ...species.map((symbol, i) => `${symbol} ${row(positions, i)}`),
    'K_POINTS automatic',
    `${meshOf(structure, kpoints).join(' ')} 0 0 0`,
  ].join('\n')}\n`;
}

function fortran(value: string | number | boolean): string {
  if (typeof value === 'boolean') return value ? '.true.' : '.false.';
  return typeof value === 'number' ? String(value) : `'${value}'`;
}

function readOutput(folder: string, structure: Structure): Reading {
  const path = join(folder, 'pw.out');
  const text = existsSync(path) ? readFileSync(path, 'utf8') : '';
  if (text.trim() === '') return { problem: 'broken', reason: 'pw.x wrote nothing' };
  const [, routine, message] = /Error in routine\s+(\S+)[^\n]*\n\s*([^\n]*)/.exec(text) ?? [];
  if (routine !== undefined) {
    // diagonalisation breaks down on the way to convergence; what reads input does not change its mind
    const problem = /diag|bands|electrons|potrf|hegv/i.test(routine) ? 'unconverged' : 'refused';
    return { problem, reason: `pw.x stopped in ${routine}: ${message!.trim()}` };
  }
  if (/convergence NOT achieved/.test(text)) return { problem: 'unconverged', reason: 'not converged within electron_maxstep steps' };
  // it is printed without convergence too, so it tells only that nothing was cut
  if (!/JOB DONE/.test(text)) return { problem: 'broken', reason: 'the output of pw.x was cut' };
  // the free energy, which forces and stress belong to
  const energy = /^!\s+total energy\s+=\s+(\S+) Ry/m.exec(text)?.[1];
  if (energy === undefined) return { problem: 'unconverged', reason: 'pw.x gives no converged energy' };
  const n = structure.species.length;
  const forces = [...text.matchAll(/^\s+atom\s+\d+ type\s+\d+\s+force =\s+(\S+)\s+(\S+)\s+(\S+)/gm)].slice(0, n);
  if (forces.length !== n) return { problem: 'broken', reason: `pw.x gives forces of ${forces.length} of ${n} atoms` };
  const [, stress] = /total\s+stress\s+\(Ry\/bohr\*\*3\)[^\n]*\n((?:[^\n]*\n){3})/.exec(text) ?? [];
  const rows = stress?.trimEnd().split('\n');
  return {
    label: {
      energy: Number(energy) * RYDBERG,
      forces: Float64Array.from(forces.flatMap(([, ...xyz]) => xyz.map((x) => (Number(x) * RYDBERG) / BOHR))),
      // positive is compression there
      ...(rows && {
        stress: Float64Array.from(
          rows.flatMap((row) => row.trim().split(/\s+/).slice(0, 3)),
          (x) => (-Number(x) * RYDBERG) / BOHR ** 3,
        ),
      }),
    },
    version: `Quantum ESPRESSO ${/PWSCF v\.(\S+)/.exec(text)?.[1] ?? ''}`.trim(),
  };
}

function sorted<T>(entries: [string, T][]): [string, T][] {
  return entries.sort(([a], [b]) => (a < b ? -1 : 1));
}
