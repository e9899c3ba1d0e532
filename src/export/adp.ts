import { asAdp } from '../potentials/adp.js';
import type { ExportModel } from './exportable.js';
import { type TableFile, type TableFileOptions, tableFile } from './table-file.js';

/**
 * LAMMPS `pair_style adp`: an eam/alloy file, followed by the dipole functions of all pairs of elements and then by the quadrupole
 * functions, neither multiplied by r. A potential without angular terms gets tables of zeros.
 * @param options with `plan`, one of a potential with angular terms
 * @throws InputError when a density depends on the site, or a function is not finite where the table needs it
 */
export function exportAdp(model: ExportModel, options: TableFileOptions = {}): TableFile {
  return tableFile({ ...model, potential: asAdp(model.potential) }, 'adp', options);
}
