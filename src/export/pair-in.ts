import { InputError } from '../errors.js';
import { type ExportModel, oneLine } from './exportable.js';
import type { PairTableFile } from './pair-table.js';
import type { SetflKind } from './setfl.js';

/** Where the exported files are and what they are called. */
export interface PairInPlace {
  /** absolute path of the folder with the files, as it is on the machine where LAMMPS will run */
  folder: string;
  /** command that writes the include file again, such as `eqpot export runs/copper` */
  command: string;
}

/**
 * `pair.in`, the lines that an input deck includes.
 *
 * LAMMPS looks for the files of an included script in the deck's working folder, not beside the script, so a path is needed
 * that holds everywhere: the folder's absolute path, written down here at export. A deck on another machine says where the
 * folder is with `variable eqpot string FOLDER` (or `-var eqpot FOLDER`). The variable is only read, never set, so that two
 * potentials included one after another cannot get each other's files.
 *
 * @throws InputError when the folder's name cannot be written in a LAMMPS script
 */
export function exportPairIn(model: ExportModel, style: SetflKind, file: string, place: PairInPlace): string {
  const symbols = model.potential.elements.join(' ');
  return includeText(headOf(model), place, 'pair.in', [`pair_style ${style}`, `pair_coeff * * {${file}} ${symbols}`]);
}

/**
 * `pair.hybrid.in`: the same energies as a pair table overlaid with an eam/fs file of densities only. Add further pair styles
 * (such as a long-range correction) to its pair_style line.
 * @throws InputError when the folder's name cannot be written in a LAMMPS script
 */
export function exportHybridIn(
  model: ExportModel,
  densityFile: string,
  tableFile: string,
  table: PairTableFile,
  place: PairInPlace,
): string {
  const { elements } = model.potential;
  const lines = [
    `pair_style hybrid/overlay eam/fs table spline ${table.points}`,
    `pair_coeff * * eam/fs {${densityFile}} ${elements.join(' ')}`,
  ];
  let k = 0;
  for (let a = 0; a < elements.length; a++)
    for (let b = 0; b <= a; b++) lines.push(`pair_coeff ${b + 1} ${a + 1} table {${tableFile}} ${table.keywords[k++]} ${table.outer}`);
  return includeText(headOf(model), place, 'pair.hybrid.in', lines);
}

/** What an include file says of its potential. */
interface Head {
  title: string;
  citation: string;
  elements: readonly string[];
}

function headOf({ title, citation, potential }: ExportModel): Head {
  return { title, citation, elements: potential.elements };
}

/**
 * The text of an include file.
 * @param lines with `{name}` where a file of the folder is named
 * @throws InputError when the folder's name cannot be written in a LAMMPS script
 */
export function includeText(head: Head, place: PairInPlace, name: string, lines: readonly string[]): string {
  const folder = place.folder.replace(/\/+$/, '');
  if (/["'$\n\r&#]/.test(folder))
    throw new InputError(
      `the folder '${folder}' has a character in its name that LAMMPS cannot read in a file name (one of " ' $ & #)`,
      {},
      {
        hint: 'export to a folder with a plainer name',
      },
    );
  const types = head.elements.map((symbol, k) => `${k + 1} = ${symbol}`).join(', ');
  const named = lines.map((line) => `"${line.replace(/\{(.+?)\}/g, `\${eqpot}/$1`)}"`);
  const fixed = lines.map((line) => `'${line.replace(/\{(.+?)\}/g, `"${folder}/$1"`)}'`);
  return `# ${oneLine(head.title)}
# ${oneLine(head.citation)}
# Use it after the simulation box exists: include ${folder.includes(' ') ? `"${folder}/${name}"` : `${folder}/${name}`}
# Needs units metal. Atom types: ${types}.
# The files are looked for in the folder where they were written. If they have moved, say where they are (a path without
# spaces) before the include: variable eqpot string FOLDER, or run LAMMPS with -var eqpot FOLDER.
# Written by: ${oneLine(place.command)}
if "$(is_defined(variable,eqpot))" then &
  ${named.join(' &\n  ')} &
else &
  ${fixed.join(' &\n  ')}
`;
}
