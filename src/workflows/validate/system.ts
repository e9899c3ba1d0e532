import { existsSync } from 'node:fs';
import { basename } from 'node:path';
import { readFrames } from '../../datasets/read.js';
import { InputError } from '../../errors.js';
import { CRYSTALS, type CrystalName, elementSystem, isCrystal, type System, structureSystem } from '../../properties/system.js';
import type { TestedPotential } from './potential.js';

/** How the user names the crystal. */
export interface SystemChoice {
  /** fcc, bcc, hcp, diamond, sc, or a structure file; default: the usual structure of the element */
  structure?: string;
  /** chemical symbol; default: the first that all potentials have */
  element?: string;
}

/**
 * The crystal that all potentials are tried on.
 * @throws InputError when a potential lacks an element, or a structure is unknown
 */
export function systemFor(choice: SystemChoice, potentials: readonly TestedPotential[]): System {
  const { structure, element } = choice;
  const system = structure === undefined || isCrystal(structure) ? ofElement(element, structure, potentials) : fromFile(structure);
  for (const { name, elements } of potentials)
    for (const symbol of system.elements)
      if (!elements.includes(symbol))
        throw new InputError(
          `the potential ${name} has no ${symbol} (it has ${elements.join(', ')})`,
          {},
          { hint: 'name another --element or --structure' },
        );
  return system;
}

function ofElement(element: string | undefined, kind: CrystalName | undefined, potentials: readonly TestedPotential[]): System {
  const common = potentials[0]!.elements.find((symbol) => potentials.every(({ elements }) => elements.includes(symbol)));
  const symbol = element ?? common;
  if (symbol === undefined)
    throw new InputError(
      `the potentials have no element in common: ${potentials.map(({ name, elements }) => `${name} ${elements.join(', ')}`).join('; ')}`,
      {},
      { hint: 'validate them one after another' },
    );
  return elementSystem(symbol, kind);
}

function fromFile(path: string): System {
  if (!existsSync(path))
    throw new InputError(
      'there is no such structure',
      { file: path },
      { hint: `expected ${CRYSTALS.join(', ')}, or a POSCAR or extxyz file` },
    );
  const label = basename(path);
  const { frames } = readFrames([path]);
  if (frames.length !== 1) throw new InputError(`has ${frames.length} structures`, { file: path }, { hint: 'give a file with one' });
  return structureSystem(frames[0]!, label);
}
