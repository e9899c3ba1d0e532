import type { ExportModel } from './exportable.js';
import { type TableFile, type TableFileOptions, tableFile } from './table-file.js';

/**
 * LAMMPS `pair_style eam/alloy`: one density an element, the same at every site. For one element it holds what eam/fs holds.
 * @throws InputError when a density depends on the site, or a function is not finite where the table needs it
 */
export function exportEamAlloy(model: ExportModel, options: TableFileOptions = {}): TableFile {
  return tableFile(model, 'eam/alloy', options);
}
