import type { Settings } from '../config/schema.js';
import { version } from '../config/version.js';
import type { ProofReport } from '../engines/lammps/proof.js';
import type { CoreViolation } from '../export/check-core.js';
import type { SplinePoint } from '../fitting/splines/fit.js';
import type { SMeamModel } from '../potentials/s-meam.js';
import { renderSplineReport } from '../report/spline-report.js';
import type { Assessment } from './assess.js';
import type { FitOptions } from './complete.js';
import type { PreparedSplines } from './prepare-splines.js';
import { assessmentReport, auditOf, keptFindings, lammpsReport, reportDate, softwareOf } from './report.js';
import { describeSplines } from './spline-functions.js';

/** A finished fit of splines. */
export interface SplineParts {
  settings: Settings;
  options: Omit<FitOptions, 'truth'>;
  prepared: PreparedSplines;
  assessment: Omit<Assessment, 'expansionError'>;
  proof: ProofReport;
  model: SMeamModel;
  /** knots and slopes */
  parameters: number;
  starts: readonly SplinePoint[];
  found: SplinePoint;
  reason: string;
  violations: readonly CoreViolation[];
}

/** The content of metrics.json. */
export function splineMetrics({
  settings,
  prepared,
  assessment,
  proof,
  model,
  parameters,
  found,
  reason,
  violations,
}: SplineParts): Record<string, unknown> {
  return {
    eqpot: version(),
    form: 's-meam',
    seed: settings.seed,
    data: prepared.files,
    terms: settings.splines.terms,
    parameters,
    loss: found.loss,
    searchEnded: reason,
    fitted: assessment.fitted,
    test: assessment.test,
    crossValidation: assessment.crossValidation,
    comparisons: assessment.comparisons.map(({ name, report }) => ({ name, ...report })),
    audit: {
      mended: prepared.audit.applied.mended.map(({ frame, reason: why }) => ({ source: frame.source, reason: why })),
      setAside: prepared.audit.applied.setAside.map(({ frame, reason: why }) => ({ source: frame.source, reason: why })),
      kept: keptFindings(prepared).map(({ frame, reason: why }) => ({ source: frame, reason: why })),
    },
    notSound: violations,
    export: { core: model.core },
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
export function splineReport(parts: SplineParts): string {
  const { settings, options, prepared, assessment, proof, model, parameters, starts, found, reason, violations } = parts;
  const refined = { name: 'on all data', point: found };
  const lines = [...starts.map((point, k) => ({ name: `start ${k + 1}`, point })), refined];
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
      ...violations.map(
        ({ what, from, to, drop }) => `not sound: ${what} from ${from.toFixed(2)} to ${to.toFixed(2)} Å (by ${drop.toPrecision(3)})`,
      ),
    ],
    dataFiles: prepared.files,
    software: softwareOf(proof),
    effort: [
      { what: 'random starts', amount: starts.length, unit: '' },
      { what: 'steps of the best on all data', amount: found.steps, unit: '' },
    ],
    splines: describeSplines(model, parameters),
    ...assessmentReport(assessment, prepared.folds.length),
    history: lines.map(({ name, point }) => ({
      name,
      steps: point.history.map(({ step }) => step),
      losses: point.history.map(({ loss }) => loss),
    })),
    audit: auditOf(prepared),
    lammps: lammpsReport(proof),
  });
}
