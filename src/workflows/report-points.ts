import type { Settings } from '../config/schema.js';
import { version } from '../config/version.js';
import type { ProofReport } from '../engines/lammps/proof.js';
import type { FittedPoint } from '../fitting/points.js';
import { renderSplineReport } from '../report/spline-report.js';
import type { Assessment } from './assess.js';
import type { FitOptions } from './complete.js';
import type { FinishedPoint, PointFront, PreparedPoints } from './fit-points.js';
import { assessmentReport, auditOf, keptFindings, lammpsReport, reportDate, softwareOf } from './report.js';

/** A finished fit of a form whose parameters are one vector. */
export interface PointParts {
  form: { name: string; metrics(settings: Settings): Record<string, unknown> };
  settings: Settings;
  options: Omit<FitOptions, 'truth'>;
  prepared: PreparedPoints;
  assessment: Omit<Assessment, 'expansionError'>;
  proof: ProofReport;
  finished: Omit<FinishedPoint<unknown>, 'model'>;
  starts: readonly FittedPoint[];
  front: PointFront | undefined;
  found: FittedPoint;
  reason: string;
}

/** The content of metrics.json. */
export function pointMetrics({
  form,
  settings,
  prepared,
  assessment,
  proof,
  finished,
  found,
  reason,
}: PointParts): Record<string, unknown> {
  return {
    eqpot: version(),
    form: form.name,
    seed: settings.seed,
    data: prepared.files,
    ...form.metrics(settings),
    parameters: finished.count,
    loss: found.loss,
    searchEnded: reason,
    fitted: assessment.fitted,
    test: assessment.test,
    crossValidation: assessment.crossValidation,
    comparisons: assessment.comparisons.map(({ name, report }) => ({ name, ...report })),
    ...(finished.targets.length > 0 ? { targets: finished.targets } : {}),
    audit: {
      mended: prepared.audit.applied.mended.map(({ frame, reason: why }) => ({ source: frame.source, reason: why })),
      setAside: prepared.audit.applied.setAside.map(({ frame, reason: why }) => ({ source: frame.source, reason: why })),
      kept: keptFindings(prepared).map(({ frame, reason: why }) => ({ source: frame, reason: why })),
    },
    notSound: finished.violations,
    export: { core: finished.core },
    lammps: {
      engine: proof.engine,
      passed: proof.passed,
      worst: proof.worst,
      tolerance: proof.tolerance,
      comparisons: proof.structures.length,
    },
  };
}

/** The content of report.html. */
export function pointReport(parts: PointParts): string {
  const { settings, options, prepared, assessment, proof, finished, starts, found, reason } = parts;
  const refined = { name: 'on all data', point: found, result: true };
  const lines = [...starts.map((point, k) => ({ name: `start ${k + 1}, on a selection`, point, result: false })), refined];
  return renderSplineReport({
    title: settings.title,
    element: prepared.elements.join('-'),
    date: reportDate(),
    version: version(),
    command: options.command ?? 'eqpot',
    settings: options.settingsText ?? JSON.stringify(settings, null, 2),
    seed: settings.seed,
    stopReason: reason,
    warnings: [
      ...prepared.warnings,
      ...finished.violations.map(
        ({ what, from, to, drop }) => `not sound: ${what} from ${from.toFixed(2)} to ${to.toFixed(2)} Å (by ${drop.toPrecision(3)})`,
      ),
    ],
    dataFiles: prepared.files,
    software: softwareOf(proof),
    effort: [
      { what: 'starts', amount: starts.length, unit: '' },
      { what: 'steps of the best on all data', amount: found.steps, unit: '' },
    ],
    splines: finished.described,
    ...(parts.front ? { chosenFrom: parts.front } : {}),
    ...(finished.targets.length > 0 ? { targets: finished.targets } : {}),
    ...assessmentReport(assessment, prepared.folds.length),
    history: lines.map(({ name, point, result }) => ({
      name,
      result,
      steps: point.history.map(({ step }) => step),
      losses: point.history.map(({ loss }) => loss),
    })),
    audit: auditOf(prepared),
    lammps: lammpsReport(proof),
  });
}
