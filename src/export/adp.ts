import { asAdp, isAdp } from '../potentials/adp.js';
import { interpolated, type TableValues } from '../potentials/tables.js';
import { isTabulated, type TabulatedEam } from '../potentials/tabulated-eam.js';
import type { ExportModel } from './exportable.js';
import { type TableFile, type TableFileOptions, tableFile } from './table-file.js';

/**
 * LAMMPS `pair_style adp`: an eam/alloy file, followed by the dipole functions of all pairs of elements and then by the quadrupole
 * functions, neither multiplied by r. A potential without angular terms gets tables of zeros.
 * @param options with `plan`, one of `asAdpModel`
 * @throws InputError when a density depends on the site, or a function is not finite where the table needs it
 */
export function exportAdp(model: ExportModel, options: TableFileOptions = {}): TableFile {
  return tableFile(asAdpModel(model), 'adp', options);
}

/** The model with angular terms, which are zero where it has none; tables stay tables. */
export function asAdpModel(model: ExportModel): ExportModel {
  const { potential } = model;
  if (isAdp(potential) || !isTabulated(potential)) return { ...model, potential: asAdp(potential) };
  const zeros = potential.values.pair.map((rows) => new Float64Array(rows.length));
  const values: TableValues = { ...potential.values, angular: { dipole: zeros, quadrupole: zeros } };
  const tables: TabulatedEam = { ...potential, ...interpolated(potential, potential.grid, values), format: 'adp', values };
  return { ...model, potential: tables };
}
