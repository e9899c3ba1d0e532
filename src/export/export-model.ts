import { AlloyPotential } from '../potentials/alloy/model.js';
import type { EamPotential } from '../potentials/eam.js';
import { EquationPotential } from '../potentials/equation-potential.js';
import { isTabulated } from '../potentials/tabulated-eam.js';
import { Zjw04Potential } from '../potentials/zjw04/model.js';
import type { ExportModel } from './exportable.js';
import { tableRange } from './range.js';

/**
 * A potential as the exporters want it, with what it says of itself.
 * @param name where it says nothing
 * @param date yyyy-mm-dd
 */
export function exportModelOf(potential: EamPotential, name: string, date: string): ExportModel {
  const model = { potential, title: name, citation: `from ${name}`, date, ...tableRange(potential) };
  if (potential instanceof EquationPotential || potential instanceof AlloyPotential || potential instanceof Zjw04Potential)
    return { ...model, title: potential.model.title, citation: potential.model.citation };
  if (!isTabulated(potential)) return model;
  const { comments, headers } = potential;
  const cited = comments.map((line) => line.match(/CITATION:\s*(.+)/)?.[1]).find(Boolean);
  return { ...model, elements: headers, ...(cited !== undefined && { citation: cited }) };
}
