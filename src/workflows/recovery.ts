import { join } from 'node:path';
import { type Expression, mapConstants } from '../expressions/expression.js';
import { printText } from '../expressions/print.js';
import { simplify } from '../expressions/simplify.js';
import type { EquationModel } from '../potentials/equation-potential.js';
import type { ReportRecovery } from '../report/report-data.js';
import type { QuickstartResult } from './quickstart.js';

const PARTS = [
  ['pair', 'phi', 'r'],
  ['density', 'rho', 'r'],
  ['embedding', 'F', 'rho'],
] as const;

/**
 * A found equation beside the true one, constant by constant. Both have the gauge in which the coefficient of sqrt(rho) is -1, so equal
 * terms have comparable constants.
 */
export function recoveryOf(found: EquationModel, truth: EquationModel): ReportRecovery {
  const rows: { name: string; truth: number; found: number }[] = [];
  let sameTerms = true;
  for (const [key, symbol, variable] of PARTS) {
    const expected = termsOf(truth[key], variable);
    const got = termsOf(found[key], variable);
    for (const name of new Set([...expected.keys(), ...got.keys()])) {
      const t = expected.get(name);
      const f = got.get(name);
      if (t === undefined || f === undefined) sameTerms = false;
      rows.push({ name: `${symbol}: coefficient of ${name}`, truth: t ?? 0, found: f ?? 0 });
    }
  }
  return { constants: rows, sameTerms };
}

/** Coefficients of the terms of a sum, by the term without its coefficient. */
function termsOf(expression: Expression, variable: string): Map<string, number> {
  const simple = simplify(expression);
  const terms = simple.kind === 'sum' ? simple.terms : [simple];
  return new Map(
    terms.map((term) => {
      const lead = term.kind === 'product' && term.factors[0]!.kind === 'constant' ? (term.factors[0] as { value: number }).value : 1;
      const rest: Expression =
        term.kind === 'product' && term.factors[0]!.kind === 'constant'
          ? simplify({ kind: 'product', factors: term.factors.slice(1) })
          : term;
      // inner constants are not part of the shape
      const name = printText(
        mapConstants(rest, () => 1),
        variable,
      );
      return [name, lead] as const;
    }),
  );
}

/** The found equation beside the true one, for a terminal. */
export function formatRecovery(result: QuickstartResult, directory: string): string {
  const { model, truth, assessment, proof } = result;
  const lines = ['', '              found  |  true'];
  for (const [key, symbol, variable] of PARTS)
    lines.push(`  ${symbol.padEnd(4)} = ${printText(model[key], variable)}  |  ${printText(truth[key], variable)}`);
  const { constants: rows, sameTerms } = recoveryOf(model, truth);
  const off = Math.max(...rows.map(({ truth: t, found }) => Math.abs(found / t - 1)));
  lines.push(
    sameTerms
      ? `same terms; constants within ${(off * 100).toPrecision(2)} % after fixing the gauge`
      : 'the terms differ from the true ones',
  );
  const held = assessment.test;
  if (held?.energy && held.forces)
    lines.push(
      `${held.frames} held-out frames: energy MAE ${(held.energy.mae * 1e3).toPrecision(2)} meV/atom, force MAE ${(held.forces.mae * 1e3).toPrecision(2)} meV/Å`,
    );
  lines.push(
    `LAMMPS (${proof.engine.kind}, ${proof.engine.version}) agrees on ${proof.structures.length} comparisons: energy within ` +
      `${proof.worst.energyDifferencePerAtom.toExponential(1)} eV/atom, forces within ${proof.worst.maxForceDifference.toExponential(1)} eV/Å`,
    `report: ${join(directory, 'report.html')}; LAMMPS input: ${join(directory, 'pair.in')}`,
    '',
  );
  return lines.join('\n');
}
