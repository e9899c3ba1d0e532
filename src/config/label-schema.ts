import { z } from 'zod';
import { lammpsPotential, seconds } from './label-parts.js';
import { socket } from './label-socket-schema.js';

// settings of the engines that label structures, for `eqpot label` and the `label` part of other settings

const reference = z
  .strictObject({
    engine: z.literal('reference').describe('a potential evaluated by eqpot itself'),
    model: z
      .string()
      .describe('built-in name (sr1, sr2, sutton-chen-cu), run directory, model.json, or an eam, eam/alloy, eam/fs or adp file'),
  })
  .describe('labels of a potential, in process');

const lammps = z
  .strictObject({
    engine: z.literal('lammps').describe('LAMMPS'),
    ...lammpsPotential,
    lammps: z.string().default('embedded').describe('embedded, native, or a command such as "mpirun -np 4 lmp"'),
    batch: z.int().min(1).max(10000).default(100).describe('structures of one run of LAMMPS'),
    timeout: seconds('limit of one run of LAMMPS').default(600),
  })
  .describe('labels of any potential that LAMMPS knows');

/** How a program runs that is started once for each structure. */
const run = z
  .strictObject({
    parallel: z.int().min(1).max(1000).default(1).describe('runs at a time'),
    timeout: seconds('wall-clock limit of a run; a run that reaches it is repeated with twice the time').optional(),
    repeat: z
      .int()
      .min(0)
      .max(10)
      .default(1)
      .describe('how often a run that breaks (killed, no or cut output) or reaches its limit is repeated'),
    prologue: z.string().default('').describe('lines of the shell before the program, such as "module load vasp"'),
    environment: z.record(z.string(), z.string()).default({}).describe('environment variables of the program'),
    slurm: z
      .strictObject({
        partition: z.string().optional().describe('partition'),
        account: z.string().optional().describe('account'),
        qos: z.string().optional().describe('quality of service'),
        nodes: z.int().min(1).optional().describe('nodes of a job'),
        ntasks: z.int().min(1).optional().describe('MPI processes of a job'),
        cpus_per_task: z.int().min(1).optional().describe('processors of each'),
        mem: z.string().optional().describe('memory of a node, such as 8G'),
        gpus: z.string().optional().describe('GPUs of a job'),
        options: z.array(z.string()).default([]).describe('more words of sbatch, such as --constraint=haswell'),
        poll: seconds('time between two looks at the queue').default(15),
      })
      .optional()
      .describe('run as Slurm jobs, `parallel` of them in the queue, with `timeout` as their time limit; absent: on this machine'),
  })
  .prefault({})
  .describe('where and how the program runs');

const mesh = () =>
  z
    .strictObject({
      spacing: z
        .number()
        .positive()
        .optional()
        .describe('largest distance of two k-points, 2π included: ceil(2π|b| / spacing) points along each reciprocal vector')
        .meta({ unit: 'Å⁻¹' }),
      mesh: z.array(z.int().min(1)).length(3).optional().describe('the same mesh for every structure, instead of spacing'),
    })
    .refine(({ spacing, mesh }) => (spacing === undefined) !== (mesh === undefined), 'expected either spacing or mesh');

const kpoints = (spacing: number) =>
  mesh().prefault({ spacing }).describe('k-points, Gamma centred; one along directions that are not periodic');

const energyKind = z
  .enum(['free', 'sigma0'])
  .default('free')
  .describe('free, the energy consistent with the forces, or sigma0, extrapolated to no smearing');

const gpaw = z
  .strictObject({
    engine: z.literal('gpaw').describe('GPAW through ASE'),
    python: z
      .string()
      .optional()
      .describe('Python that has GPAW, with what goes before it, such as "mpirun -np 4 python3"; default: the first python3 that has it'),
    xc: z.string().default('PBE').describe('functional'),
    mode: z.enum(['pw', 'lcao', 'fd']).default('pw').describe('plane waves, atomic orbitals or a grid'),
    ecut: z.number().positive().default(400).describe('cutoff of the plane waves').meta({ unit: 'eV' }),
    basis: z.string().default('dzp').describe('atomic orbitals of lcao'),
    grid_spacing: z.number().positive().default(0.2).describe('grid of lcao and fd').meta({ unit: 'Å' }),
    kpoints: kpoints(0.2),
    smearing: z
      .enum(['fermi-dirac', 'marzari-vanderbilt', 'methfessel-paxton'])
      .default('fermi-dirac')
      .describe('occupation of states near the Fermi level'),
    smearing_width: z.number().positive().default(0.1).describe('its width').meta({ unit: 'eV' }),
    convergence: z
      .record(z.string(), z.number().positive())
      .default({ energy: 1e-5, density: 1e-4, forces: 0.005 })
      .describe('when the electrons are converged, in the terms of GPAW: energy eV/electron, density electrons/electron, forces eV/Å'),
    maxiter: z.int().min(1).default(150).describe('iterations at most'),
    mixer_beta: z.number().positive().default(0.05).describe('share of the new density (not for spin-polarised runs)'),
    mixer_history: z.int().min(1).default(5).describe('densities that are mixed'),
    mixer_weight: z.number().positive().default(50).describe('damping of long wavelengths'),
    spin_polarised: z.boolean().default(false).describe('with spin'),
    stress: z.boolean().default(false).describe('stress as well: wrong by several GPa at low cutoffs, so off'),
    energy_kind: energyKind,
    retries: z
      .array(
        z.strictObject({
          maxiter: z.int().min(1).optional(),
          mixer_beta: z.number().positive().optional(),
          mixer_history: z.int().min(1).optional(),
          mixer_weight: z.number().positive().optional(),
        }),
      )
      .default([
        { mixer_beta: 0.02, mixer_weight: 100, maxiter: 300 },
        { mixer_beta: 0.005, mixer_history: 3, mixer_weight: 100, maxiter: 600 },
      ])
      .describe('changed settings of the second, third, ... try of a structure that does not converge'),
    run,
  })
  .describe('labels of GPAW');

/** Tags of an INCAR. */
const tags = z.record(z.string(), z.union([z.string(), z.number(), z.boolean()]));

const vasp = z
  .strictObject({
    engine: z.literal('vasp').describe('VASP'),
    command: z.string().default('vasp_std').describe('how VASP is started, such as "mpirun -np 32 vasp_std"'),
    incar: z.string().optional().describe('INCAR of a static run; default: vasp-templates/INCAR.static'),
    tags: tags.default({}).describe('tags that are set in it, such as {ENCUT: 450}'),
    kpoints: mesh()
      .optional()
      .describe('k-points: a spacing that is written as KSPACING, or a mesh for KPOINTS; default: KSPACING of the INCAR'),
    potcar_folder: z.string().describe("your copy of VASP's POTCAR files, FOLDER/NAME/POTCAR (licensed with VASP, not part of eqpot)"),
    potcars: z
      .record(z.string(), z.string())
      .refine((names) => Object.keys(names).length > 0, 'expected the name of a POTCAR for each element')
      .describe('name of the POTCAR of each element, such as {Cu: Cu_pv}'),
    energy_kind: energyKind,
    retries: z
      .array(tags)
      .default([
        { ALGO: 'All', NELM: 300 },
        { ALGO: 'Normal', NELM: 500, AMIX: 0.1, BMIX: 0.01 },
      ])
      .describe('tags of the second, third, ... try of a structure that does not converge'),
    run,
  })
  .describe('labels of VASP');

/** Entries of a namelist. */
const namelist = z.record(z.string(), z.union([z.string(), z.number(), z.boolean()]));

const espresso = z
  .strictObject({
    engine: z.literal('espresso').describe("Quantum ESPRESSO's pw.x"),
    command: z.string().default('pw.x').describe('how pw.x is started, such as "mpirun -np 8 pw.x -nk 4"'),
    pseudo_folder: z.string().describe('folder of the pseudopotentials'),
    pseudos: z
      .record(z.string(), z.string())
      .refine((names) => Object.keys(names).length > 0, 'expected the file of a pseudopotential for each element')
      .describe('file of the pseudopotential of each element, such as {Cu: Cu.upf}; .gz is unpacked'),
    ecutwfc: z.number().positive().default(50).describe('cutoff of the wave functions').meta({ unit: 'Ry' }),
    ecutrho: z.number().positive().optional().describe('cutoff of the density; default eight times ecutwfc').meta({ unit: 'Ry' }),
    smearing: z.enum(['gaussian', 'mp', 'mv', 'fd']).default('mv').describe('occupation of states near the Fermi level'),
    degauss: z.number().positive().default(0.01).describe('its width').meta({ unit: 'Ry' }),
    kpoints: kpoints(0.2),
    conv_thr: z.number().positive().default(1e-8).describe('when the electrons are converged').meta({ unit: 'Ry' }),
    system: namelist.default({}).describe('more entries of &SYSTEM, such as {nspin: 2}'),
    electrons: namelist.default({ electron_maxstep: 100, mixing_beta: 0.5 }).describe('more entries of &ELECTRONS'),
    retries: z
      .array(namelist)
      .default([
        { mixing_beta: 0.3, electron_maxstep: 200, diagonalization: 'cg' },
        { mixing_beta: 0.1, mixing_mode: 'local-TF', electron_maxstep: 500, diagonalization: 'cg' },
      ])
      .describe('entries of &ELECTRONS of the second, third, ... try of a structure that does not converge'),
    run,
  })
  .describe('labels of Quantum ESPRESSO');

/** Engines that compute labels themselves. A new one is an entry here, and one in src/workflows/label/labellers.ts. */
const COMPUTING = { reference, lammps, gpaw, vasp, espresso, socket } as const;
const computing = z.discriminatedUnion('engine', [reference, lammps, gpaw, vasp, espresso, socket]);

const folder = z
  .strictObject({
    engine: z.literal('folder').describe('whoever takes jobs from a folder: eqpot label-folder on other machines, programs, persons'),
    path: z.string().describe('the folder, made as needed; on a file system that the others see too'),
    by: computing.optional().describe('settings of the engine that workers use; they need none of their own then'),
    settings: z
      .string()
      .optional()
      .describe(
        'instead of `by`: what the labels are computed with, in words such as "PBE, 400 eV, k-points 0.2/Å"; other words are other labels',
      ),
    poll: seconds('time between two looks at the folder; on local disks changes are seen at once').default(5),
    patience: seconds('results that stay incomplete for so long are set aside').default(600),
    silent_worker: seconds('jobs of a worker on another machine without a sign of life for so long are given to others').default(600),
    silent_claim: seconds('the same for claims by others than workers of eqpot, in which nothing happens').default(86_400),
  })
  .refine(({ by, settings }) => (by === undefined) !== (settings === undefined), "expected either 'by' or 'settings'")
  .describe('labels from whoever takes the jobs out of a folder');

const hub = z
  .strictObject({
    engine: z.literal('hub').describe('workers on other machines, which connect to this run: eqpot worker'),
    listen: z
      .union([z.string(), z.int()])
      .default('127.0.0.1:8765')
      .describe('PORT or HOST:PORT where workers connect; without a host from this machine only, as through ssh -L or ssh -R'),
    token_file: z
      .string()
      .optional()
      .describe('file with the secret that workers need too, made where there is none; default: the environment variable EQPOT_TOKEN'),
    by: computing.optional().describe('settings of the engine that workers use; workers with others are refused'),
    settings: z
      .string()
      .optional()
      .describe(
        'instead of `by`: what the labels are computed with, in words such as "PBE, 400 eV, k-points 0.2/Å"; other words are other labels',
      ),
    lease: seconds('jobs of a worker without a sign of life for so long are given to others').default(120),
    heartbeat: seconds('time between two checks that a worker is there').default(15),
  })
  .refine(({ by, settings }) => (by === undefined) !== (settings === undefined), "expected either 'by' or 'settings'")
  .describe('labels from workers that connect by WebSocket');

/** The settings of each engine. */
export const LABEL_SCHEMAS = { ...COMPUTING, folder, hub } as const;

/** One of them, by `engine`. */
export const labelSchema = z
  .discriminatedUnion('engine', [...computing.options, folder, hub])
  .describe('what computes energies and forces');

/** Validated settings of a labelling engine, with all defaults in place. */
export type LabelSettings = z.infer<typeof labelSchema>;
