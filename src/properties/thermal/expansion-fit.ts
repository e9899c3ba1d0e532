import { solveCholesky } from '../../math/linear.js';
import { type Average, mean } from './averages.js';

/** Volume at a temperature. */
export interface VolumeAt {
  /** K */
  temperature: number;
  /** Å³/atom */
  volume: Average;
}

/** Linear expansion as a function of the temperature. */
export interface ExpansionFit {
  /** (1/L) dL/dT with its statistical error, 1/K; L the edge of a cube of the same volume. @param temperature K */
  expansion(temperature: number): { value: number; error: number };
}

/** Least number of temperatures. */
const LEAST_POINTS = 4;

/**
 * Fits ln(V/V0) = 3 (c1 T + c2 T² + c3 T³), which goes through the static crystal at T = 0, where classical atoms do not move. The
 * scatter of a volume grows with the square root of the temperature.
 */
export function fitExpansion(points: readonly VolumeAt[], volumeAtRest: number): ExpansionFit | undefined {
  if (points.length < LEAST_POINTS) return undefined;
  const degree = points.length > LEAST_POINTS ? 3 : 2;
  const unit = Math.max(...points.map(({ temperature }) => temperature));
  const spread = Math.sqrt(mean(points.map(({ temperature, volume }) => (volume.error / volume.mean / 3) ** 2 / (temperature / unit))));
  const normal = new Float64Array(degree * degree);
  const right = new Float64Array(degree);
  for (const { temperature, volume } of points) {
    const t = temperature / unit;
    const weight = 1 / t;
    const y = Math.log(volume.mean / volumeAtRest) / 3;
    for (let i = 0; i < degree; i++) {
      right[i]! += weight * t ** (i + 1) * y;
      for (let j = 0; j < degree; j++) normal[i * degree + j]! += weight * t ** (i + j + 2);
    }
  }
  const coefficients = solveCholesky(normal.slice(), right, degree);
  if (!coefficients) return undefined;
  return {
    expansion(temperature) {
      const t = temperature / unit;
      const slope = Float64Array.from({ length: degree }, (_, i) => ((i + 1) * t ** i) / unit);
      const inverse = solveCholesky(normal.slice(), slope, degree)!;
      return {
        value: slope.reduce((sum, x, i) => sum + x * coefficients[i]!, 0),
        error: spread * Math.sqrt(slope.reduce((sum, x, i) => sum + x * inverse[i]!, 0)),
      };
    },
  };
}
