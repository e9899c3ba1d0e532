import type { Frame } from '../../structures/structure.js';
import type { AuditReport, Finding } from './finding.js';
import { frameName } from './format.js';
import { groupBy } from './group.js';

/** `mend`: mend what can be mended and set the other errors aside; `exclude`: set all errors aside; `keep`: leave all as it is. */
export type AuditMode = 'mend' | 'exclude' | 'keep';

export interface AppliedAudit {
  /** the frames to go on with, in their order */
  frames: Frame[];
  /** index in the data set of each of them */
  indices: number[];
  setAside: { frame: Frame; index: number; reason: string }[];
  mended: { frame: Frame; index: number; reason: string; evidence: Finding['evidence'] }[];
  /** what was done, one line each */
  lines: string[];
}

/**
 * Acts on a report. Warnings and notes never change the data.
 * @param frames those that were audited
 */
export function applyAudit(frames: readonly Frame[], report: AuditReport, mode: AuditMode): AppliedAudit {
  const out: AppliedAudit = { frames: [], indices: [], setAside: [], mended: [], lines: [] };
  const wrong = new Map<number, Finding>();
  const mendable = new Map<number, Finding>();
  for (const finding of report.findings) {
    if (finding.severity !== 'error') continue;
    for (const i of finding.frames) {
      if (finding.remedy === 'mend' && report.mended.has(i)) mendable.set(i, finding);
      else if (finding.remedy === 'exclude' && !wrong.has(i)) wrong.set(i, finding);
    }
  }
  frames.forEach((frame, index) => {
    const mend = mendable.get(index);
    // an error that mending does not cure outweighs it
    const exclude = wrong.get(index) ?? (mode === 'exclude' ? mend : undefined);
    if (mode !== 'keep' && exclude) {
      out.setAside.push({ frame, index, reason: exclude.message });
      return;
    }
    const mended = mode === 'mend' && mend ? report.mended.get(index)! : frame;
    if (mended !== frame) out.mended.push({ frame: mended, index, reason: mend!.message, evidence: mend!.evidence });
    out.frames.push(mended);
    out.indices.push(index);
  });
  for (const [what, list] of [
    ['mended', out.mended],
    ['set aside', out.setAside],
  ] as const)
    for (const [reason, members] of groupBy(list, (entry) => entry.reason))
      out.lines.push(
        `${what}: ${members.length} frame${members.length > 1 ? 's' : ''} (first: ${frameName(members[0]!.frame)}): ${reason}`,
      );
  const kept = [...new Set([...wrong.keys(), ...mendable.keys()])].length;
  if (mode === 'keep' && kept > 0) out.lines.push(`kept although the audit found errors in them: ${kept} frame${kept > 1 ? 's' : ''}`);
  return out;
}
