import { interpolated } from '../potentials/tables.js';
import type { TabulatedEam } from '../potentials/tabulated-eam.js';
import { type CoreViolation, checkCore } from './check-core.js';
import type { ExportPlan } from './plan.js';
import { endNote } from './table-ends.js';

/** The plan for a potential that is tables already: row by row the same, so that LAMMPS makes the same functions of them. */
export function planOfTables(tabulated: TabulatedEam, rMin: number, accuracy: number): ExportPlan {
  const { grid, values } = tabulated;
  const potential = interpolated(tabulated, grid, values);
  const core = checkCore(potential, rMin);
  const linearFrom = (grid.nrho - 1) * grid.drho;
  const end = values.angular
    ? `above density ${linearFrom.toPrecision(4)}, LAMMPS keeps the energy of the last row and the forces of its slope`
    : endNote(potential, linearFrom);
  return {
    grid,
    values,
    potential,
    errorEstimate: 0,
    forceErrorEstimate: 0,
    accuracy,
    met: true,
    changes: [],
    linearFrom,
    core,
    notes: ['these are the tables of the file, row by row', end, ...coreNotes(core)],
  };
}

/** Where a potential does not repel, for people. */
export function coreNotes(core: readonly CoreViolation[]): string[] {
  return core.map(
    ({ what, from, to, drop }) =>
      `no repulsion: ${what} gains ${drop.toPrecision(3)} eV when pushed together from ${to.toFixed(2)} to ${from.toFixed(2)} Å`,
  );
}
