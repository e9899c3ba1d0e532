import { AlloyForm, type AlloySettings } from '../fitting/alloy/form.js';
import { fixAlloyGauge } from '../fitting/alloy/gauge.js';
import { type FrontEntry, paretoFront } from '../fitting/front.js';
import type { FittedPoint } from '../fitting/points.js';
import type { AlloyModel } from '../potentials/alloy/model.js';
import { mdCost } from '../potentials/md-cost.js';
import type { ReportFrontEntry } from '../report/report-data.js';
import { alloyFunctions, alloyParts } from './alloy-functions.js';
import type { PointFront } from './fit-points.js';

/** The equations that nothing else met by the starts beats in complexity and loss, and the chosen one, as it is in the end; simplest first. */
export function alloyFront(
  settings: AlloySettings,
  chosen: { model: AlloyModel; parameters: Float64Array },
  starts: readonly FittedPoint[],
): PointFront {
  const form = new AlloyForm(settings);
  const terms = (p: ArrayLike<number>): string => form.active(p).join('');
  const all = starts.flatMap(({ front }): readonly FrontEntry[] => front ?? []);
  const found = paretoFront(all);
  // on all data another equation may have come out best than on the selection that the starts see
  const same = all.filter(({ parameters }) => terms(parameters) === terms(chosen.parameters)).sort((a, b) => a.loss - b.loss);
  if (same[0] && !found.some(({ parameters }) => terms(parameters) === terms(chosen.parameters))) found.push(same[0]);
  found.sort((a, b) => a.complexity - b.complexity || b.loss - a.loss);
  const cost = mdCost(settings.elements[0]!, settings.cutoff);
  const entries = found.map((entry, k): ReportFrontEntry => {
    const own = terms(entry.parameters) === terms(chosen.parameters);
    const gauged = fixAlloyGauge(form, entry.parameters);
    const model = own ? chosen.model : { ...chosen.model, ...alloyFunctions(gauged.form, gauged.parameters) };
    return {
      row: k + 1,
      complexity: entry.complexity,
      loss: entry.loss,
      cutoff: settings.cutoff,
      mdCost: cost,
      networks: '',
      equationText: alloyParts(model)
        .map(({ symbol, of, variable, text }) => `${symbol}_${of}(${variable}) = ${text}`)
        .join('; '),
      chosen: own,
    };
  });
  const lines = entries.map(
    (row) => `${row.row},${row.chosen ? '*' : ''},${row.complexity},${row.loss.toPrecision(8)},"${row.equationText}"`,
  );
  return {
    entries,
    losses: 'Losses are what the starts made small, on the selection of frames that they see.',
    csv: `row,chosen,complexity,loss_of_selection_eV_per_atom,equations\n${lines.join('\n')}\n`,
  };
}
