import { InputError } from '../errors.js';
import type { TableFile } from './eam-fs.js';
import type { ExportModel, ExportOptions } from './exportable.js';
import { type ExportPlan, planExport } from './plan.js';
import { setflText } from './setfl.js';

/**
 * LAMMPS `pair_style eam/alloy`: one density an element, the same at every site. For one element it holds what eam/fs holds.
 * @param options accuracy and size limits, or a plan already made
 * @throws InputError when a density depends on the site, or a function is not finite where the table needs it
 */
export function exportEamAlloy(model: ExportModel, options: ExportOptions & { plan?: ExportPlan } = {}): TableFile {
  const plan = options.plan ?? planExport(model, options);
  const { elements } = model.potential;
  for (const [b, rows] of plan.values.density.entries())
    for (const [a, row] of rows.entries())
      if (row.some((value, i) => value !== rows[b]![i]))
        throw new InputError(
          `the density of ${elements[b]} differs between the sites of ${elements[a]} and ${elements[b]}, which eam/alloy cannot hold`,
          {},
          {
            hint: 'export it as eam/fs',
          },
        );
  return {
    text: setflText(model, 'eam/alloy', plan.grid, plan.values, plan.notes.join('; ')),
    grid: plan.grid,
    errorEstimate: plan.errorEstimate,
  };
}
