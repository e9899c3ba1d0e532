/** How the spread of a committee goes with the errors of predictions for data that were not fitted. */
export interface Calibration {
  /** errors compared */
  count: number;
  /** what the spread has to be multiplied by so that SHARE of the errors are within it */
  scale: number;
  /** shares of the errors within one and two times the spread as it is */
  plain: readonly [number, number];
  /** the same with the spread multiplied; the first one is SHARE by construction */
  scaled: readonly [number, number];
  /** rank correlation (Spearman) of spread and absolute error */
  correlation: number;
}

/** Share of a normal distribution within one standard deviation. */
const SHARE = 0.6827;
/** Fewer errors than this say nothing about two thirds of them. */
const FEW = 12;

/**
 * One factor on the spread, from errors of held-out data: the members differ by what the choice of the frames leaves open, the errors come
 * mostly from what the equation cannot express. A quantile and not a mean square, so that a few frames that no equation of this form
 * describes do not set the scale of all others.
 * @param errors absolute, in the unit of the spreads, of data that were held out
 * @returns undefined where there are too few errors, or the members do not differ
 */
export function calibrate(errors: ArrayLike<number>, spreads: ArrayLike<number>): Calibration | undefined {
  const ratios: number[] = [];
  for (let k = 0; k < errors.length; k++) if (spreads[k]! > 0 && Number.isFinite(errors[k]!)) ratios.push(errors[k]! / spreads[k]!);
  if (ratios.length < FEW) return undefined;
  ratios.sort((a, b) => a - b);
  const scale = ratios[Math.min(ratios.length - 1, Math.ceil(SHARE * ratios.length) - 1)]!;
  if (!(scale > 0)) return undefined;
  const within = (limit: number): number => ratios.filter((ratio) => ratio <= limit).length / ratios.length;
  return {
    count: ratios.length,
    scale,
    plain: [within(1), within(2)],
    scaled: [within(scale), within(2 * scale)],
    correlation: rankCorrelation(errors, spreads),
  };
}

/** Spearman's rank correlation; 0 where one of the two is constant. */
export function rankCorrelation(a: ArrayLike<number>, b: ArrayLike<number>): number {
  const [x, y] = [ranks(a), ranks(b)];
  const mean = (x.length - 1) / 2;
  let [xy, xx, yy] = [0, 0, 0];
  for (let k = 0; k < x.length; k++) {
    xy += (x[k]! - mean) * (y[k]! - mean);
    xx += (x[k]! - mean) ** 2;
    yy += (y[k]! - mean) ** 2;
  }
  return xx > 0 && yy > 0 ? xy / Math.sqrt(xx * yy) : 0;
}

/** Rank of each value from 0; equal values share their mean rank. */
function ranks(values: ArrayLike<number>): Float64Array {
  const order = Array.from({ length: values.length }, (_, k) => k).sort((a, b) => values[a]! - values[b]!);
  const out = new Float64Array(values.length);
  for (let from = 0; from < order.length; ) {
    let to = from;
    while (to + 1 < order.length && values[order[to + 1]!] === values[order[from]!]) to++;
    for (let k = from; k <= to; k++) out[order[k]!] = (from + to) / 2;
    from = to + 1;
  }
  return out;
}
