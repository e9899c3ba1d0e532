/** A point with its loss. */
export interface ScoredPoint {
  point: Float64Array;
  loss: number;
}

/** The same as plain data for a checkpoint. */
export interface SavedScore {
  point: number[];
  loss: number;
}

/** Points kept for refinement. */
const COUNT = 24;

/** The best points that a search has met, best first, one for each neighbourhood. */
export class Elite {
  points: ScoredPoint[] = [];

  constructor(
    /** lengths that distances along the coordinates are counted in */
    private readonly units: Float64Array,
    /** root mean square distance within which two points count as one */
    private readonly apart: number,
  ) {}

  /** Smallest loss met. */
  get best(): number {
    return this.points[0]?.loss ?? Infinity;
  }

  /** Root mean square distance of two points. */
  distance(a: Float64Array, b: Float64Array): number {
    let total = 0;
    for (let q = 0; q < a.length; q++) total += ((a[q]! - b[q]!) / this.units[q]!) ** 2;
    return Math.sqrt(total / a.length);
  }

  /** Takes a copy of the point in if it is good enough. */
  keep(point: Float64Array, loss: number): void {
    const { points } = this;
    if (points.length === COUNT && !(loss < points[COUNT - 1]!.loss)) return;
    // so that they do not fill up with copies
    const near = points.filter((other) => this.distance(other.point, point) < this.apart);
    if (near.some((other) => other.loss <= loss)) return;
    for (const other of near) points.splice(points.indexOf(other), 1);
    let at = points.length;
    while (at > 0 && points[at - 1]!.loss > loss) at--;
    points.splice(at, 0, { point: point.slice(), loss });
    if (points.length > COUNT) points.pop();
  }

  save(): SavedScore[] {
    return this.points.map(({ point, loss }) => ({ point: [...point], loss }));
  }

  restore(saved: readonly SavedScore[]): void {
    this.points = saved.map(({ point, loss }) => ({ point: Float64Array.from(point), loss }));
  }
}

/** A tenth of the width of each interval: the unit in which the search radius and distances are given. */
export function unitsOf(bounds: readonly (readonly [number, number])[]): Float64Array {
  return Float64Array.from(bounds, ([low, high]) => (high - low) / 10);
}
