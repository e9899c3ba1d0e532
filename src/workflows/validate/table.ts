import type { Validation, Verdict } from './result.js';

const MARKS: Record<Verdict['status'], string> = { pass: '', fail: ' FAIL', error: 'error', skipped: '-', 'no-reference': '' };

/** The results as plain text: a row for each value, a column for each potential, the reference last. */
export function table(validation: Validation): string {
  const names = Object.keys(validation.potentials);
  const rows: string[][] = [['property', 'unit', ...names, 'reference', 'tolerance']];
  for (const property of new Set(names.flatMap((name) => Object.keys(validation.potentials[name]!)))) {
    const verdicts = names.map((name) => validation.potentials[name]![property]);
    const any = verdicts.find((verdict) => verdict !== undefined)!;
    rows.push([
      property,
      any.unit,
      ...verdicts.map((verdict) => (verdict ? cell(verdict) : '')),
      any.reference === null ? '' : short(any.reference),
      any.tolerance === null ? '' : short(any.tolerance),
    ]);
  }
  const widths = rows[0]!.map((_, k) => Math.max(...rows.map((row) => row[k]!.length)));
  const lines = rows.map((row) =>
    row
      .map((text, k) => (k < 2 ? text.padEnd(widths[k]!) : text.padStart(widths[k]!)))
      .join('  ')
      .trimEnd(),
  );
  const { pass, fail, error, skipped } = validation.counts;
  return [
    `${validation.system.label}, LAMMPS ${validation.lammps.version} (${validation.lammps.kind})`,
    ...lines,
    ...doubts(validation),
    ...problems(validation),
    `${pass} within tolerance, ${fail} not, ${error} errors, ${skipped} skipped`,
    '',
  ].join('\n');
}

function cell({ value, status, uncertainty }: Verdict): string {
  if (value === null) return MARKS[status];
  const bar = uncertainty ? ` ± ${Number((uncertainty.spread * uncertainty.scale).toPrecision(2))}` : '';
  return `${short(value)}${bar}${MARKS[status]}`;
}

/** What ± means, and the properties whose structures are outside of what a potential was fitted to. */
function doubts({ potentials, extrapolation = {} }: Validation): string[] {
  const lines = Object.entries(potentials).flatMap(([name, verdicts]) => {
    const one = Object.values(verdicts).find(({ uncertainty }) => uncertainty)?.uncertainty;
    return one
      ? [`${name}: ± is one standard deviation of ${one.members} members of its committee, times ${short(one.scale)} (held-out errors)`]
      : [];
  });
  for (const [name, properties] of Object.entries(extrapolation)) {
    const outside = Object.entries(properties).filter(([, value]) => value > 0);
    if (outside.length > 0)
      lines.push(
        `${name}: outside of the fitted data, in widths of its range: ${outside.map(([id, value]) => `${id} ${value.toPrecision(2)}`).join(', ')}`,
      );
  }
  return lines;
}

/** Every message once, with the values that it is about. */
function problems({ potentials }: Validation): string[] {
  const messages = new Map<string, string[]>();
  for (const [potential, verdicts] of Object.entries(potentials))
    for (const [property, { status, detail }] of Object.entries(verdicts)) {
      if (status !== 'error' && status !== 'skipped') continue;
      const line = `${potential}, ${status}: ${String(detail.message).split('\n')[0]}`;
      messages.set(line, [...(messages.get(line) ?? []), property]);
    }
  return [...messages].map(
    ([line, names]) => `${line} (${names.length > 4 ? `${names.slice(0, 3).join(', ')} and ${names.length - 3} more` : names.join(', ')})`,
  );
}

function short(value: number): string {
  const size = Math.abs(value);
  if (size !== 0 && (size < 1e-3 || size >= 1e6)) return value.toExponential(3);
  return value.toFixed(size >= 1000 ? 1 : size >= 100 ? 2 : 4);
}
