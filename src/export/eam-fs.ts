import type { ExportModel } from './exportable.js';
import { planExport } from './plan.js';
import { setflText } from './setfl.js';
import { type TableFile, type TableFileOptions, tableFile } from './table-file.js';

/**
 * LAMMPS `pair_style eam/fs`: each element's section holds F and then the density that this element brings to the site of
 * each element in turn; after all sections r times phi.
 * @throws InputError for angular terms, or when a function is not finite where the table needs it
 */
export function exportEamFs(model: ExportModel, options: TableFileOptions = {}): TableFile {
  return tableFile(model, 'eam/fs', options);
}

/** The same without pair energies: the half of an EAM that `hybrid/overlay` adds to a pair table. */
export function exportDensityFs(model: ExportModel, options: TableFileOptions = {}): TableFile {
  const plan = options.plan ?? planExport(model, options);
  const values = { ...plan.values, pair: plan.values.pair.map((phi) => new Float64Array(phi.length)) };
  const note = `densities and embedding only, to be overlaid with a pair table; ${plan.notes.join('; ')}`;
  return { text: setflText(model, 'eam/fs', plan.grid, values, note), grid: plan.grid, errorEstimate: plan.errorEstimate };
}
