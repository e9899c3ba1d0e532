/** Stretches of a variable, from and to, growing and apart from each other. */
export type Stretches = readonly (readonly [number, number])[];

/** What of the variables of its functions a fit has seen. */
export interface SeenRange {
  /** shortest distance, Å */
  shortest: number;
  /** densities without the floor */
  lowestDensity: number;
  highestDensity: number;
  /** distances that the data covers, Å; absent in older files: all from `shortest` on */
  distances?: Stretches;
  /** densities that the data covers; absent in older files: all from the lowest to the highest */
  densities?: Stretches;
}

/** Whether a value of JSON is such a list. */
export function isStretches(value: unknown): value is Stretches {
  if (!Array.isArray(value)) return false;
  const edges: unknown[] = value.flat();
  const pairs = value.every((pair) => Array.isArray(pair) && pair.length === 2);
  return pairs && edges.every((edge, k) => Number.isFinite(edge) && (k === 0 || (edge as number) >= (edges[k - 1] as number)));
}

/** Cells of the histogram in one bridge. */
const CELLS = 10;

/**
 * The stretches that values cover, to a tenth of `bridge` outwards: where neighbouring values are further apart than `bridge` there is a
 * gap. Memory does not grow with the number of values.
 * @param bridge in the unit of the values
 */
export function stretchesOf(lists: Iterable<ArrayLike<number>>, bridge: number): [number, number][] {
  const cell = bridge / CELLS;
  const met = new Set<number>();
  for (const list of lists) for (let k = 0; k < list.length; k++) met.add(Math.floor(list[k]! / cell));
  const out: [number, number][] = [];
  for (const index of [...met].sort((a, b) => a - b)) {
    const [from, to] = [tidy(index * cell), tidy((index + 1) * cell)];
    const last = out.at(-1);
    if (last && from - last[1] <= bridge) last[1] = to;
    else out.push([from, to]);
  }
  return out;
}

/** Edges without the noise of the last digits. */
function tidy(value: number): number {
  return Number(value.toPrecision(10));
}
