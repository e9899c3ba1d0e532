import { cpus } from 'node:os';
import { frameName } from '../audit.js';
import type { Settings } from '../config/schema.js';
import { version } from '../config/version.js';
import type { ProofReport } from '../engines/lammps/proof.js';
import { type EquationModel, EquationPotential } from '../potentials/equation-potential.js';
import { describeEquation } from '../report/equation.js';
import type { ReportCurve, ReportData, ReportWindow } from '../report/report-data.js';
import type { Frame } from '../structures/structure.js';
import type { Assessment } from './assess.js';
import type { FitOptions } from './complete.js';
import type { ExportedModel } from './export.js';
import type { FinishedEquation } from './finish.js';
import type { FrontRow } from './front-file.js';
import type { PreparedFit } from './prepare.js';
import { recoveryOf } from './recovery.js';
import type { SearchOutcome } from './search.js';
import type { TargetRow } from './targets.js';
import { type Uncertainty, uncertaintyData } from './uncertainty.js';

interface Parts {
  settings: Settings;
  options: FitOptions;
  prepared: PreparedFit;
  outcome: SearchOutcome;
  finished: FinishedEquation;
  rows: FrontRow[];
  assessment: Assessment;
  exported: ExportedModel;
  proof: ProofReport;
  targets: readonly TargetRow[];
  open: Uncertainty;
  /** the run directory as one would name it */
  run: string;
}

/** Everything the report shows, collected from the parts of a fit. */
export function reportData(parts: Parts): ReportData {
  const { settings, options, prepared, outcome, finished, rows, assessment, exported, proof, targets, open, run } = parts;
  const { model } = finished;
  const { search } = settings;
  const steps = outcome.restarts.reduce((total, restart) => total + restart.steps, 0);
  const recovery = options.truth ? recoveryOf(model, options.truth) : undefined;
  return {
    title: settings.title,
    element: prepared.element,
    date: reportDate(),
    version: version(),
    command: options.command ?? 'eqpot',
    settings: options.settingsText ?? JSON.stringify(settings, null, 2),
    seed: settings.seed,
    stopReason: outcome.reason,
    warnings: [
      ...prepared.warnings,
      ...finished.violations.map(
        ({ what, from, to, drop }) => `not sound: ${what} from ${from.toFixed(2)} to ${to.toFixed(2)} Å (by ${drop.toPrecision(3)})`,
      ),
      ...(assessment.expansionError * 1e3 > settings.moment_error
        ? [
            `the radial expansion is off by ${(assessment.expansionError * 1e3).toPrecision(2)} meV/atom for the found equation, more than the ${settings.moment_error} asked for`,
          ]
        : []),
    ],
    dataFiles: prepared.files,
    software: softwareOf(proof),
    effort:
      outcome.restarts.length === 0
        ? []
        : [
            { what: `restarts by ${search.method}`, amount: outcome.restarts.length, unit: '' },
            { what: 'steps of their global searches', amount: steps, unit: '' },
            { what: 'candidate equations evaluated there', amount: steps * (search.payouts + 1), unit: '' },
          ],
    equation: describeEquation(model),
    ...(recovery ? { recovery } : {}),
    ...assessmentReport(assessment, prepared.folds.length),
    curves: curves(model, options.truth),
    frontReferences: assessment.comparisons.flatMap(({ name, equation }) => (equation ? [{ name, ...equation }] : [])),
    run,
    front: rows.map((row) => ({
      complexity: row.complexity,
      loss: row.loss,
      ...(row.rounded === undefined ? {} : { rounded: row.rounded }),
      row: row.row,
      cutoff: row.cutoff,
      mdCost: row.mdCost,
      networks: row.architecture,
      equationText: `phi(r) = ${row.pair}; rho(r) = ${row.density}; F(rho) = ${row.embedding}`,
      chosen: row.chosen,
    })),
    history: outcome.restarts.map((restart, k) => ({
      name: `restart ${k + 1}`,
      steps: [...restart.history.map(({ step }) => step), restart.steps],
      losses: [...restart.history.map(({ loss }) => loss), restart.history.at(-1)?.loss ?? Number.NaN],
    })),
    ...(targets.length > 0 ? { targets } : {}),
    uncertainty: uncertaintyData(open),
    audit: auditOf(prepared),
    lammps: {
      ...lammpsReport(proof),
      table: {
        file: 'potential.eam.fs',
        nr: exported.files.plan.grid.nr,
        nrho: exported.files.plan.grid.nrho,
        accuracy: exported.files.plan.accuracy,
        reached: exported.files.plan.errorEstimate,
        note: exported.files.plan.notes.join(' '),
      },
    },
    moments: {
      functions: prepared.nodes.count,
      error: Math.max(prepared.nodes.error, assessment.expansionError),
      uniqueRows: prepared.problem.moments.weights.length,
      atoms: prepared.problem.moments.rowOfAtom.length,
    },
  };
}

/** What an audit is judged by. */
interface AuditedFit {
  audit: PreparedFit['audit'];
  problem: { frames: readonly Frame[] };
  test: { frames: readonly Frame[] } | undefined;
}

/** What the report says of errors, whatever the form of the model. */
export function assessmentReport(
  assessment: Omit<Assessment, 'expansionError'>,
  folds: number,
): Pick<ReportData, 'parity' | 'crossValidation'> {
  return {
    parity: {
      energies: assessment.points,
      windows: assessment.fitted.windows.map(windowOf(assessment.lowest)),
      lowest: assessment.lowest,
      comparisons: assessment.comparisons.map(({ name, report }) => ({
        name,
        mae: report.windows.map((window) => window.energy?.mae ?? Number.NaN),
        ...(report.forces ? { forceMae: report.forces.mae } : {}),
      })),
      ...(assessment.forces ? { forces: assessment.forces } : {}),
      ...(assessment.stress ? { stress: assessment.stress } : {}),
      groups: Object.entries(assessment.fitted.groups).map(([group, errors]) => ({
        group,
        frames: errors.frames,
        energyMae: errors.energy?.mae ?? Number.NaN,
        energyRmse: errors.energy?.rmse ?? Number.NaN,
        energyMax: errors.energy?.max ?? Number.NaN,
        ...(errors.forces ? { forceMae: errors.forces.mae } : {}),
        ...(errors.stress ? { stressMae: errors.stress.mae } : {}),
      })),
    },
    ...(assessment.crossValidation
      ? {
          crossValidation: {
            folds,
            energyMae: assessment.crossValidation.energy!.mae,
            energyRmse: assessment.crossValidation.energy!.rmse,
            ...(assessment.crossValidation.forces ? { forceMae: assessment.crossValidation.forces.mae } : {}),
            ...(assessment.fitted.energy ? { trainEnergyMae: assessment.fitted.energy.mae } : {}),
            ...(assessment.fitted.forces ? { trainForceMae: assessment.fitted.forces.mae } : {}),
          },
        }
      : {}),
  };
}

/** What the report says of the proof in LAMMPS. */
export function lammpsReport(proof: ProofReport): NonNullable<ReportData['lammps']> {
  return {
    passed: proof.passed,
    engine: proof.engine.kind === 'native' ? 'native' : 'embedded',
    version: proof.engine.version,
    energyTolerance: proof.tolerance.energy,
    forceTolerance: proof.tolerance.force,
    structures: proof.structures.map((entry) => ({
      name: `${entry.deck}: ${entry.name}`,
      atoms: entry.natoms,
      energyDifference: entry.energyDifferencePerAtom,
      forceDifference: entry.maxForceDifference,
    })),
  };
}

/** Programs and processor that a run was made with. */
export function softwareOf(proof: ProofReport): ReportData['software'] {
  return [
    { name: 'Node.js', version: process.versions.node },
    { name: `LAMMPS (${proof.engine.kind})`, version: proof.engine.version },
    { name: 'processor', version: cpus()[0]?.model ?? 'unknown' },
  ];
}

/** The day and time of a report. */
export function reportDate(): string {
  return `${new Date().toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}

type Window = Assessment['fitted']['windows'][number];

function windowOf(lowest: number) {
  return (window: Window): ReportWindow => ({
    from: window.from === null ? Number.NEGATIVE_INFINITY : window.from - lowest,
    to: window.to === null ? Number.POSITIVE_INFINITY : window.to - lowest,
    frames: window.frames,
    mae: window.energy?.mae ?? Number.NaN,
    rmse: window.energy?.rmse ?? Number.NaN,
    max: window.energy?.max ?? Number.NaN,
  });
}

/** The findings of the audit, and what became of their frames. */
export function auditOf(prepared: AuditedFit): NonNullable<ReportData['audit']> {
  const { report, applied } = prepared.audit;
  const evidenceOf = (index: number): string => {
    const finding = report.findings.find((one) => one.severity === 'error' && one.frames.includes(index));
    return finding ? evidenceText(finding.evidence) : '';
  };
  return {
    frames: report.frames,
    findings: [
      ...applied.mended.map(({ frame, reason, evidence }) => ({
        frame: frameName(frame),
        action: 'mended' as const,
        reason,
        evidence: evidenceText(evidence),
      })),
      ...applied.setAside.map(({ frame, index, reason }) => ({
        frame: frameName(frame),
        action: 'set aside' as const,
        reason,
        evidence: evidenceOf(index),
      })),
      ...keptFindings(prepared),
    ],
  };
}

function evidenceText(evidence: Record<string, number | string>): string {
  return Object.entries(evidence)
    .map(([key, value]) => `${key}: ${typeof value === 'number' ? value.toPrecision(4) : value}`)
    .join('; ');
}

/** Findings of the audit about frames that are fitted all the same: errors that were kept as the settings ask, and warnings. */
export function keptFindings({ audit, problem, test }: AuditedFit) {
  const fitted = new Set([...problem.frames, ...(test?.frames ?? [])].map(frameName));
  const mended = new Set(audit.applied.mended.map(({ frame }) => frameName(frame)));
  const out: { frame: string; action: 'kept'; reason: string; evidence: string }[] = [];
  audit.applied.frames.forEach((frame, k) => {
    const name = frameName(frame);
    if (!fitted.has(name) || mended.has(name)) return;
    const index = audit.applied.indices[k]!;
    for (const finding of audit.report.findings)
      if (finding.severity !== 'note' && finding.frames.includes(index))
        out.push({ frame: name, action: 'kept', reason: finding.message, evidence: evidenceText(finding.evidence) });
  });
  return out;
}

const POINTS = 240;

/** The three functions, beside the published ones for copper or the true ones. All have the gauge in which F has -sqrt(rho). */
function curves(model: EquationModel, truth: EquationModel | undefined): NonNullable<ReportData['curves']> {
  const others: { name: string; role: 'comparison' | 'true'; model: EquationModel }[] = truth
    ? [{ name: truth.title, role: 'true', model: truth }]
    : [];
  const shortest = model.range?.shortest ?? 1.5;
  const from = 0.9 * shortest;
  const highest = model.range?.highestDensity ?? 100;
  const out: { pair: ReportCurve[]; density: ReportCurve[]; embedding: ReportCurve[] } = { pair: [], density: [], embedding: [] };
  const slope = new Float64Array(1);
  for (const { name, role, model: one } of [{ name: 'this fit', role: 'fit' as const, model }, ...others]) {
    const potential = new EquationPotential(one);
    const r = Float64Array.from({ length: POINTS }, (_, k) => from + ((model.cutoff - from) * k) / (POINTS - 1));
    const rho = Float64Array.from({ length: POINTS }, (_, k) => 1.2 * highest * (k / (POINTS - 1)) ** 2);
    out.pair.push({ name, role, x: r, y: r.map((x) => potential.pair().evaluate(x, slope)) });
    out.density.push({ name, role, x: r, y: r.map((x) => potential.density().evaluate(x, slope)) });
    out.embedding.push({ name, role, x: rho, y: rho.map((x) => potential.embedding().evaluate(x, slope)) });
  }
  return {
    ...out,
    shortest,
    ...(model.range ? { densityRange: [model.range.lowestDensity, model.range.highestDensity] as const } : {}),
  };
}
