/** Means of fingerprints agree to this, relative to their size, when structures are the same; standard deviations more loosely. */
const MEANS = 5e-6;
const SPREADS = 1e-4;

/**
 * For each fingerprint the index of the first one that is equal up to rounding. Compared in sorted order, so that no rounding
 * boundary splits a pair.
 * @param fingerprints means, then standard deviations, then one number of the composition
 */
export function twins(fingerprints: readonly Float64Array[]): Int32Array {
  const order = Array.from(fingerprints.keys()).sort((a, b) => fingerprints[a]![0]! - fingerprints[b]![0]! || a - b);
  const out = Int32Array.from(fingerprints.keys());
  for (let q = 0; q < order.length; q++) {
    const i = order[q]!;
    const scale = 1e-9 + Math.abs(fingerprints[i]![0]!);
    for (let k = q - 1; k >= 0; k--) {
      const j = order[k]!;
      if (fingerprints[i]![0]! - fingerprints[j]![0]! > MEANS * scale) break;
      if (!same(fingerprints[i]!, fingerprints[j]!, scale)) continue;
      const root = Math.min(out[i]!, out[j]!);
      const old = Math.max(out[i]!, out[j]!);
      for (let f = 0; f < out.length && old !== root; f++) if (out[f] === old) out[f] = root;
      break;
    }
  }
  return out;
}

function same(a: Float64Array, b: Float64Array, scale: number): boolean {
  const functions = (a.length - 1) / 2;
  if (a.length !== b.length || Math.abs(a[2 * functions]! - b[2 * functions]!) > 1e-9) return false;
  for (let k = 0; k < 2 * functions; k++) if (Math.abs(a[k]! - b[k]!) > (k < functions ? MEANS : SPREADS) * scale) return false;
  return true;
}
