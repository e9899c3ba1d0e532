import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { EnergyKind, Format } from '../../../datasets/format.js';
import { outcar } from '../../../datasets/outcar/schema.js';
import { vasprun } from '../../../datasets/vasprun/schema.js';
import { InputError } from '../../../errors.js';
import { matchAtoms } from '../../../structures/match.js';
import type { Frame, Structure } from '../../../structures/structure.js';
import type { Reading } from '../program.js';
import { RUN_FILES } from '../run.js';

/** How far the lattice vectors and atoms of a result may be from those asked for, Å; OUTCAR prints five decimals. */
const TOLERANCE = 1e-4;

/** What OUTCAR says of an electronic loop that STOPCAR ended. */
const STOPPED = /aborting loop because hard stop was set/;

/** The label that VASP left in a folder: of vasprun.xml, else of OUTCAR. */
export function readVasp(folder: string, structure: Structure, energyKind: EnergyKind): Reading {
  const readings = [
    readFile(folder, 'vasprun.xml', vasprun, structure, energyKind),
    readFile(folder, 'OUTCAR', outcar, structure, energyKind),
  ];
  const found =
    // of a loop that was stopped (LABORT) only OUTCAR tells
    readings.find((reading) => reading && 'problem' in reading && reading.problem === 'unconverged') ??
    readings.find((reading) => reading && 'label' in reading) ??
    // what says most about the structure goes first
    ['refused', 'broken'].map((problem) => readings.find((each) => each && 'problem' in each && each.problem === problem)).find(Boolean);
  if (found && ('label' in found || found.problem !== 'broken')) return found;
  const said = complaint(folder);
  return {
    problem: 'broken',
    reason: `${found ? found.reason : 'VASP left neither vasprun.xml nor OUTCAR'}${said ? `; VASP says: ${said}` : ''}`,
  };
}

function readFile(folder: string, name: string, format: Format, structure: Structure, energyKind: EnergyKind): Reading | undefined {
  const path = join(folder, name);
  if (!existsSync(path)) return undefined;
  const text = readFileSync(path, 'utf8');
  if (text.trim() === '') return { problem: 'broken', reason: `${name} is empty` };
  const read = (keepUnconverged: boolean): Frame | InputError => {
    try {
      return format.read(text, { file: name, energyKind, keepUnconverged }).frames[0]!;
    } catch (error) {
      if (error instanceof InputError) return error;
      throw error;
    }
  };
  const converged = read(false);
  const frame = converged instanceof InputError ? read(true) : converged;
  if (frame instanceof InputError) return { problem: 'broken', reason: frame.message.split('\n')[0]! };
  // VASP brings every atom into the cell, along vacuum too
  const order = matchAtoms({ ...structure, pbc: [true, true, true] }, frame, TOLERANCE);
  if (typeof order === 'string') return { problem: 'refused', reason: `${name} is of another structure: ${order}` };
  if (converged instanceof InputError)
    return {
      problem: 'unconverged',
      reason: STOPPED.test(text) ? 'stopped before the electrons converged (LABORT)' : 'not converged within NELM electronic steps',
    };
  const { energy, forces, stress } = frame;
  if (energy === undefined || !forces) return { problem: 'broken', reason: `${name} has no ${energy === undefined ? 'energy' : 'forces'}` };
  return {
    label: {
      energy,
      forces: forces.map((_, k) => forces[3 * order[Math.floor(k / 3)]! + (k % 3)]!),
      ...(stress && { stress }),
    },
    version: versionOf(text),
  };
}

function versionOf(text: string): string {
  const head = text.slice(0, 2000);
  const found = /name="version"[^>]*>\s*([^\s<]+)/.exec(head) ?? /vasp\.(\d\S*)/.exec(head);
  return `VASP${found ? ` ${found[1]}` : ''}`;
}

/** What VASP complains of in its own words, '' where it does not. */
function complaint(folder: string): string {
  const path = join(folder, RUN_FILES.log);
  if (!existsSync(path)) return '';
  const line = readFileSync(path, 'utf8')
    .split('\n')
    .find((each) => /error|VERY BAD NEWS|POSMAP|ZBRENT|incompatible|cannot|not found|signal|killed/i.test(each));
  return (line ?? '').replace(/[|*]/g, ' ').replace(/\s+/g, ' ').trim().slice(0, 200);
}
