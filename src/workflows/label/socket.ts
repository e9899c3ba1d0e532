import { readFileSync, statSync } from 'node:fs';
import { basename, resolve } from 'node:path';
import { ipiAddressText, parseIpiAddress, unixName } from '../../../bridges/sockets/ipi/address.js';
import { prepareAsIs, prepareForLammps } from '../../../bridges/sockets/ipi/prepare.js';
import { CODATA, OF_LAMMPS } from '../../../bridges/sockets/ipi/units.js';
import type { LabelSettings } from '../../config/label-schema.js';
import { writeExtxyz } from '../../datasets/extxyz/write.js';
import { contentHash, type Labeller } from '../../engines/labelling/labeller.js';
import { socketLabeller } from '../../engines/labelling/socket.js';
import type { ClientPlace, SocketProgram } from '../../engines/labelling/socket-client.js';
import { decode } from '../../engines/lammps/engine.js';
import { findLammps } from '../../engines/lammps/find.js';
import { lammpsInput } from '../../engines/lammps/inputs.js';
import { lammpsInPath, runLammps } from '../../engines/lammps/native.js';
import { dataText, toLammps } from '../../engines/lammps/structures.js';
import { runProcess } from '../../engines/process.js';
import { InputError } from '../../errors.js';
import type { Structure } from '../../structures/structure.js';
import { lammpsPotential } from './lammps-potential.js';

type SocketSettings = Extract<LabelSettings, { engine: 'socket' }>;

/** What a program is, how it is started, and what of it changes the numbers. */
interface Described {
  program: SocketProgram;
  title: string;
  hash: string;
  version: string;
}

/** Files beside every program. */
const STRUCTURE = 'structure.extxyz';
const DATA = 'structure.data';
/** LAMMPS wants a port also for a unix socket. */
const ANY_PORT = '31415';
/** Å; vacuum along directions without periodicity, where no potential says how far it reaches. */
const VACUUM_FOR = 15;

/**
 * The socket engine: LAMMPS with a potential, any program by its command, or one that somebody else starts.
 * @throws InputError for settings that do not say what computes
 */
export async function socketFrom(settings: SocketSettings, directory: string): Promise<Labeller> {
  const { clients, timeout, start_timeout, structures_per_start, stress, address } = settings;
  const described = await describe(settings, directory);
  const restart = structures_per_start ?? Infinity;
  return socketLabeller({
    program: described.program,
    description: [
      described.title,
      `program: ${settings.program}`,
      ...(described.version === UNKNOWN ? [] : [`version: ${described.version}`]),
      ...(structures_per_start === undefined ? [] : [`started afresh every ${structures_per_start} structures`]),
    ].join('\n'),
    // a plane-wave code that goes on from another cell keeps its basis: when it is started counts
    hash: contentHash(described.hash, String(restart)),
    version: described.version,
    ...(address === undefined ? {} : { address: parseIpiAddress(address) }),
    clients,
    times: { start: start_timeout, structure: timeout },
    structuresPerStart: restart,
    stress,
  });
}

const UNKNOWN = 'unknown';

async function describe(settings: SocketSettings, directory: string): Promise<Described> {
  const { program, command, potential, pair_style, address, method } = settings;
  const withPotential = potential !== undefined || pair_style !== undefined;
  if (withPotential && (command !== undefined || program !== 'lammps'))
    throw new InputError('the socket engine has a potential and a program of its own', {}, { hint: "give 'potential' or 'command'" });
  if (withPotential) return lammpsByPotential(settings, directory);
  if (command !== undefined) return byCommand(settings, command, directory);
  if (address === undefined || method === undefined)
    throw new InputError(
      'the socket engine does not say what computes',
      {},
      {
        hint: "give 'potential' for LAMMPS, 'command' for any other program, or 'address' and 'method' where you start the program yourself",
      },
    );
  return { ...other(settings), title: `${method}, started elsewhere`, hash: contentHash(program, method) };
}

/** LAMMPS with the project's own script. */
async function lammpsByPotential(settings: SocketSettings, directory: string): Promise<Described> {
  if (settings.lammps === 'embedded')
    throw new InputError('the embedded LAMMPS has no sockets', {}, { hint: "use 'lammps: native', or the engine 'lammps'" });
  const { potential, title, hash } = lammpsPotential('socket', settings, directory);
  const lammps = await findLammps(settings.lammps);
  const words = settings.lammps === 'native' ? [lammpsInPath()!] : settings.lammps.trim().split(/\s+/);
  const variables = Object.entries({ ...potential.variables, data: DATA, deck: 'eqpot.pair' });
  return {
    title: `LAMMPS, ${title}\n${potential.pairLines.trim()}`,
    hash: contentHash('lammps', hash),
    version: `native ${await lammps.version()}`,
    program: {
      units: OF_LAMMPS,
      prepare: (structure) => prepareForLammps(structure, potential.elements, potential.cutoff),
      files: ({ structure }) => ({
        ...potential.files,
        ...startFiles(structure),
        [DATA]: dataText(toLammps(structure, potential.elements, potential.cutoff), potential.elements),
        'eqpot.pair': potential.pairLines,
        'in.socket': lammpsInput('in.socket'),
      }),
      run: ({ address }, options) => {
        const socket =
          'path' in address
            ? { name: unixName(address) ?? address.path, port: ANY_PORT, mode: 'unix' }
            : { name: address.host, port: String(address.port), mode: 'reset' };
        const given = [...variables, ...Object.entries(socket)].flatMap(([name, value]) => ['-var', name, ...[value].flat()]);
        return runLammps(words, ['-in', 'in.socket', '-log', 'log.lammps', '-nocite', ...given], options);
      },
    },
  };
}

/** Any program, by its command. */
function byCommand(settings: SocketSettings, command: string, directory: string): Described {
  const { launcher, inputs } = settings;
  const contents = inputs.map((path) => [basename(path), read(path, directory)] as const);
  const copied = new Set(contents.map(([name]) => name));
  // scripts in the command are where the settings say, while the program runs in a folder of its own, beside its inputs
  const words = command
    .trim()
    .split(/\s+/)
    .map((word) => ({ word, file: !copied.has(word) && isFile(resolve(directory, word)) ? resolve(directory, word) : undefined }));
  const scripts = words.flatMap(({ file }) => (file === undefined ? [] : [readFileSync(file)]));
  const started = [...(launcher?.trim().split(/\s+/) ?? []), ...words.map(({ word, file }) => file ?? word)];
  const { program, version } = other(settings);
  return {
    title: command,
    hash: contentHash(settings.program, command, settings.method ?? '', ...contents.flat(), ...scripts),
    version,
    program: {
      ...program,
      files: (place) => ({
        ...program.files(place),
        ...Object.fromEntries(contents.map(([name, content]) => [name, filled(content, place)])),
      }),
      run: (place, options) => {
        const [first, ...rest] = started.map((word) => String(filled(word, place)));
        return runProcess(first!, rest, options);
      },
    },
  };
}

/** A program of which nothing is known but whether it is LAMMPS. */
function other(settings: SocketSettings): Pick<Described, 'program' | 'version'> {
  const isLammps = settings.program === 'lammps';
  const elementsOf = ({ species }: Structure) => (settings.elements.length > 0 ? settings.elements : [...new Set(species)].sort());
  return {
    version: settings.version ?? UNKNOWN,
    program: {
      units: isLammps ? OF_LAMMPS : CODATA,
      prepare: (structure) => (isLammps ? prepareForLammps(structure, elementsOf(structure), VACUUM_FOR) : prepareAsIs(structure)),
      files: ({ structure }) => ({
        ...startFiles(structure),
        ...(isLammps && { [DATA]: dataText(toLammps(structure, elementsOf(structure), VACUUM_FOR), elementsOf(structure)) }),
      }),
    },
  };
}

function startFiles(structure: Structure): Record<string, string> {
  return { [STRUCTURE]: writeExtxyz([{ ...structure, configType: 'default', source: '', origin: { file: '', index: 0 } }]) };
}

/** A text with what is in braces filled in; a shell's or LAMMPS's `${name}` stays, and so does what is no text. */
function filled(content: string | Uint8Array, { address, structure }: ClientPlace): string | Uint8Array {
  const text = typeof content === 'string' ? content : decode(content);
  if (typeof text !== 'string') return text;
  const { species, positions, cell } = structure;
  const row = (values: Float64Array, k: number) => values.subarray(3 * k, 3 * k + 3).join(' ');
  const values: Record<string, () => string> = {
    address: () => ipiAddressText(address),
    name: () => ('path' in address ? (unixName(address) ?? address.path) : address.host),
    host: () => ('path' in address ? '' : address.host),
    port: () => ('path' in address ? ANY_PORT : String(address.port)),
    structure: () => STRUCTURE,
    data: () => DATA,
    natoms: () => String(species.length),
    cell: () => [0, 1, 2].map((d) => row(cell, d)).join('\n'),
    positions: () => species.map((symbol, i) => `${symbol} ${row(positions, i)}`).join('\n'),
  };
  return text.replace(/(?<!\$)\{([a-z]+)\}/g, (whole, name: string) => values[name]?.() ?? whole);
}

function isFile(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() ?? false;
}

function read(path: string, directory: string): Uint8Array {
  try {
    return readFileSync(resolve(directory, path));
  } catch (cause) {
    throw new InputError(`cannot be read: ${(cause as Error).message}`, { file: path }, { cause });
  }
}
