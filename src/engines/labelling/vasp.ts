import { writePoscar } from '../../datasets/poscar/write.js';
import { InputError } from '../../errors.js';
import type { Structure } from '../../structures/structure.js';
import { type KPoints, meshOf } from './kpoints.js';
import { contentHash } from './labeller.js';
import type { Changes, LabelProgram } from './program.js';
import { CONVERGENCE_TAGS, incarTags, withTags } from './vasp/incar.js';
import { readVasp } from './vasp/result.js';

export interface VaspOptions {
  /** text of the INCAR */
  incar: string;
  /** where it was read, for messages */
  incarFile: string;
  /** tags that are set in it */
  tags: Readonly<Record<string, string>>;
  /** default: KSPACING of the INCAR */
  kpoints?: KPoints;
  /** POTCAR by chemical symbol */
  potcars: ReadonlyMap<string, Uint8Array>;
  /** for people: names of the POTCARs by symbol */
  potcarNames: Readonly<Record<string, string>>;
  /** such as `mpirun -np 32 vasp_std` */
  command: string;
  environment: Readonly<Record<string, string>>;
  /** tags of further tries of a structure that does not converge */
  retries: readonly Changes[];
  energyKind: 'free' | 'sigma0';
}

/**
 * VASP, one structure a run: POSCAR, INCAR, POTCAR, and KPOINTS where a mesh is given or a direction is not periodic.
 * @throws InputError for an INCAR that moves atoms or has no k-points, and for retries that change converged numbers
 */
export function vaspProgram(options: VaspOptions): LabelProgram {
  const { kpoints, potcars, potcarNames, energyKind, command, environment } = options;
  const spacing: Record<string, string> = kpoints?.spacing === undefined ? {} : { KSPACING: String(kpoints.spacing), KGAMMA: '.TRUE.' };
  const incar = withTags(options.incar, { ...options.tags, ...spacing });
  const tags = incarTags(incar);
  check(options, tags);
  const physics = [...tags].filter(([name]) => !CONVERGENCE_TAGS.includes(name)).sort(([a], [b]) => (a < b ? -1 : 1));
  const hashes = [...potcars].map(([symbol, bytes]) => [symbol, contentHash(bytes)]);
  return {
    engine: 'vasp',
    settings: contentHash('vasp', JSON.stringify([physics, kpoints?.mesh ?? null, hashes, energyKind])),
    description: [
      ...[...tags].map(([name, value]) => `${name} = ${value}`),
      ...(kpoints?.mesh ? [`KPOINTS: ${kpoints.mesh.join(' ')}`] : []),
      ...Object.entries(potcarNames).map(([symbol, name]) => `POTCAR of ${symbol}: ${name}`),
      `energy: ${energyKind}`,
      `command: ${command}`,
    ].join('\n'),
    command,
    environment,
    retries: options.retries,
    inputs(structure, changes) {
      // in the order of POSCAR
      const parts = [...new Set(structure.species)].map((symbol) => potcarOf(potcars, symbol));
      const mesh = fixedMesh(structure, kpoints, tags);
      return {
        POSCAR: writePoscar(structure, 'eqpot'),
        INCAR: withTags(incar, changes),
        POTCAR: Buffer.concat(parts),
        ...(mesh ? { KPOINTS: `mesh of eqpot\n0\nGamma\n${mesh.join(' ')}\n0 0 0\n` } : {}),
      };
    },
    read: (folder, structure) => readVasp(folder, structure, energyKind),
  };
}

function potcarOf(potcars: VaspOptions['potcars'], symbol: string): Uint8Array {
  const potcar = potcars.get(symbol);
  if (potcar) return potcar;
  const names = [...potcars.keys()].join(', ');
  throw new InputError(`the settings name no POTCAR for ${symbol} (they have ${names})`, {}, { hint: "add it to 'potcars'" });
}

/** The mesh where KPOINTS has to say it. */
function fixedMesh(structure: Structure, kpoints: KPoints | undefined, tags: Map<string, string>): number[] | undefined {
  if (kpoints?.mesh) return [...kpoints.mesh];
  // KSPACING would put points along the vacuum too
  return structure.pbc.every(Boolean) ? undefined : meshOf(structure, { spacing: Number(tags.get('KSPACING')) });
}

function check({ incarFile, kpoints, retries }: VaspOptions, tags: Map<string, string>): void {
  const place = { file: incarFile };
  if (Number(tags.get('NSW') ?? 0) > 0)
    throw new InputError(`NSW = ${tags.get('NSW')} moves the atoms, and a label belongs to the structure as it is`, place, {
      hint: 'set NSW to 0; vasp-templates/INCAR.static is meant for this',
    });
  if (kpoints === undefined && !(Number(tags.get('KSPACING')) > 0))
    throw new InputError('there is no KSPACING', place, { hint: "set it, or 'kpoints' in the settings" });
  for (const name of retries.flatMap((changes) => Object.keys(changes)))
    if (!CONVERGENCE_TAGS.includes(name.toUpperCase()))
      throw new InputError(
        `retries set ${name}, which changes what converged runs give`,
        {},
        { hint: `they may set ${CONVERGENCE_TAGS.slice(0, 20).join(', ')}, ...` },
      );
}
