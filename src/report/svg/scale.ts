import { fixed, powerOfTen, significant } from '../numbers.js';

/** A labelled position on an axis. */
export interface Tick {
  value: number;
  label: string;
}

/** Maps values to positions in the drawing. */
export interface Scale {
  readonly domain: readonly [number, number];
  /** labelled ticks inside the domain */
  readonly ticks: readonly Tick[];
  /** unlabelled ticks inside the domain */
  readonly minor: readonly number[];
  /** position of a value; not finite for values that the scale cannot show */
  at(value: number): number;
}

/**
 * Linear scale with ticks at multiples of 1, 2 or 5 times a power of ten.
 * @param range positions of the two ends
 * @param wanted about how many ticks
 */
export function linearScale(domain: readonly [number, number], range: readonly [number, number], wanted = 5): Scale {
  const [low, high] = widened(domain);
  const factor = (range[1] - range[0]) / (high - low);
  return {
    domain: [low, high],
    ticks: linearTicks(low, high, wanted),
    minor: [],
    at: (value) => range[0] + (value - low) * factor,
  };
}

/** Logarithmic scale; the domain must be positive. Ticks at powers of ten, and at 2 and 5 times them where there is room. */
export function logScale(domain: readonly [number, number], range: readonly [number, number], wanted = 5): Scale {
  const [low, high] = domain[0] === domain[1] ? [domain[0] / 2, domain[1] * 2] : domain;
  const from = Math.log10(low);
  const factor = (range[1] - range[0]) / (Math.log10(high) - from);
  return {
    domain: [low, high],
    ticks: logTicks(low, high, wanted),
    minor: logMinor(low, high),
    at: (value) => range[0] + (Math.log10(value) - from) * factor,
  };
}

/** A domain of no width gets one; so does one too narrow for its ticks to be different numbers. */
function widened([low, high]: readonly [number, number]): [number, number] {
  const size = Math.max(Math.abs(low), Math.abs(high));
  if (high - low > 1e-9 * size) return [low, high];
  const half = size > 0 ? size * 0.1 : 1;
  return [low - half, low + half];
}

/** Distance between ticks: 1, 2 or 5 times a power of ten. */
export function niceStep(span: number, wanted: number): number {
  const rough = span / Math.max(1, wanted);
  const magnitude = 10 ** Math.floor(Math.log10(rough));
  const lead = rough / magnitude;
  return magnitude * (lead < 1.5 ? 1 : lead < 3.5 ? 2 : lead < 7.5 ? 5 : 10);
}

function linearTicks(low: number, high: number, wanted: number): Tick[] {
  const step = niceStep(high - low, wanted);
  const first = Math.ceil(low / step - 1e-9);
  const last = Math.floor(high / step + 1e-9);
  const size = Math.max(Math.abs(low), Math.abs(high));
  const decimals = Math.max(0, -Math.floor(Math.log10(step) + 1e-9));
  const ticks: Tick[] = [];
  for (let k = first; k <= last; k++) {
    const value = k * step;
    ticks.push({ value, label: size >= 1e6 || decimals > 5 ? significant(value, 3) : grouped(fixed(value, decimals)) });
  }
  return ticks;
}

/** thin spaces in whole numbers of five digits and more */
function grouped(text: string): string {
  return /^−?\d{5,}$/.test(text) ? text.replace(/\B(?=(\d{3})+$)/g, '\u2009') : text;
}

function logTicks(low: number, high: number, wanted: number): Tick[] {
  const decades = Math.log10(high / low);
  const choices: readonly (readonly number[])[] = [[1], [1, 3], [1, 2, 5]];
  let best: number[] = [];
  for (const leads of choices) {
    const values = decadeMultiples(low, high, leads);
    if (best.length === 0 || values.length <= wanted + 1) best = values;
  }
  if (best.length < 2) return linearTicks(low, high, wanted).filter((tick) => tick.value > 0);
  const keep = Math.ceil(best.length / (wanted + 2));
  return best.filter((_, k) => decades <= 1 || k % keep === 0).map((value) => ({ value, label: logLabel(value) }));
}

function logMinor(low: number, high: number): number[] {
  return Math.log10(high / low) > 6 ? [] : decadeMultiples(low, high, [1, 2, 3, 4, 5, 6, 7, 8, 9]);
}

function decadeMultiples(low: number, high: number, leads: readonly number[]): number[] {
  const out: number[] = [];
  for (let n = Math.floor(Math.log10(low)); n <= Math.ceil(Math.log10(high)); n++)
    for (const lead of leads) {
      const value = Number(`${lead}e${n}`);
      if (value >= low * (1 - 1e-9) && value <= high * (1 + 1e-9)) out.push(value);
    }
  return out;
}

function logLabel(value: number): string {
  if (value >= 1e-3 && value < 1e5) return grouped(String(value));
  const exponent = Math.floor(Math.log10(value) + 1e-9);
  const lead = Math.round(value / 10 ** exponent);
  return lead === 1 ? powerOfTen(exponent) : `${lead}×${powerOfTen(exponent)}`;
}

/** Smallest and largest finite value with a margin on both sides, as a fraction of the span; undefined without a finite value. */
export function extent(lists: readonly ArrayLike<number>[], margin = 0.05): [number, number] | undefined {
  let low = Infinity;
  let high = -Infinity;
  for (const list of lists)
    for (let k = 0; k < list.length; k++) {
      const value = list[k]!;
      // beyond 1e300 a difference of two values is no number any more
      if (!(Math.abs(value) < 1e300)) continue;
      if (value < low) low = value;
      if (value > high) high = value;
    }
  if (low > high) return undefined;
  const pad = high > low ? (high - low) * margin : Math.abs(low) * 0.05 || 1;
  return [low - pad, high + pad];
}

/** The same for a logarithmic axis, where the margin is a fraction of the decades. Values outside 1e-300 to 1e300 are left out. */
export function logExtent(lists: readonly ArrayLike<number>[], margin = 0.06): [number, number] | undefined {
  const logs = lists.map((list) => Array.from(list, (value) => (value > 1e-300 && value < 1e300 ? Math.log10(value) : Number.NaN)));
  const found = extent(logs, margin);
  return found && [10 ** Math.max(-300, found[0]), 10 ** Math.min(300, found[1])];
}
