import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { InputError } from '../../errors.js';
import { potentialFrom, potentialFromLines, type TestedPotential } from '../validate/potential.js';

/** A potential for LAMMPS as settings of labelling engines describe it. */
export interface LammpsPotentialSettings {
  potential?: string | undefined;
  pair_style?: string | undefined;
  pair_coeff: string[];
  elements: string[];
}

/** Å; vacuum along directions without periodicity is wider than any usual potential reaches. */
const VACUUM_FOR = 15;

/**
 * The potential of the settings, and how it is called for people.
 * @throws InputError when there is none, or two
 */
export function lammpsPotential(engine: string, settings: LammpsPotentialSettings, directory: string) {
  const { potential: what, pair_style: style, pair_coeff: coefficients, elements } = settings;
  if ((what === undefined) === (style === undefined))
    throw new InputError(
      what === undefined ? `the ${engine} engine has no potential` : `the ${engine} engine has a potential and a pair_style`,
      {},
      { hint: "give 'potential', or 'pair_style' with 'pair_coeff' and 'elements'" },
    );
  const path = what === undefined ? '' : resolve(directory, what);
  const tested: TestedPotential =
    what === undefined
      ? potentialFromLines('pair_style', { style: style!, coefficients, elements }, directory)
      : potentialFrom(existsSync(path) ? path : what);
  return { potential: { ...tested, cutoff: VACUUM_FOR }, title: what ?? style!, hash: tested.hash };
}
