import { existsSync, readFileSync, statSync } from 'node:fs';
import { homedir } from 'node:os';
import { basename, join, resolve } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { folderLabeller } from '../../../bridges/files/folder/labeller.js';
import type { LabelSettings } from '../../config/label-schema.js';
import { version } from '../../config/version.js';
import { espressoProgram } from '../../engines/labelling/espresso.js';
import { gpawProgram, pythonWithGpaw } from '../../engines/labelling/gpaw.js';
import { contentHash, type Labeller } from '../../engines/labelling/labeller.js';
import { lammpsLabeller } from '../../engines/labelling/lammps.js';
import { programLabeller } from '../../engines/labelling/program.js';
import { referenceLabeller } from '../../engines/labelling/reference.js';
import { directRunner, type Runner } from '../../engines/labelling/run.js';
import { slurmRunner } from '../../engines/labelling/slurm.js';
import { readPotcars } from '../../engines/labelling/vasp/potcar.js';
import { vaspProgram } from '../../engines/labelling/vasp.js';
import { findLammps } from '../../engines/lammps/find.js';
import { canStart } from '../../engines/lammps/native.js';
import { packagedFile } from '../../engines/packaged.js';
import { InputError } from '../../errors.js';
import { loadModel } from '../../load-model.js';
import { EquationPotential, writeModel } from '../../potentials/equation-potential.js';
import { hubFrom } from './hub.js';
import { lammpsPotential } from './lammps-potential.js';
import { socketFrom } from './socket.js';

type SettingsOf<Engine extends LabelSettings['engine']> = Extract<LabelSettings, { engine: Engine }>;

/** How each engine is made from its settings. `directory` is the folder that relative paths start from. */
const LABELLERS: { [Engine in LabelSettings['engine']]: (settings: SettingsOf<Engine>, directory: string) => Promise<Labeller> } = {
  reference,
  lammps,
  gpaw,
  vasp,
  espresso,
  folder,
  socket: socketFrom,
  hub,
};

/**
 * The engine that the settings describe, ready to label.
 * @throws InputError for a potential, a program or a file that is not there
 */
export function createLabeller(settings: LabelSettings, directory: string): Promise<Labeller> {
  const make = LABELLERS[settings.engine] as (settings: LabelSettings, directory: string) => Promise<Labeller>;
  return make(settings, directory);
}

async function reference({ model }: SettingsOf<'reference'>, directory: string): Promise<Labeller> {
  const { name, potential } = loadModel(model, directory);
  const path = resolve(directory, model);
  const definition =
    potential instanceof EquationPotential
      ? writeModel(potential.model)
      : readFileSync(statSync(path).isDirectory() ? join(path, 'model.json') : path);
  return referenceLabeller({ name, potential, definition, version: `eqpot ${version()}` });
}

async function lammps(settings: SettingsOf<'lammps'>, directory: string): Promise<Labeller> {
  return lammpsLabeller({
    ...lammpsPotential('lammps', settings, directory),
    lammps: await findLammps(settings.lammps),
    batch: settings.batch,
    timeoutSeconds: settings.timeout,
  });
}

async function gpaw({ engine: _, run, python, retries, ...settings }: SettingsOf<'gpaw'>): Promise<Labeller> {
  const { environment } = run;
  const program = gpawProgram(settings, {
    python: python ?? (await pythonWithGpaw()),
    // more threads only stand in each other's way where matrices are small
    environment: { OMP_NUM_THREADS: '1', ...environment },
    retries: retries.map((changes) => defined(changes) as Record<string, number>),
  });
  return programLabeller(program, runnerFor(run), run);
}

async function vasp(settings: SettingsOf<'vasp'>, directory: string): Promise<Labeller> {
  const { run, command, potcars: potcarNames, kpoints } = settings;
  const incarFile = settings.incar === undefined ? packagedFile('vasp-templates/INCAR.static') : resolve(directory, settings.incar);
  if (!existsSync(incarFile)) throw new InputError('there is no such INCAR', { file: incarFile });
  const program = vaspProgram({
    incar: readFileSync(incarFile, 'utf8'),
    incarFile,
    tags: tagsOf(settings.tags),
    ...(kpoints && { kpoints: defined(kpoints) }),
    potcars: readPotcars(resolve(directory, homed(settings.potcar_folder)), potcarNames),
    potcarNames,
    command,
    environment: run.environment,
    retries: settings.retries.map(tagsOf),
    energyKind: settings.energy_kind,
  });
  return programLabeller(program, runnerFor(run), run);
}

async function espresso(settings: SettingsOf<'espresso'>, directory: string): Promise<Labeller> {
  const { run, command, kpoints, ecutwfc, ecutrho = 8 * ecutwfc, smearing, degauss, conv_thr } = settings;
  const folder = resolve(directory, homed(settings.pseudo_folder));
  const pseudos = Object.entries(settings.pseudos).map(([symbol, file]) => {
    const path = join(folder, file);
    if (!existsSync(path)) throw new InputError(`there is no such pseudopotential of ${symbol}`, { file: path });
    const bytes = readFileSync(path);
    const packed = file.endsWith('.gz');
    return [symbol, { name: basename(packed ? file.slice(0, -3) : file), content: packed ? gunzipSync(bytes) : bytes }] as const;
  });
  const program = espressoProgram({
    command,
    system: { occupations: 'smearing', smearing, degauss, ecutwfc, ecutrho, ...settings.system },
    electrons: { conv_thr, ...settings.electrons },
    kpoints: defined(kpoints),
    pseudos: new Map(pseudos),
    environment: { OMP_NUM_THREADS: '1', ...run.environment },
    retries: settings.retries,
  });
  return programLabeller(program, runnerFor(run), run);
}

/** Values of INCAR tags as VASP reads them. */
function tagsOf(tags: Readonly<Record<string, string | number | boolean>>): Record<string, string> {
  const text = (value: string | number | boolean) => (typeof value === 'boolean' ? (value ? '.TRUE.' : '.FALSE.') : String(value));
  return Object.fromEntries(Object.entries(tags).map(([name, value]) => [name.toUpperCase(), text(value)]));
}

/** A path with `~` for the home folder. */
function homed(path: string): string {
  return path.replace(/^~(?=\/|$)/, homedir());
}

/** The entries that are not undefined. */
function defined<T extends object>(entries: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(entries).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]?: Exclude<T[K], undefined>;
  };
}

function runnerFor({ timeout, prologue, slurm }: SettingsOf<'gpaw'>['run']): Runner {
  const limit = timeout === undefined ? {} : { limitSeconds: timeout };
  if (!slurm) return directRunner({ ...limit, prologue });
  if (!canStart('sbatch'))
    throw new InputError('there is no sbatch here', {}, { hint: 'start eqpot on a machine of the cluster, or leave run.slurm out' });
  const { options, poll, ...words } = slurm;
  const named = Object.entries(words).flatMap(([name, value]) => (value === undefined ? [] : [`--${name.replaceAll('_', '-')}=${value}`]));
  return slurmRunner({ ...limit, prologue, pollSeconds: poll, options: [...named, ...options] });
}

async function hub(settings: SettingsOf<'hub'>, directory: string): Promise<Labeller> {
  const computing = settings.by && (await createLabeller(settings.by, directory));
  await computing?.close?.();
  return hubFrom(settings, directory, computing);
}

async function folder(settings: SettingsOf<'folder'>, directory: string): Promise<Labeller> {
  const { path, by, settings: words, poll, patience, silent_worker: silentWorker, silent_claim: silentClaim } = settings;
  const computing = by && (await createLabeller(by, directory));
  await computing?.close?.();
  return folderLabeller({
    path: resolve(directory, path),
    folder:
      by && computing
        ? { settings: computing.settings, description: computing.description, by: { settings: by, directory: resolve(directory) } }
        : { settings: contentHash('folder', words!), description: words! },
    poll,
    patience,
    silentWorker,
    silentClaim,
  });
}
