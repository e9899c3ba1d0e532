import type { Frame } from '../../structures/structure.js';
import type { AuditReport, Finding } from './finding.js';
import { groupBy } from './group.js';

/** "source (file:line)", as far as the data says. */
export function frameName(frame: Frame): string {
  const { file, line, index } = frame.origin;
  const place = line === undefined ? `${file}, frame ${index + 1}` : `${file}:${line}`;
  return frame.source === '' ? place : `${frame.source} (${place})`;
}

/** Most frames that are listed one by one under a finding. */
const LISTED = 8;

const TITLES = { error: 'ERRORS', warning: 'WARNINGS', note: 'NOTES' } as const;

/** The report for a reader: findings with equal words stand together, with the frames and the evidence of each. */
export function formatAudit(report: AuditReport, frames: readonly Frame[], options: { all?: boolean } = {}): string {
  const lines: string[] = [];
  for (const severity of ['error', 'warning', 'note'] as const) {
    const findings = report.findings.filter((f) => f.severity === severity);
    if (findings.length === 0) continue;
    lines.push(`${TITLES[severity]}`);
    for (const [message, group] of groupBy(findings, (f) => `${f.check}: ${f.message}`))
      lines.push(...formatGroup(message, group, frames, options.all ?? false));
    lines.push('');
  }
  for (const { check, reason } of report.leftOut) lines.push(`left out: ${check}: ${reason}`);
  const count = (severity: Finding['severity']) =>
    new Set(report.findings.filter((f) => f.severity === severity).flatMap((f) => f.frames)).size;
  lines.push(
    `${report.frames} frames: ${count('error')} with errors (${report.mended.size} of them can be mended), ${count('warning')} with warnings, ${count('note')} with notes`,
  );
  return `${lines.join('\n')}\n`;
}

function formatGroup(message: string, group: readonly Finding[], frames: readonly Frame[], all: boolean): string[] {
  const members = [...new Set(group.flatMap((f) => f.frames))];
  const remedy = group[0]!.remedy;
  const what = remedy === 'none' ? '' : ` [${remedy}]`;
  const lines = [`  ${message}${what}: ${members.length} frame${members.length > 1 ? 's' : ''}`];
  const shown = all ? group : group.slice(0, LISTED);
  for (const finding of shown) {
    const names = finding.frames.slice(0, all ? undefined : 3).map((i) => frameName(frames[i]!));
    if (finding.frames.length > names.length) names.push(`${finding.frames.length - names.length} more`);
    const evidence = Object.entries(finding.evidence).map(([key, value]) => `${key}: ${value}`);
    lines.push(`    ${names.join(', ')}`);
    if (evidence.length > 0) lines.push(`      ${evidence.join('; ')}`);
  }
  if (shown.length < group.length) lines.push(`    and ${group.length - shown.length} more (--all lists them)`);
  return lines;
}

/** The report as plain data, for JSON: frames by index and name, mended frames by index only. */
export function auditToJson(report: AuditReport, frames: readonly Frame[]): Record<string, unknown> {
  return {
    frames: report.frames,
    settings: report.settings,
    findings: report.findings.map((finding) => ({ ...finding, names: finding.frames.map((i) => frameName(frames[i]!)) })),
    mendable: [...report.mended.keys()].sort((a, b) => a - b),
    leftOut: report.leftOut,
  };
}
