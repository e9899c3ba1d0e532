import { median } from '../../math/median.js';
import type { AuditContext } from './context.js';

/**
 * Distance of two frames in fingerprint and, where it is given, energy; each component in units of its spread over the set.
 * @param energy eV/atom of a frame
 */
export function frameDistances(
  context: AuditContext,
  members: readonly number[],
  energy?: (frame: number) => number,
): (i: number, j: number) => number {
  const fingerprint = (i: number) => context.workingSurvey(i).fingerprint;
  const size = members.length > 0 ? fingerprint(members[0]!).length : 0;
  const vectors = new Map(members.map((i) => [i, Float64Array.of(...fingerprint(i), energy?.(i) ?? 0)]));
  const weight = Float64Array.from({ length: size + 1 }, (_, k) => {
    const column = members.map((i) => vectors.get(i)![k]!);
    const centre = median(column);
    const deviations = column.map((x) => Math.abs(x - centre));
    const spread = median(deviations) || deviations.reduce((a, b) => Math.max(a, b), 0);
    // the energy counts as much as a quarter of the fingerprint
    return spread > 0 ? (k < size ? 1 : Math.sqrt(size / 4)) / spread : 0;
  });
  const scaled = new Map([...vectors].map(([i, v]) => [i, v.map((x, k) => Math.max(-1e3, Math.min(1e3, x * weight[k]!)))]));
  return (i, j) => {
    const a = scaled.get(i)!;
    const b = scaled.get(j)!;
    let total = 0;
    for (let k = 0; k <= size; k++) total += (a[k]! - b[k]!) ** 2;
    return Math.sqrt(total);
  };
}
