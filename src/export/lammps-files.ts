import { exportDensityFs, exportEamFs } from './eam-fs.js';
import type { ExportModel, ExportOptions } from './exportable.js';
import { exportHybridIn, exportPairIn, type PairInPlace } from './pair-in.js';
import { exportPairTable, type PairTableFile } from './pair-table.js';
import { type ExportPlan, planExport } from './plan.js';

/** Everything that LAMMPS needs of a model. */
export interface LammpsFiles {
  plan: ExportPlan;
  table: PairTableFile;
  /** text by file name */
  files: Record<string, string>;
  /** names of the include files among `files` */
  decks: readonly ['pair.in', 'pair.hybrid.in'];
}

/**
 * The files of a model for LAMMPS: `potential.eam.fs` with `pair.in`, and `potential.density.fs` and `pair.table` with
 * `pair.hybrid.in`. Nothing is written to disk here.
 * @throws InputError when a function is not finite where a table needs it
 */
export function exportForLammps(model: ExportModel, place: PairInPlace, options: ExportOptions = {}): LammpsFiles {
  const plan = planExport(model, options);
  const table = exportPairTable(model, options);
  const eam = 'potential.eam.fs';
  const density = 'potential.density.fs';
  return {
    plan,
    table,
    files: {
      [eam]: exportEamFs(model, { plan }).text,
      [density]: exportDensityFs(model, { plan }).text,
      'pair.table': table.text,
      'pair.in': exportPairIn(model, eam, place),
      'pair.hybrid.in': exportHybridIn(model, density, 'pair.table', table, place),
    },
    decks: ['pair.in', 'pair.hybrid.in'],
  };
}
