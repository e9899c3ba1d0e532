// One candidate with the derivatives of every structure's energy with respect to the nodal densities and to the embedding.

/**
 * density: (K) nodal values; floor: background density; embedding: (degree) coefficients of sqrt(rho)^m.
 * out: (nStructures) embedding energy per atom, eV; byNode: (nStructures, K) d out / d density node;
 * powers: (nStructures, degree) sum of weights * sqrt(rho)^m; rho: (nRows) densities (with the floor), for any other use.
 * With derivative != 0 the slope dF/drho of each row is read from there (nRows) instead of being computed from `embedding`.
 * Without byNode (0) only energies and densities are computed. Returns the smallest density met.
 */
export function energyJacobian(
  rows: usize, weights: usize, rowStart: usize, nStructures: i32, K: i32,
  density: usize, floor: f64, embedding: usize, degree: i32, derivative: usize, out: usize, byNode: usize, powers: usize, rho: usize,
): f64 {
  const rowBytes: usize = <usize>K << 3;
  const pairsEnd: usize = rowBytes & ~15;
  let lowest: f64 = Infinity;
  for (let s = 0; s < nStructures; s++) {
    const A = byNode + <usize>s * rowBytes;
    const P = powers + <usize>s * (<usize>degree << 3);
    if (byNode) {
      memory.fill(A, 0, rowBytes);
      memory.fill(P, 0, <usize>degree << 3);
    }
    const end = load<i32>(rowStart + (<usize>s << 2), 4);
    let energy: f64 = 0;
    for (let row = load<i32>(rowStart + (<usize>s << 2)); row < end; row++) {
      const m = rows + <usize>row * rowBytes;
      let sum0 = f64x2.splat(0);
      let sum1 = f64x2.splat(0);
      let k: usize = 0;
      for (; k + 32 <= rowBytes; k += 32) {
        sum0 = f64x2.add(sum0, f64x2.mul(v128.load(m + k), v128.load(density + k)));
        sum1 = f64x2.add(sum1, f64x2.mul(v128.load(m + k, 16), v128.load(density + k, 16)));
      }
      sum0 = f64x2.add(sum0, sum1);
      let value = floor + f64x2.extract_lane(sum0, 0) + f64x2.extract_lane(sum0, 1);
      for (; k < rowBytes; k += 8) value += load<f64>(m + k) * load<f64>(density + k);
      store<f64>(rho + (<usize>row << 3), value);
      lowest = min(lowest, value);
      const w = load<f64>(weights + (<usize>row << 3));
      const t = sqrt<f64>(max<f64>(value, 0));
      let power = w;
      if (!byNode) {
        for (let q = 0; q < degree; q++) {
          power *= t;
          energy += load<f64>(embedding + (<usize>q << 3)) * power;
        }
        continue;
      }
      let slope: f64 = 0;
      for (let q = 0; q < degree; q++) {
        const c = load<f64>(embedding + (<usize>q << 3));
        slope += <f64>(q + 1) * c * power;
        power *= t;
        energy += c * power;
        store<f64>(P + (<usize>q << 3), load<f64>(P + (<usize>q << 3)) + power);
      }
      // d(t^m)/drho = m t^(m-1) / (2 t)
      let g: f64 = t > 0 ? (0.5 * slope) / t : 0;
      if (derivative != 0) g = w * load<f64>(derivative + (<usize>row << 3));
      const gg = f64x2.splat(g);
      k = 0;
      for (; k < pairsEnd; k += 16) v128.store(A + k, f64x2.add(v128.load(A + k), f64x2.mul(gg, v128.load(m + k))));
      for (; k < rowBytes; k += 8) store<f64>(A + k, load<f64>(A + k) + g * load<f64>(m + k));
    }
    store<f64>(out + (<usize>s << 3), energy);
  }
  return lowest;
}
