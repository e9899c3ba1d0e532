import type { AuditReport } from './datasets/audit/finding.js';
import type { ModelFactory } from './datasets/audit/judge.js';
import { type AuditOptions, runAudit } from './datasets/audit/run.js';
import { FlexibleModel } from './fitting/flexible.js';
import type { Frame } from './structures/structure.js';

export { type AppliedAudit, type AuditMode, applyAudit } from './datasets/audit/apply.js';
export type { AuditReport, AuditSettings, Finding, Remedy, Severity } from './datasets/audit/finding.js';
export { auditToJson, formatAudit, frameName } from './datasets/audit/format.js';
export type { AuditOptions } from './datasets/audit/run.js';

const makeModel: ModelFactory = (structures, range, progress) => new FlexibleModel(structures, range, undefined, progress);

/**
 * Looks a data set over before it is fitted: labels, cells, distances, duplicates, energies, energy zeros, forces (docs/audit.md).
 * The frames are not changed; `applyAudit` acts on the report.
 */
export function audit(frames: readonly Frame[], options: AuditOptions = {}): AuditReport {
  return runAudit(frames, options, makeModel);
}
