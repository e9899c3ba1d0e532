import { relative } from 'node:path';
import type { ErrorMeasures } from '../fitting/metrics.js';
import type { SplineFitResult } from '../workflows/fit-splines.js';

/** The result of a spline fit for a person; everything else is in the report. */
export function splineSummary({ model, parameters, assessment, proof, directory, files, reason }: SplineFitResult): string {
  const errors = (name: string, report: { energy: ErrorMeasures | null; forces: ErrorMeasures | null } | undefined): string[] =>
    report
      ? [
          `  ${name}: energy RMSE ${milli(report.energy)} meV/atom (MAE ${milli(report.energy, 'mae')}), ` +
            `forces ${milli(report.forces)} meV/Å (MAE ${milli(report.forces, 'mae')})`,
        ]
      : [];
  return [
    '',
    `${model.title}: ${parameters} knots and slopes; ${reason}`,
    ...errors('fitted frames', assessment.fitted),
    ...errors('held-out frames', assessment.test),
    ...errors('cross-validation', assessment.crossValidation),
    `LAMMPS (${proof.engine.kind}, ${proof.engine.version}) agrees on ${proof.structures.length} structures: ` +
      `energy within ${proof.worst.energyDifferencePerAtom.toExponential(1)} eV/atom, forces within ${proof.worst.maxForceDifference.toExponential(1)} eV/Å`,
    `in ${relative('.', directory) || '.'}: ${files.join(', ')}`,
    '',
  ].join('\n');
}

function milli(measures: ErrorMeasures | null, which: 'rmse' | 'mae' = 'rmse'): string {
  return measures ? (measures[which] * 1e3).toPrecision(3) : '-';
}
