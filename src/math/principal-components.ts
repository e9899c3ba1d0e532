import { EigenvalueDecomposition, Matrix } from 'ml-matrix';

/** Coordinates of points along the directions in which they differ most. */
export interface PrincipalComponents {
  /** shape (points, components) */
  coordinates: Float64Array;
  /** share of the whole variance along each component, falling */
  shares: number[];
}

/**
 * Principal components of points, mean taken out; fewer points than two have coordinates of zero. The sign of a component is that
 * in which its largest coefficient is positive, so that the same points give the same picture.
 * @param points all of one length
 */
export function principalComponents(points: readonly Float64Array[], components = 2): PrincipalComponents {
  const n = points.length;
  const d = points[0]?.length ?? 0;
  const coordinates = new Float64Array(n * components);
  if (n < 2 || d === 0) return { coordinates, shares: new Array<number>(components).fill(0) };
  const mean = new Float64Array(d);
  for (const point of points) for (let k = 0; k < d; k++) mean[k]! += point[k]! / n;
  const covariance = Matrix.zeros(d, d);
  for (const point of points)
    for (let a = 0; a < d; a++)
      for (let b = a; b < d; b++) covariance.set(a, b, covariance.get(a, b) + ((point[a]! - mean[a]!) * (point[b]! - mean[b]!)) / (n - 1));
  for (let a = 0; a < d; a++) for (let b = 0; b < a; b++) covariance.set(a, b, covariance.get(b, a));
  const { realEigenvalues, eigenvectorMatrix } = new EigenvalueDecomposition(covariance, { assumeSymmetric: true });
  const order = realEigenvalues.map((_, k) => k).sort((a, b) => realEigenvalues[b]! - realEigenvalues[a]!);
  const total = realEigenvalues.reduce((sum, value) => sum + Math.max(0, value), 0);
  const shares: number[] = [];
  for (let c = 0; c < components; c++) {
    const at = order[c];
    shares.push(at === undefined || total === 0 ? 0 : Math.max(0, realEigenvalues[at]!) / total);
    if (at === undefined) continue;
    const axis = eigenvectorMatrix.getColumn(at);
    const largest = axis.reduce((best, x) => (Math.abs(x) > Math.abs(best) ? x : best), 0);
    const sign = largest < 0 ? -1 : 1;
    points.forEach((point, i) => {
      let x = 0;
      for (let k = 0; k < d; k++) x += (point[k]! - mean[k]!) * axis[k]!;
      coordinates[i * components + c] = sign * x;
    });
  }
  return { coordinates, shares };
}
