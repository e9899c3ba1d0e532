import type { TableGrid } from '../potentials/tables.js';
import type { ExportModel, ExportOptions } from './exportable.js';
import { type ExportPlan, planExport } from './plan.js';
import { setflText } from './setfl.js';

/** A written table file. */
export interface TableFile {
  text: string;
  grid: TableGrid;
  /** largest error of LAMMPS's interpolation, eV/atom */
  errorEstimate: number;
}

/**
 * LAMMPS `pair_style eam/fs`: each element's section holds F and then the density that this element brings to the site of
 * each element in turn; after all sections r times phi.
 * @param options accuracy and size limits, or a plan already made
 * @throws InputError when a function is not finite where the table needs it
 */
export function exportEamFs(model: ExportModel, options: ExportOptions & { plan?: ExportPlan } = {}): TableFile {
  const plan = options.plan ?? planExport(model, options);
  const note = plan.notes.join('; ');
  return { text: setflText(model, 'eam/fs', plan.grid, plan.values, note), grid: plan.grid, errorEstimate: plan.errorEstimate };
}

/** The same without pair energies: the half of an EAM that `hybrid/overlay` adds to a pair table. */
export function exportDensityFs(model: ExportModel, options: ExportOptions & { plan?: ExportPlan } = {}): TableFile {
  const plan = options.plan ?? planExport(model, options);
  const values = { ...plan.values, pair: plan.values.pair.map((phi) => new Float64Array(phi.length)) };
  const note = `densities and embedding only, to be overlaid with a pair table; ${plan.notes.join('; ')}`;
  return { text: setflText(model, 'eam/fs', plan.grid, values, note), grid: plan.grid, errorEstimate: plan.errorEstimate };
}
