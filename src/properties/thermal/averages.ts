/** A mean with its statistical error. */
export interface Average {
  mean: number;
  /** standard error from the scatter of blocks */
  error: number;
}

/** Mean of values. */
export function mean(values: ArrayLike<number>): number {
  let sum = 0;
  for (let k = 0; k < values.length; k++) sum += values[k]!;
  return sum / values.length;
}

/**
 * Mean of a time series with the standard error of blocks, which are long enough not to know of each other (H. Flyvbjerg and
 * H. G. Petersen, J. Chem. Phys. 91, 461 (1989)).
 */
export function blockAverage(values: readonly number[], blocks = 5): Average {
  const size = Math.floor(values.length / blocks);
  if (size < 1) throw new Error(`${values.length} values are not ${blocks} blocks`);
  // what does not fill a block is left out at the beginning, which is the least equilibrated part
  const rest = values.length - blocks * size;
  const means = Array.from({ length: blocks }, (_, b) => mean(values.slice(rest + b * size, rest + (b + 1) * size)));
  const all = mean(means);
  const variance = means.reduce((sum, each) => sum + (each - all) ** 2, 0) / (blocks - 1);
  return { mean: all, error: Math.sqrt(variance / blocks) };
}

/** Rows of numbers of a file of fix ave/time, without its comments. */
export function numberRows(text: string | undefined): number[][] {
  return (text ?? '')
    .split('\n')
    .filter((line) => line.trim() !== '' && !line.startsWith('#'))
    .map((line) => line.trim().split(/\s+/).map(Number));
}
