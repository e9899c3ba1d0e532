/** A radial distribution function on equal bins. */
export interface RadialDistribution {
  /** middles of the bins, Å */
  distances: readonly number[];
  /** g(r) */
  values: readonly number[];
  /** neighbours up to the end of each bin */
  neighbours: readonly number[];
}

/** The first shell of neighbours. */
export interface FirstPeak {
  /** Å */
  distance: number;
  height: number;
  /** neighbours up to the minimum behind it */
  coordination: number;
}

/** A peak that is no noise is at least this high. */
const LEAST = 1.2;
/** Å on both sides, over which a peak is smoothed by a parabola */
const WIDTH = 0.11;

/** The first peak, through a parabola around the highest bin; undefined where there is none with a minimum behind it. */
export function firstPeak({ distances, values, neighbours }: RadialDistribution): FirstPeak | undefined {
  const start = values.findIndex((g) => g > LEAST);
  if (start < 0) return undefined;
  // the peak ends where the function has fallen below one, the minimum is before it rises above one again
  let end = start;
  while (end < values.length && (values[end]! >= 1 || end === start)) end++;
  let behind = end;
  while (behind < values.length && values[behind]! < 1) behind++;
  if (behind >= values.length) return undefined;
  const at = (from: number, to: number, better: (a: number, b: number) => boolean) => {
    let best = from;
    for (let k = from; k < to; k++) if (better(values[k]!, values[best]!)) best = k;
    return best;
  };
  const top = at(start, end, (a, b) => a > b);
  // of several bins without any atom the middle one
  const lowest = values[at(end, behind, (a, b) => a < b)]!;
  const low = Array.from({ length: behind - end }, (_, k) => end + k).filter((k) => values[k] === lowest);
  const minimum = low[Math.floor(low.length / 2)]!;
  const step = distances[1]! - distances[0]!;
  const reach = Math.max(1, Math.round(WIDTH / step));
  const { shift, height } = parabola(values, top, reach);
  return { distance: distances[top]! + shift * step, height, coordination: neighbours[minimum]! };
}

/** Vertex of the least-squares parabola over the bins within reach, in bins from the highest one. */
function parabola(values: readonly number[], top: number, reach: number): { shift: number; height: number } {
  let [s0, s2, s4, y0, y1, y2] = [0, 0, 0, 0, 0, 0];
  for (let k = -reach; k <= reach; k++) {
    const y = values[top + k] ?? 0;
    s0 += 1;
    s2 += k ** 2;
    s4 += k ** 4;
    y0 += y;
    y1 += k * y;
    y2 += k ** 2 * y;
  }
  const curvature = (s0 * y2 - s2 * y0) / (s0 * s4 - s2 ** 2);
  const slope = y1 / s2;
  const level = (y0 - curvature * s2) / s0;
  if (!(curvature < 0) || Math.abs(slope / (2 * curvature)) > reach) return { shift: 0, height: values[top]! };
  return { shift: -slope / (2 * curvature), height: level - slope ** 2 / (4 * curvature) };
}
