import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { InputError } from '../../errors.js';
import { canStart } from '../lammps/native.js';
import { packagedFile } from '../packaged.js';
import { runProcess } from '../process.js';
import { type KPoints, meshOf } from './kpoints.js';
import { contentHash } from './labeller.js';
import type { Changes, LabelProgram, Reading } from './program.js';
import { toStructureRecord } from './records.js';

/** What GPAW is told; the names are those of the settings file. */
export interface GpawSettings {
  xc: string;
  mode: 'pw' | 'lcao' | 'fd';
  /** eV, of plane waves */
  ecut: number;
  /** of lcao */
  basis: string;
  /** Å, of lcao and fd */
  grid_spacing: number;
  kpoints: KPoints;
  smearing: 'fermi-dirac' | 'marzari-vanderbilt' | 'methfessel-paxton';
  /** eV */
  smearing_width: number;
  /** energy eV/electron, density electrons/electron, eigenstates eV²/electron, forces eV/Å */
  convergence: Readonly<Record<string, number>>;
  maxiter: number;
  mixer_beta: number;
  mixer_history: number;
  mixer_weight: number;
  spin_polarised: boolean;
  stress: boolean;
  energy_kind: 'free' | 'sigma0';
}

/** How GPAW is started. */
export interface GpawProgram {
  /** Python with GPAW and ASE, with what goes before it, such as `mpirun -np 4 python3` */
  python: string;
  environment: Readonly<Record<string, string>>;
  retries: readonly Readonly<Record<string, number | string>>[];
}

const INPUT = 'job.json';
const RESULT = 'result.json';

/** GPAW through ASE, one structure a process: `bridges/python/gpaw_label.py`. */
export function gpawProgram(settings: GpawSettings, { python, environment, retries }: GpawProgram): LabelProgram {
  const { kpoints, ...plain } = settings;
  const script = packagedFile('bridges/python/gpaw_label.py');
  return {
    engine: 'gpaw',
    settings: contentHash('gpaw', JSON.stringify(numbersOf(settings))),
    description: Object.entries(settings)
      .map(([name, value]) => `${name}: ${typeof value === 'object' ? JSON.stringify(value) : value}`)
      .join('\n'),
    command: `${python} '${script.replaceAll("'", "'\\''")}' ${INPUT} ${RESULT}`,
    environment,
    retries: retries.map((changes) => Object.fromEntries(Object.entries(changes).map(([name, value]) => [name, String(value)]))),
    inputs(structure, changes) {
      const all = { ...plain, ...typed(changes), mesh: meshOf(structure, kpoints) };
      return { [INPUT]: `${JSON.stringify({ structure: toStructureRecord(structure), settings: all })}\n` };
    },
    read: readResult,
  };
}

/** What changes the converged numbers. */
function numbersOf({ maxiter, mixer_beta, mixer_history, mixer_weight, ecut, basis, grid_spacing, ...rest }: GpawSettings): object {
  if (rest.mode === 'pw') return { ...rest, ecut };
  return rest.mode === 'lcao' ? { ...rest, grid_spacing, basis } : { ...rest, grid_spacing };
}

/**
 * The first Python of this machine that has GPAW: a distribution installs it for its own, which need not be the first in PATH.
 * @throws InputError where there is none
 */
export async function pythonWithGpaw(candidates: readonly string[] = ['python3', '/usr/bin/python3']): Promise<string> {
  const question = 'import importlib.util as u, sys; sys.exit(not (u.find_spec("gpaw") and u.find_spec("ase")))';
  for (const python of candidates) {
    if (!canStart(python)) continue;
    const { exitCode } = await runProcess(python, ['-c', question], { timeoutSeconds: 60 });
    if (exitCode === 0) return python;
  }
  throw new InputError(
    `no Python here has GPAW (${candidates.join(', ')})`,
    {},
    { hint: "install it (Debian: apt install gpaw gpaw-data), or name its Python in 'python'" },
  );
}

/** Changed settings are kept as text; all that may be changed are numbers. */
function typed(changes: Changes): Record<string, number> {
  return Object.fromEntries(Object.entries(changes).map(([name, value]) => [name, Number(value)]));
}

function readResult(folder: string): Reading {
  const path = join(folder, RESULT);
  if (!existsSync(path)) {
    const log = join(folder, 'run.log');
    // the last line of a Python traceback says what was wrong
    const last = existsSync(log) ? readFileSync(log, 'utf8').trim().split('\n').at(-1)! : '';
    const missing = /ModuleNotFoundError|setups?.*not found|Could not find|FileNotFoundError/i.test(last);
    return { problem: missing ? 'refused' : 'broken', reason: `GPAW left no result${last ? `: ${last.slice(0, 300)}` : ''}` };
  }
  let result: Record<string, unknown>;
  try {
    result = JSON.parse(readFileSync(path, 'utf8')) as Record<string, unknown>;
  } catch {
    return { problem: 'broken', reason: `${RESULT} is no JSON` };
  }
  if (result.problem === 'unconverged') return { problem: 'unconverged', reason: `not converged: ${String(result.reason)}` };
  if (typeof result.energy !== 'number' || !Array.isArray(result.forces)) return { problem: 'broken', reason: `${RESULT} has no energy` };
  const { energy, forces, stress, version } = result;
  return {
    label: {
      energy,
      forces: Float64Array.from(forces as number[]),
      ...(Array.isArray(stress) && { stress: Float64Array.from(stress as number[]) }),
    },
    version: String(version),
  };
}
