import { createHash } from 'node:crypto';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { basename, resolve } from 'node:path';
import { version } from '../../config/version.js';
import type { LammpsPotential } from '../../engines/lammps/evaluate.js';
import { InputError } from '../../errors.js';
import { exportMeamSpline } from '../../export/meam-spline.js';
import { SPLINE_FILE, sMeamPairLines } from '../../export/s-meam-files.js';
import { rangedMeasure } from '../../frame-uncertainty.js';
import { loadCommittee, loadModel } from '../../load-model.js';
import { BUILTIN_NAMES } from '../../potentials/builtin.js';
import type { EamPotential } from '../../potentials/eam.js';
import { type EquationModel, EquationPotential, writeModel } from '../../potentials/equation-potential.js';
import type { ExtrapolationMeasure } from '../../potentials/extrapolation.js';
import { isEam } from '../../potentials/potential.js';
import { type SMeamModel, SMeamPotential } from '../../potentials/s-meam.js';
import { filesOf, lammpsFilesOf } from '../export.js';
import type { TestedCommittee } from './members.js';
import { PAIR_FILES, pairFileOf } from './pair-files.js';

/** A potential under test, ready for LAMMPS. */
export interface TestedPotential extends Omit<LammpsPotential, 'cutoff'> {
  /** unique within a validation */
  name: string;
  /** what it is, for people: title or file */
  title: string;
  /** of everything that LAMMPS reads, hexadecimal */
  hash: string;
  /** where it says what it was fitted to */
  measure?: ExtrapolationMeasure;
  /** where it has one and it was asked for */
  committee?: TestedCommittee;
}

/** A potential as lines of a LAMMPS script. */
export interface PairLines {
  /** such as `eam/alloy` */
  style: string;
  /** arguments of pair_coeff, one entry a line; file names are paths from the current folder */
  coefficients: readonly string[];
  /** chemical symbols of the atom types */
  elements: readonly string[];
}

/** LAMMPS file that holds the lines of the potential. */
export const DECK = 'eqpot.pair';

/**
 * The potential that an argument of the command line names: `NAME=WHAT` or `WHAT`, where WHAT is a built-in name, a run directory, a
 * model.json or a LAMMPS potential file.
 * @param members of its committee that come along, at most
 * @throws InputError that lists what was expected
 */
export function potentialFrom(argument: string, members = 0): TestedPotential {
  const split = argument.match(/^([A-Za-z0-9_.+-]+)=(.+)$/);
  const what = split && !existsSync(argument) ? split[2]! : argument;
  const name = split && !existsSync(argument) ? split[1]! : nameOf(argument);
  const style = existsSync(what) && statSync(what).isFile() ? pairFileOf(what) : undefined;
  if (style) {
    const text = readFileSync(what);
    const elements = style.elements(text.toString('latin1'), what);
    const file = basename(what).replace(/[^\w.+-]/g, '_');
    const pairLines = `pair_style ${style.style}\npair_coeff ${style.coefficients(file, elements)}\n`;
    return finish({ name, title: what, pairLines, files: { [file]: text }, elements });
  }
  if (existsSync(what) && statSync(what).isFile() && !/\.json$/i.test(what))
    throw new InputError(
      'the name of the file does not tell its pair_style',
      { file: what },
      {
        hint: `known endings: ${PAIR_FILES.map(({ ending }) => `.${ending}`).join(', ')}; any other potential: --pair-style and --pair-coeff`,
      },
    );
  const member = /#\d+$/.test(what);
  if (!existsSync(what) && !BUILTIN_NAMES.includes(what) && !member)
    throw new InputError(
      'there is no such potential',
      { file: what },
      {
        hint: `expected a run directory, a model.json, a LAMMPS file (${PAIR_FILES.map(({ ending }) => `.${ending}`).join(', ')}), or one of the built-in ${BUILTIN_NAMES.join(', ')}`,
      },
    );
  const { potential } = loadModel(what);
  if (potential instanceof SMeamPotential) return fromSplines(name, potential.model);
  if (!isEam(potential)) throw new InputError('is of a form that has no LAMMPS files', { file: what });
  if (!(potential instanceof EquationPotential)) return fromFunctions(name, potential);
  const committee = members > 0 && !member ? loadCommittee(what) : undefined;
  return {
    ...fromEquation(name, potential.model),
    ...(committee && {
      committee: {
        members: committee.members.slice(0, members).map(({ model }, k) => fromEquation(`${name}#${k + 1}`, model)),
        scale: committee.scale.energy,
      },
    }),
  };
}

/**
 * A potential given by its lines. Words of the coefficients that are files are read, so that LAMMPS can run anywhere.
 * @param directory folder that their paths start from; default the current one
 * @throws InputError when there are no elements or coefficients
 */
export function potentialFromLines(name: string, lines: PairLines, directory = '.'): TestedPotential {
  if (lines.elements.length === 0)
    throw new InputError(
      '--pair-style needs the chemical symbols of the atom types',
      {},
      { hint: 'such as --elements Cu or --elements Al,Cu' },
    );
  if (lines.coefficients.length === 0)
    throw new InputError('--pair-style needs the arguments of pair_coeff', {}, { hint: 'such as --pair-coeff "* * Cu.eam.alloy Cu"' });
  const files: Record<string, Uint8Array> = {};
  const bring = (text: string) =>
    text
      .trim()
      .split(/\s+/)
      .map((word) => {
        const path = resolve(directory, word);
        if (!existsSync(path) || !statSync(path).isFile()) return word;
        const file = basename(word).replace(/[^\w.+-]/g, '_');
        files[file] = readFileSync(path);
        return file;
      })
      .join(' ');
  const pairLines = [`pair_style ${bring(lines.style)}`, ...lines.coefficients.map((words) => `pair_coeff ${bring(words)}`), ''].join('\n');
  return finish({ name, title: lines.style, pairLines, files, elements: [...lines.elements] });
}

/** Largest error of the tables that LAMMPS gets of an equation, eV/atom. */
const ACCURACY = 1e-6;

function fromEquation(name: string, model: EquationModel): TestedPotential {
  const { files } = lammpsFilesOf(model, '.', { accuracy: ACCURACY, command: `eqpot validate ${name}` });
  const potential = new EquationPotential(model);
  const { elements } = potential;
  const measure = rangedMeasure(potential);
  const file = 'potential.eam.fs';
  return {
    name,
    title: model.title,
    pairLines: `pair_style eam/fs\npair_coeff * * ${file} ${elements.join(' ')}\n`,
    files: { [file]: files.files[file]! },
    elements,
    ...(measure && { measure }),
    // of the equation, as the file's header holds the day
    hash: createHash('sha256')
      .update(JSON.stringify([writeModel(model), ACCURACY, version()]))
      .digest('hex'),
  };
}

/** Functions of the embedded-atom method, with angular terms or without, as tables. */
function fromFunctions(name: string, potential: EamPotential): TestedPotential {
  const { model, files } = filesOf(potential, name, '.', { accuracy: ACCURACY, command: `eqpot validate ${name}` });
  const file = files.potentialFile;
  const text = files.files[file]!;
  const elements = [...potential.elements];
  const pairLines = `pair_style ${files.style}\npair_coeff * * ${file} ${elements.join(' ')}\n`;
  // the first line holds the day
  const { hash } = finish({ name, title: model.title, pairLines, files: { [file]: text.slice(text.indexOf('\n')) }, elements });
  const measure = rangedMeasure(potential);
  return { name, title: model.title, pairLines, files: { [file]: text }, elements, ...(measure && { measure }), hash };
}

function fromSplines(name: string, model: SMeamModel): TestedPotential {
  const pairLines = `${sMeamPairLines(model, SPLINE_FILE).join('\n')}\n`;
  // the header holds the day in the files of a run, which the hash must not
  return finish({
    name,
    title: model.title,
    pairLines,
    files: { [SPLINE_FILE]: exportMeamSpline(model, '-') },
    elements: [...model.elements],
  });
}

function finish(potential: Omit<TestedPotential, 'hash'>): TestedPotential {
  const hash = createHash('sha256');
  hash.update(JSON.stringify([potential.pairLines, potential.elements, potential.variables ?? {}]));
  for (const [file, content] of Object.entries(potential.files)) hash.update(`\0${file}\0`).update(content);
  return { ...potential, hash: hash.digest('hex') };
}

/** A name for a path: its last part without the ending. */
function nameOf(path: string): string {
  const base = basename(path.replace(/\/+$/, ''));
  const style = PAIR_FILES.find(({ ending }) => base.toLowerCase().endsWith(`.${ending}`));
  return style ? base.slice(0, -style.ending.length - 1) : base.replace(/\.json$/i, '');
}
