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
    ...problems(validation),
    `${pass} within tolerance, ${fail} not, ${error} errors, ${skipped} skipped`,
    '',
  ].join('\n');
}

function cell({ value, status }: Verdict): string {
  return value === null ? MARKS[status] : `${short(value)}${MARKS[status]}`;
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
