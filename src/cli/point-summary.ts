import { relative } from 'node:path';
import type { ErrorMeasures } from '../fitting/metrics.js';
import type { PointFitResult } from '../workflows/fit-points.js';

/** The result of a fit of knots or parameters for a person; everything else is in the report. */
export function pointSummary({
  model,
  parameters,
  counted,
  assessment,
  proof,
  directory,
  files,
  reason,
}: PointFitResult<{ title: string }>): string {
  const errors = (name: string, report: { energy: ErrorMeasures | null; forces: ErrorMeasures | null } | undefined): string[] =>
    report
      ? [
          `  ${name}: energy RMSE ${milli(report.energy)} meV/atom (MAE ${milli(report.energy, 'mae')}), ` +
            `forces ${milli(report.forces)} meV/Å (MAE ${milli(report.forces, 'mae')})`,
        ]
      : [];
  return [
    '',
    `${model.title}: ${parameters} ${counted}; ${reason}`,
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
