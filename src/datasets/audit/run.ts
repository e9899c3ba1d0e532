import type { Frame } from '../../structures/structure.js';
import { AuditContext } from './context.js';
import { AUDIT_DEFAULTS, type AuditReport, type AuditSettings, type Severity } from './finding.js';
import type { ModelFactory } from './judge.js';
import { CHECKS } from './registry.js';

/** Settings, each with a default, and what to tell while running. */
export interface AuditOptions extends Partial<AuditSettings> {
  /** part done, 0 to 1, and what is being done */
  onProgress?: (fraction: number, message: string) => void;
}

/** Part of the whole time at the end of each stage, from the copper set. */
const STAGES: [name: string, end: number][] = [
  ['geometry', 0.25],
  ['coordinates and cells', 0.45],
  ['neighbours', 0.8],
  ['fit', 0.85],
  ['cross-validation', 0.9],
  ['forces', 1],
];

const ORDER: Severity[] = ['error', 'warning', 'note'];

/**
 * Runs every check. Energies and forces are judged by models from `makeModel`; without it only geometry and labels are looked at.
 * Frames are not changed.
 */
export function runAudit(frames: readonly Frame[], options: AuditOptions, makeModel: ModelFactory | undefined): AuditReport {
  const { onProgress, ...given } = options;
  const settings: AuditSettings = { ...AUDIT_DEFAULTS };
  for (const [key, value] of Object.entries(given)) if (value !== undefined) Object.assign(settings, { [key]: value });
  let reached = 0;
  const progress = (stage: string, done: number, of: number) => {
    const at = STAGES.findIndex(([name]) => name === stage);
    const start = STAGES[at - 1]?.[1] ?? 0;
    // stages that run again do not turn the clock back
    reached = Math.max(reached, start + ((STAGES[at]?.[1] ?? 1) - start) * (of > 0 ? done / of : 1));
    onProgress?.(reached, stage);
  };
  const context = new AuditContext(frames, settings, makeModel, progress);
  const findings = frames.length === 0 ? [] : CHECKS.flatMap((check) => check.run(context));
  findings.sort((a, b) => ORDER.indexOf(a.severity) - ORDER.indexOf(b.severity));
  onProgress?.(1, 'done');
  return { frames: frames.length, findings, mended: context.mended, leftOut: context.leftOut, settings };
}
