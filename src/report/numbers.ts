/** What stands for a number that is missing or not finite. */
export const MISSING = '–';

const SUPERSCRIPTS: Record<string, string> = {
  '-': '⁻',
  '0': '⁰',
  '1': '¹',
  '2': '²',
  '3': '³',
  '4': '⁴',
  '5': '⁵',
  '6': '⁶',
  '7': '⁷',
  '8': '⁸',
  '9': '⁹',
};

/** 10 to a whole power, in characters of plain text. */
export function powerOfTen(exponent: number): string {
  return `10${[...String(exponent)].map((c) => SUPERSCRIPTS[c] ?? c).join('')}`;
}

/** A number for reading: `digits` significant digits, a true minus sign, no exponents where they can be avoided. */
export function significant(value: number | undefined, digits = 4): string {
  if (value === undefined || !Number.isFinite(value)) return MISSING;
  if (value === 0) return '0';
  const { mantissa, exponent } = scientificParts(value, digits);
  if (exponent !== undefined) return `${minus(mantissa)}×${powerOfTen(exponent)}`;
  return minus(mantissa);
}

/** Mantissa and, where plain decimals would be unreadable, the power of ten of a finite number rounded to significant digits. */
export function scientificParts(value: number, digits: number): { mantissa: string; exponent?: number } {
  const rounded = Number(value.toPrecision(digits));
  const size = Math.abs(rounded);
  if (rounded === 0 || (size >= 1e-4 && size < 1e7)) return { mantissa: plainDecimals(rounded) };
  const [mantissa, exponent] = rounded.toExponential().split('e') as [string, string];
  return { mantissa, exponent: Number(exponent) };
}

function plainDecimals(value: number): string {
  const text = String(value);
  return text.includes('e') ? value.toFixed(20).replace(/\.?0+$/, '') : text;
}

/** Fixed number of decimals with a true minus sign. */
export function fixed(value: number | undefined, decimals: number): string {
  if (value === undefined || !Number.isFinite(value)) return MISSING;
  const text = value.toFixed(decimals);
  return minus(Number(text) === 0 ? text.replace('-', '') : text);
}

/** An error given in eV (/atom, /Å) as thousandths of it, with three significant digits: `4.21`, `38.8`, `1530`. */
export function milli(value: number | undefined): string {
  if (value === undefined || !Number.isFinite(value)) return MISSING;
  const thousandths = 1000 * value;
  const size = Math.abs(thousandths);
  if (size >= 1e7 || (size < 0.01 && size > 0)) return significant(thousandths, 2);
  return fixed(thousandths, size >= 99.95 ? 0 : size >= 9.995 ? 1 : 2);
}

/** A whole number with thin spaces between groups of three. */
export function count(value: number | undefined): string {
  if (value === undefined || !Number.isFinite(value)) return MISSING;
  return minus(Math.round(value).toString()).replace(/\B(?=(\d{3})+$)/g, '\u2009');
}

/** Size of a file. */
export function bytes(value: number | undefined): string {
  if (value === undefined || !Number.isFinite(value)) return MISSING;
  if (value < 1000) return `${value} B`;
  if (value < 1e6) return `${significant(value / 1e3, 3)} kB`;
  return `${significant(value / 1e6, 3)} MB`;
}

/** Singular or plural with its count: `1 frame`, `40 frames`. */
export function plural(n: number, one: string, many = `${one}s`): string {
  return `${count(n)} ${n === 1 ? one : many}`;
}

function minus(text: string): string {
  return text.replace('-', '−');
}

/** Mean absolute, root-mean-square and largest absolute difference over the finite pairs. */
export interface Differences {
  /** finite pairs */
  count: number;
  /** pairs with a value that is not finite */
  broken: number;
  mae: number;
  rmse: number;
  max: number;
}

/** @param predicted same length and unit as `reference` */
export function differences(reference: ArrayLike<number>, predicted: ArrayLike<number>): Differences {
  let finite = 0;
  let absolute = 0;
  let squared = 0;
  let max = 0;
  for (let k = 0; k < reference.length; k++) {
    const d = Math.abs(predicted[k]! - reference[k]!);
    if (!Number.isFinite(d)) continue;
    finite++;
    absolute += d;
    squared += d * d;
    if (d > max) max = d;
  }
  const mean = (total: number): number => (finite ? total / finite : Number.NaN);
  return {
    count: finite,
    broken: reference.length - finite,
    mae: mean(absolute),
    rmse: Math.sqrt(mean(squared)),
    max: finite ? max : Number.NaN,
  };
}
