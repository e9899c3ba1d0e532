import { isAdp } from '../potentials/adp.js';
import type { EamPotential } from '../potentials/eam.js';
import { isTabulated } from '../potentials/tabulated-eam.js';
import { asAdpModel } from './adp.js';
import { exportDensityFs } from './eam-fs.js';
import type { ExportModel, ExportOptions } from './exportable.js';
import { exportHybridIn, exportPairIn, type PairInPlace } from './pair-in.js';
import { exportPairTable } from './pair-table.js';
import { type ExportPlan, planExport } from './plan.js';
import type { SetflKind } from './setfl.js';
import { tableFile } from './table-file.js';

/** Everything that LAMMPS needs of a model. */
export interface LammpsFiles {
  plan: ExportPlan;
  /** pair_style of the potential file */
  style: SetflKind;
  /** name of the potential file among `files` */
  potentialFile: string;
  /** text by file name */
  files: Record<string, string>;
  /** names of the include files among `files`, `pair.in` first */
  decks: readonly string[];
}

/** Kinds of potential files, with their names. */
export const POTENTIAL_FILES: Readonly<Record<SetflKind, string>> = {
  'eam/fs': 'potential.eam.fs',
  'eam/alloy': 'potential.eam.alloy',
  adp: 'potential.adp',
};

/**
 * The files of a model for LAMMPS: the potential file with `pair.in`, and, without angular terms, `potential.density.fs` and
 * `pair.table` with `pair.hybrid.in`, unless the model is a table with kinks that a pair table cannot hold. Nothing is written to disk here.
 * @param options.style default: adp with angular terms, that of its file for a table, else eam/fs
 * @throws InputError when a function is not finite where a table needs it, or the style cannot hold the potential
 */
export function exportForLammps(given: ExportModel, place: PairInPlace, options: ExportOptions & { style?: SetflKind } = {}): LammpsFiles {
  const style = options.style ?? usualStyle(given.potential);
  const model = style === 'adp' ? asAdpModel(given) : given;
  const plan = planExport(model, options);
  const potentialFile = POTENTIAL_FILES[style];
  const files = { [potentialFile]: tableFile(model, style, { plan }).text, 'pair.in': exportPairIn(model, style, potentialFile, place) };
  if (style === 'adp') return { plan, style, potentialFile, files, decks: ['pair.in'] };
  const table = exportPairTable(model, options);
  if (isTabulated(model.potential) && !table.met) {
    const note = `there is no pair.hybrid.in: a pair table of ${table.points} rows does not hold the pair functions of this file`;
    return { plan: { ...plan, notes: [...plan.notes, note] }, style, potentialFile, files, decks: ['pair.in'] };
  }
  const density = 'potential.density.fs';
  const hybrid = {
    [density]: exportDensityFs(model, { plan }).text,
    'pair.table': table.text,
    'pair.hybrid.in': exportHybridIn(model, density, 'pair.table', table, place),
  };
  return { plan, style, potentialFile, files: { ...files, ...hybrid }, decks: ['pair.in', 'pair.hybrid.in'] };
}

function usualStyle(potential: EamPotential): SetflKind {
  if (isAdp(potential)) return 'adp';
  return isTabulated(potential) && potential.format === 'eam/alloy' ? 'eam/alloy' : 'eam/fs';
}
