import { type Markup, markup } from '../markup.js';
import { count, plural } from '../numbers.js';
import type { ReportAudit, ReportFinding } from '../report-data.js';
import { note, type Section } from '../section.js';
import { renderTable } from '../table.js';

const ORDER = ['set aside', 'mended', 'kept'] as const;

/** Number of frames (not findings) by what was done with them; a frame counts for the strongest action. */
export function auditCounts(audit: ReportAudit): Record<ReportFinding['action'], number> {
  const strongest = new Map<string, ReportFinding['action']>();
  for (const { frame, action } of audit.findings) {
    const before = strongest.get(frame);
    if (before === undefined || ORDER.indexOf(action) < ORDER.indexOf(before)) strongest.set(frame, action);
  }
  const counts = { 'set aside': 0, mended: 0, kept: 0 };
  for (const action of strongest.values()) counts[action]++;
  return counts;
}

/** What was found wrong with the data, and what was done about it: by reason, then frame by frame with the evidence. */
export function auditSection(audit: ReportAudit): Section {
  const counts = auditCounts(audit);
  const groups = groupFindings(audit.findings);
  const summary =
    audit.findings.length === 0
      ? `All ${plural(audit.frames, 'frame')} passed.`
      : `Of ${plural(audit.frames, 'frame')}, ${count(counts['set aside'])} set aside, ${count(counts.mended)} mended, ${count(counts.kept)} kept although something was found.`;
  return {
    id: 'audit',
    title: 'Audit of the data',
    body: markup`<p>${summary}</p>
${groups.map(renderGroup)}
${audit.findings.some((f) => f.action === 'set aside') && note('Frames that were set aside took no part in the fit and in the errors above.')}`,
  };
}

interface Group {
  action: ReportFinding['action'];
  reason: string;
  findings: ReportFinding[];
}

function groupFindings(findings: readonly ReportFinding[]): Group[] {
  const groups = new Map<string, Group>();
  for (const finding of findings) {
    const key = `${finding.action}\n${finding.reason}`;
    const group = groups.get(key);
    if (group) group.findings.push(finding);
    else groups.set(key, { action: finding.action, reason: finding.reason, findings: [finding] });
  }
  return [...groups.values()].sort((a, b) => ORDER.indexOf(a.action) - ORDER.indexOf(b.action) || b.findings.length - a.findings.length);
}

function renderGroup({ action, reason, findings }: Group): Markup {
  const table = renderTable({
    columns: [{ head: 'frame', tight: true }, { head: 'evidence' }],
    rows: findings.map((f) => [markup`<code>${f.frame}</code>`, f.evidence]),
  });
  const tag = action.replace(' ', '-');
  return markup`<details class="finding"${findings.length <= 5 && markup` open="open"`}><summary><span class="tag ${tag}">${action}</span> <b>${plural(findings.length, 'frame')}</b>: ${reason}</summary>${table}</details>
`;
}
