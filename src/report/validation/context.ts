import { MISSING, scientificParts, significant } from '../numbers.js';
import { SHAPES, type Shape } from '../svg/shapes.js';
import type { Validation, Verdict } from './validation.js';

/** How a potential is drawn, in every figure of the page. */
export interface SeriesStyle {
  name: string;
  /** class that sets the colour and the dash of lines */
  className: string;
  shape: Shape;
}

/** Colours for potentials; the seventh of the style sheet is the ink's, which reference values have. */
const COLOURS = 6;

/** What reference values are drawn with. */
export const REFERENCE: SeriesStyle = { name: 'reference', className: 'reference', shape: 'diamond' };

/** The potentials in their order, with their looks. */
export function seriesOf({ potentials }: Validation): SeriesStyle[] {
  return Object.keys(potentials).map((name, k) => ({
    name,
    className: `s${k % COLOURS}`,
    shape: SHAPES[(k + Math.floor(k / COLOURS)) % SHAPES.length]!,
  }));
}

/** Every name of a value that the potentials have of a property, in the property's order, those that only some have last. */
export function namesOf({ potentials }: Validation, listed: readonly string[]): string[] {
  const found = new Set(Object.values(potentials).flatMap((verdicts) => Object.keys(verdicts)));
  return listed.filter((name) => found.has(name));
}

/** A value with a fixed number of decimals that fits its size, and a true minus sign. */
export function decimal(value: number | null | undefined): string {
  if (value === null || value === undefined || !Number.isFinite(value)) return MISSING;
  const size = Math.abs(value);
  if (size !== 0 && (size < 1e-3 || size >= 1e7)) return significant(value, 4);
  return value.toFixed(size >= 100 ? 1 : size >= 10 ? 2 : 4).replace('-', '−');
}

/** A difference with its sign, about three significant digits. */
export function signed(value: number): string {
  const text = significant(value, 3);
  return value > 0 ? `+${text}` : text;
}

/** A deviation as a share of the reference; undefined where the reference is (nearly) zero. */
export function percent(deviation: number, reference: number): string | undefined {
  const share = (100 * deviation) / Math.abs(reference);
  if (!(Math.abs(share) < 1e4)) return undefined;
  const digits = Math.abs(share) >= 9.95 ? 0 : Math.abs(share) >= 0.095 ? 1 : 2;
  const text = Math.abs(share).toFixed(digits);
  return `${Number(text) === 0 ? '' : share > 0 ? '+' : '−'}${text} %`;
}

/** A number with its unit. */
export function withUnit(value: number | null | undefined, unit: string): string {
  return unit ? `${decimal(value)}\u00a0${unit}` : decimal(value);
}

/** The deviation in units of the tolerance; undefined without a verdict. A tolerance of zero is met or missed without limit. */
export function inTolerances({ deviation, tolerance }: Verdict): number | undefined {
  if (deviation === null || tolerance === null) return undefined;
  return tolerance > 0 ? Math.abs(deviation) / tolerance : deviation === 0 ? 0 : Infinity;
}

/** For `detail` and settings: anything of JSON as a few words. */
export function words(value: unknown): string {
  if (typeof value === 'number') {
    if (Number.isInteger(value) && Math.abs(value) < 1e7) return significant(value, 8);
    const { mantissa, exponent } = scientificParts(value, 5);
    return exponent === undefined ? mantissa.replace('-', '−') : significant(value, 3);
  }
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  if (value === null || value === undefined) return MISSING;
  if (Array.isArray(value)) return value.map(words).join(', ');
  if (typeof value === 'object') return JSON.stringify(value);
  return String(value);
}
