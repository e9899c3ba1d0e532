// Chebyshev moments of neighbour distances.

/**
 * Adds T_m(s(r)), m < K, of every pair to the row of its target. distances: (n) Å; target: (n) i32 row of each; out: (rows, K).
 * s = scale / r + shift.
 */
export function buildMoments(distances: usize, target: usize, n: i32, K: i32, scale: f64, shift: f64, out: usize): void {
  const rowBytes: usize = <usize>K << 3;
  for (let p = 0; p < n; p++) {
    const s = scale / load<f64>(distances + (<usize>p << 3)) + shift;
    const row = out + <usize>load<i32>(target + (<usize>p << 2)) * rowBytes;
    // T_{m+2} = 2 (2 s^2 - 1) T_m - T_{m-2}: two terms at once
    const step = f64x2.splat(2 * (2 * s * s - 1));
    let before = f64x2.replace_lane(f64x2.splat(2 * s * s - 1), 1, s);
    let now = f64x2.replace_lane(f64x2.splat(1), 1, s);
    for (let k: usize = 0; k < rowBytes; k += 16) {
      v128.store(row + k, f64x2.add(v128.load(row + k), now));
      const next = f64x2.sub(f64x2.mul(step, now), before);
      before = now;
      now = next;
    }
  }
}
