import type { DataSummary, Range } from './summary.js';

/** The summary as text for a terminal or a log: one block, units in every line, warnings last. */
export function formatSummary(summary: DataSummary): string {
  const { frames, labels } = summary;
  const lines = [
    `${frames} frames, ${summary.atoms} atoms of ${Object.entries(summary.elements)
      .map(([symbol, n]) => `${symbol} (${n})`)
      .join(', ')}`,
    '',
    ...table(
      ['file', 'format', 'frames', 'MB', 'sha256'],
      summary.files.map((f) => [f.path, f.format, String(f.frames), (f.bytes / 1e6).toFixed(2), f.sha256.slice(0, 12)]),
    ),
    '',
    ...table(
      ['group', 'frames', 'atoms', 'energy', 'forces', 'stress'],
      [
        ...Object.entries(summary.configTypes).map(([name, g]) => [name, g.frames, g.atoms, g.energy, g.forces, g.stress].map(String)),
        ['all', frames, summary.atoms, labels.energy, labels.forces, labels.stress].map(String),
      ],
    ),
    '',
    ...table(
      ['range', 'from', 'frame', 'to', 'frame', ''],
      [
        ['atoms in a frame', summary.atomsPerFrame, '', 0],
        ['energy per atom', summary.energyPerAtom, 'eV', 4],
        ['largest force', summary.largestForce, 'eV/Å', 3],
        ['pressure', summary.pressure, 'GPa', 2],
        ['volume per atom', summary.volumePerAtom, 'Å³', 2],
        ['nearest distance', summary.nearestDistance, 'Å', 3],
        ['cell vectors', summary.cellLength, 'Å', 2],
      ].flatMap((row) => rangeRow(...(row as [string, Range | undefined, string, number]))),
    ),
  ];
  if (summary.warnings.length > 0)
    lines.push(
      '',
      `${summary.warnings.length} warning${summary.warnings.length > 1 ? 's' : ''}:`,
      ...summary.warnings.map((w) => `  ! ${w}`),
    );
  return `${lines.join('\n')}\n`;
}

function rangeRow(name: string, range: Range | undefined, unit: string, digits: number): string[][] {
  if (!range) return [];
  return [[name, range.low.toFixed(digits), `#${range.lowFrame}`, range.high.toFixed(digits), `#${range.highFrame}`, unit]];
}

/** Columns of text; those with only numbers are set flush right. */
function table(head: readonly string[], rows: readonly string[][]): string[] {
  const all = [[...head], ...rows];
  const widths = head.map((_, c) => Math.max(...all.map((row) => row[c]!.length)));
  const right = head.map((_, c) => rows.length > 0 && rows.every((row) => /^#?-?[\d.]+$/.test(row[c]!)));
  return all.map((row) =>
    `  ${row.map((cell, c) => (right[c] ? cell.padStart(widths[c]!) : cell.padEnd(widths[c]!))).join('  ')}`.trimEnd(),
  );
}
