import { readdirSync, readFileSync } from 'node:fs';
import { cpus, loadavg } from 'node:os';

/** Wall times of one piece of work, ms. */
export interface Timing {
  median: number;
  min: number;
  max: number;
  repeats: number;
}

/** Shortest time of one repeat, ms: shorter work is done several times in a row. */
const LONG_ENOUGH = 40;

/**
 * Times `work` after one unmeasured run. A repeat is as many runs as take 40 ms, so that the clock and a single interruption matter
 * little; the times are of one run.
 */
export async function measure(work: () => unknown, repeats = 9): Promise<Timing> {
  await work();
  const started = performance.now();
  await work();
  const inner = Math.max(1, Math.ceil(LONG_ENOUGH / Math.max(performance.now() - started, 1e-3)));
  const times: number[] = [];
  for (let k = 0; k < repeats; k++) {
    const from = performance.now();
    for (let i = 0; i < inner; i++) await work();
    times.push((performance.now() - from) / inner);
  }
  return summary(times);
}

/** Median, smallest and largest of some times. */
export function summary(times: readonly number[]): Timing {
  const sorted = [...times].sort((a, b) => a - b);
  const n = sorted.length;
  const median = n % 2 === 1 ? sorted[n >> 1]! : 0.5 * (sorted[n / 2 - 1]! + sorted[n / 2]!);
  return { median, min: sorted[0]!, max: sorted[n - 1]!, repeats: n };
}

/** `median (min..max)`, times `factor`, three significant digits. */
export function show(timing: Timing, factor = 1): string {
  const text = (x: number) => significant(x * factor);
  return `${text(timing.median)} (${text(timing.min)}..${text(timing.max)})`;
}

/**
 * Processor time of the calling thread so far, s, to 0.01; NaN where the system does not tell (it is Linux's). On a busy machine it
 * says what the wall time would have been.
 */
export function threadSeconds(): number {
  try {
    // the name of the program, in brackets, may hold spaces
    const fields = readFileSync('/proc/thread-self/stat', 'utf8').replace(/^.*\)/, '').trim().split(' ');
    return (Number(fields[11]) + Number(fields[12])) / 100;
  } catch {
    return Number.NaN;
  }
}

/**
 * Processor time of this process and of all that it started, ended or running, s, to 0.01; NaN where the system does not tell (it is
 * Linux's).
 */
export function familySeconds(pid = process.pid): number {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').replace(/^.*\)/s, '').trim().split(' ');
    const own = fields.slice(11, 15).reduce((sum, ticks) => sum + Number(ticks), 0) / 100;
    const children = readdirSync(`/proc/${pid}/task`).flatMap((task) =>
      readFileSync(`/proc/${pid}/task/${task}/children`, 'utf8').trim().split(' ').filter(Boolean),
    );
    return children.reduce((sum, child) => sum + familySeconds(Number(child)), own);
  } catch {
    return Number.NaN;
  }
}

/** Three significant digits without an exponent. */
export function significant(x: number): string {
  if (!Number.isFinite(x)) return String(x);
  const digits = Math.max(0, 2 - Math.floor(Math.log10(Math.abs(x) || 1)));
  return x.toFixed(Math.min(digits, 6));
}

/** Prints what a figure means nothing without: machine, load, command. */
export function printHeader(command: string): void {
  const model = cpus()[0]?.model.trim() ?? 'unknown processor';
  const mhz = cpus()[0]?.speed;
  console.log(`machine: ${model}${mhz ? `, ${mhz} MHz` : ''}, ${cpus().length} logical CPUs, Node ${process.version}`);
  console.log(`load before: ${loadavg()[0]!.toFixed(2)} (a busy machine makes every figure worse; minima suffer least)`);
  console.log(`command: ${command}`);
}

/** Prints rows under their headings, columns aligned. */
export function printTable(headings: readonly string[], rows: readonly (readonly string[])[]): void {
  const widths = headings.map((heading, k) => Math.max(heading.length, ...rows.map((row) => (row[k] ?? '').length)));
  const line = (cells: readonly string[]) =>
    cells
      .map((cell, k) => cell.padEnd(widths[k]!))
      .join('  ')
      .trimEnd();
  console.log(line(headings));
  console.log(line(widths.map((width) => '-'.repeat(width))));
  for (const row of rows) console.log(line(row));
}
