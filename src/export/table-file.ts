import type { TableGrid } from '../potentials/tables.js';
import type { ExportModel, ExportOptions } from './exportable.js';
import { type ExportPlan, planExport } from './plan.js';
import { type SetflKind, setflText } from './setfl.js';

/** A written table file. */
export interface TableFile {
  text: string;
  grid: TableGrid;
  /** largest error of LAMMPS's interpolation, eV/atom */
  errorEstimate: number;
}

/** Accuracy and size limits, or a plan already made. */
export type TableFileOptions = ExportOptions & { plan?: ExportPlan };

/** A table file of a kind. @throws InputError when a function is not finite where the table needs it, or the kind cannot hold the potential */
export function tableFile(model: ExportModel, kind: SetflKind, options: TableFileOptions): TableFile {
  const plan = options.plan ?? planExport(model, options);
  const text = setflText(model, kind, plan.grid, plan.values, plan.notes.join('; '));
  return { text, grid: plan.grid, errorEstimate: plan.errorEstimate };
}
