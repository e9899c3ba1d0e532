import { relative } from 'node:path';
import { printText } from '../expressions/print.js';
import type { FitResult } from '../workflows/fit.js';

/** The result of a fit for a person; everything else is in the report. */
export function fitSummary({ model, complexity, loss, unrounded, proof, directory, files }: FitResult): string {
  const short = relative('.', directory) || '.';
  const milli = (value: number): string => (value * 1e3).toPrecision(4);
  return [
    '',
    `${model.title}: ${complexity} nodes, loss ${milli(loss)} meV/atom (equation 6 on all the data; ${milli(unrounded)} before the constants were rounded)`,
    `  phi(r) = ${printText(model.pair, 'r')}`,
    `  rho(r) = ${printText(model.density, 'r')}`,
    `  F(rho) = ${printText(model.embedding, 'rho')}`,
    `LAMMPS (${proof.engine.kind}, ${proof.engine.version}) agrees on ${proof.structures.length} structures: ` +
      `energy within ${proof.worst.energyDifferencePerAtom.toExponential(1)} eV/atom, forces within ${proof.worst.maxForceDifference.toExponential(1)} eV/Å; ` +
      `on the data the exported functions are the printed equation ${within(proof.equation.energyDifferencePerAtom)}`,
    `in ${short}: ${files.join(', ')}`,
    '',
  ].join('\n');
}

/** @param difference eV/atom */
function within(difference: number): string {
  return difference === 0 ? 'exactly' : `within ${difference.toExponential(1)} eV/atom`;
}
