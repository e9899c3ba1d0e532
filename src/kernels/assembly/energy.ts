// Energies of many candidates at once: the product (rows x K) (K x 4 candidates) with the embedding function and the sum per
// structure fused into it. The density of a row is never stored.

/**
 * Embedding energies per atom, for blocks of four candidates.
 *
 * rows: (nRows, K) nodal moments; weights: (nRows) multiplicity / atoms; rowStart: (nStructures + 1) i32.
 * density: (blocks, K, 4) nodal values of the density; floor: (blocks, 4) background density added to every row;
 * embedding: (blocks, degree, 4) coefficients of sqrt(rho)^1 .. sqrt(rho)^degree.
 * out: (blocks, nStructures, 4) energies, eV/atom, without the value at the floor; lowest: (blocks, 4) smallest density met.
 */
export function energyBatch(
  rows: usize, weights: usize, rowStart: usize, nStructures: i32, K: i32,
  density: usize, floor: usize, embedding: usize, degree: i32, blocks: i32, out: usize, lowest: usize,
): void {
  const rowBytes: usize = <usize>K << 3;
  const zero = f64x2.splat(0);
  for (let b = 0; b < blocks; b++) {
    const D = density + <usize>b * (<usize>K << 5);
    const C = embedding + <usize>b * (<usize>degree << 5);
    const floorA = v128.load(floor + (<usize>b << 5));
    const floorB = v128.load(floor + (<usize>b << 5), 16);
    let minA = f64x2.splat(Infinity);
    let minB = f64x2.splat(Infinity);
    for (let s = 0; s < nStructures; s++) {
      let eA = zero;
      let eB = zero;
      let row = load<i32>(rowStart + (<usize>s << 2));
      const end = load<i32>(rowStart + (<usize>s << 2), 4);
      for (; row + 4 <= end; row += 4) {
        const m0 = rows + <usize>row * rowBytes;
        const m1 = m0 + rowBytes;
        const m2 = m1 + rowBytes;
        const m3 = m2 + rowBytes;
        let a0 = floorA, a1 = floorA, a2 = floorA, a3 = floorA;
        let b0 = floorB, b1 = floorB, b2 = floorB, b3 = floorB;
        let d = D;
        for (let k: usize = 0; k < rowBytes; k += 8) {
          const dA = v128.load(d);
          const dB = v128.load(d, 16);
          d += 32;
          let m = v128.load64_splat(m0 + k);
          a0 = f64x2.add(a0, f64x2.mul(m, dA));
          b0 = f64x2.add(b0, f64x2.mul(m, dB));
          m = v128.load64_splat(m1 + k);
          a1 = f64x2.add(a1, f64x2.mul(m, dA));
          b1 = f64x2.add(b1, f64x2.mul(m, dB));
          m = v128.load64_splat(m2 + k);
          a2 = f64x2.add(a2, f64x2.mul(m, dA));
          b2 = f64x2.add(b2, f64x2.mul(m, dB));
          m = v128.load64_splat(m3 + k);
          a3 = f64x2.add(a3, f64x2.mul(m, dA));
          b3 = f64x2.add(b3, f64x2.mul(m, dB));
        }
        minA = f64x2.min(minA, f64x2.min(f64x2.min(a0, a1), f64x2.min(a2, a3)));
        minB = f64x2.min(minB, f64x2.min(f64x2.min(b0, b1), f64x2.min(b2, b3)));
        a0 = f64x2.sqrt(a0); a1 = f64x2.sqrt(a1); a2 = f64x2.sqrt(a2); a3 = f64x2.sqrt(a3);
        b0 = f64x2.sqrt(b0); b1 = f64x2.sqrt(b1); b2 = f64x2.sqrt(b2); b3 = f64x2.sqrt(b3);
        let fa0 = zero, fa1 = zero, fa2 = zero, fa3 = zero;
        let fb0 = zero, fb1 = zero, fb2 = zero, fb3 = zero;
        let c = C + (<usize>(degree - 1) << 5);
        for (let m = degree; m > 0; m--) {
          const cA = v128.load(c);
          const cB = v128.load(c, 16);
          c -= 32;
          fa0 = f64x2.mul(a0, f64x2.add(fa0, cA));
          fa1 = f64x2.mul(a1, f64x2.add(fa1, cA));
          fa2 = f64x2.mul(a2, f64x2.add(fa2, cA));
          fa3 = f64x2.mul(a3, f64x2.add(fa3, cA));
          fb0 = f64x2.mul(b0, f64x2.add(fb0, cB));
          fb1 = f64x2.mul(b1, f64x2.add(fb1, cB));
          fb2 = f64x2.mul(b2, f64x2.add(fb2, cB));
          fb3 = f64x2.mul(b3, f64x2.add(fb3, cB));
        }
        const w0 = v128.load64_splat(weights + (<usize>row << 3));
        const w1 = v128.load64_splat(weights + (<usize>row << 3), 8);
        const w2 = v128.load64_splat(weights + (<usize>row << 3), 16);
        const w3 = v128.load64_splat(weights + (<usize>row << 3), 24);
        eA = f64x2.add(eA, f64x2.add(f64x2.add(f64x2.mul(fa0, w0), f64x2.mul(fa1, w1)), f64x2.add(f64x2.mul(fa2, w2), f64x2.mul(fa3, w3))));
        eB = f64x2.add(eB, f64x2.add(f64x2.add(f64x2.mul(fb0, w0), f64x2.mul(fb1, w1)), f64x2.add(f64x2.mul(fb2, w2), f64x2.mul(fb3, w3))));
      }
      for (; row < end; row++) {
        const m0 = rows + <usize>row * rowBytes;
        let a0 = floorA;
        let b0 = floorB;
        let d = D;
        for (let k: usize = 0; k < rowBytes; k += 8) {
          const m = v128.load64_splat(m0 + k);
          a0 = f64x2.add(a0, f64x2.mul(m, v128.load(d)));
          b0 = f64x2.add(b0, f64x2.mul(m, v128.load(d, 16)));
          d += 32;
        }
        minA = f64x2.min(minA, a0);
        minB = f64x2.min(minB, b0);
        a0 = f64x2.sqrt(a0);
        b0 = f64x2.sqrt(b0);
        let fa0 = zero;
        let fb0 = zero;
        let c = C + (<usize>(degree - 1) << 5);
        for (let m = degree; m > 0; m--) {
          fa0 = f64x2.mul(a0, f64x2.add(fa0, v128.load(c)));
          fb0 = f64x2.mul(b0, f64x2.add(fb0, v128.load(c, 16)));
          c -= 32;
        }
        const w = v128.load64_splat(weights + (<usize>row << 3));
        eA = f64x2.add(eA, f64x2.mul(fa0, w));
        eB = f64x2.add(eB, f64x2.mul(fb0, w));
      }
      const o = out + ((<usize>b * <usize>nStructures + <usize>s) << 5);
      v128.store(o, eA);
      v128.store(o, eB, 16);
    }
    v128.store(lowest + (<usize>b << 5), minA);
    v128.store(lowest + (<usize>b << 5), minB, 16);
  }
}

/**
 * The same for any embedding function, given as a cubic Hermite table in t = sqrt(rho): table (blocks * 4, intervals + 1, 2) holds
 * F and dF/dt * h at t = i h. Densities past the end are clamped to the last interval's cubic.
 */
export function energyBatchTable(
  rows: usize, weights: usize, rowStart: usize, nStructures: i32, K: i32,
  density: usize, floor: usize, table: usize, intervals: i32, inverseStep: f64, blocks: i32, out: usize, lowest: usize,
): void {
  const rowBytes: usize = <usize>K << 3;
  const tableBytes: usize = <usize>(intervals + 1) << 4;
  for (let b = 0; b < blocks; b++) {
    const D = density + <usize>b * (<usize>K << 5);
    const T = table + (<usize>b << 2) * tableBytes;
    const floorA = v128.load(floor + (<usize>b << 5));
    const floorB = v128.load(floor + (<usize>b << 5), 16);
    let minA = f64x2.splat(Infinity);
    let minB = f64x2.splat(Infinity);
    for (let s = 0; s < nStructures; s++) {
      let e0: f64 = 0, e1: f64 = 0, e2: f64 = 0, e3: f64 = 0;
      const end = load<i32>(rowStart + (<usize>s << 2), 4);
      for (let row = load<i32>(rowStart + (<usize>s << 2)); row < end; row++) {
        const m0 = rows + <usize>row * rowBytes;
        let a = floorA;
        let c = floorB;
        let d = D;
        for (let k: usize = 0; k < rowBytes; k += 8) {
          const m = v128.load64_splat(m0 + k);
          a = f64x2.add(a, f64x2.mul(m, v128.load(d)));
          c = f64x2.add(c, f64x2.mul(m, v128.load(d, 16)));
          d += 32;
        }
        minA = f64x2.min(minA, a);
        minB = f64x2.min(minB, c);
        const w = load<f64>(weights + (<usize>row << 3));
        e0 += w * hermite(T, intervals, inverseStep, f64x2.extract_lane(a, 0));
        e1 += w * hermite(T + tableBytes, intervals, inverseStep, f64x2.extract_lane(a, 1));
        e2 += w * hermite(T + 2 * tableBytes, intervals, inverseStep, f64x2.extract_lane(c, 0));
        e3 += w * hermite(T + 3 * tableBytes, intervals, inverseStep, f64x2.extract_lane(c, 1));
      }
      const o = out + ((<usize>b * <usize>nStructures + <usize>s) << 5);
      store<f64>(o, e0);
      store<f64>(o, e1, 8);
      store<f64>(o, e2, 16);
      store<f64>(o, e3, 24);
    }
    v128.store(lowest + (<usize>b << 5), minA);
    v128.store(lowest + (<usize>b << 5), minB, 16);
  }
}

@inline
function hermite(table: usize, intervals: i32, inverseStep: f64, rho: f64): f64 {
  const t = sqrt<f64>(max<f64>(rho, 0)) * inverseStep;
  const i = min<i32>(<i32>t, intervals - 1);
  const x = t - <f64>i;
  const p = table + (<usize>i << 4);
  const f0 = load<f64>(p);
  const g0 = load<f64>(p, 8);
  const f1 = load<f64>(p, 16);
  const g1 = load<f64>(p, 24);
  const rise = f1 - f0;
  return f0 + x * (g0 + x * (3 * rise - 2 * g0 - g1 + x * (g0 + g1 - 2 * rise)));
}

/** Adds sum_k pair[s, k] phi_k to the energies; pair: (nStructures, K); phi: (blocks, K, 4); out: (blocks, nStructures, 4). */
export function pairBatch(pair: usize, nStructures: i32, K: i32, phi: usize, blocks: i32, out: usize): void {
  const rowBytes: usize = <usize>K << 3;
  for (let b = 0; b < blocks; b++) {
    for (let s = 0; s < nStructures; s++) {
      const o = out + ((<usize>b * <usize>nStructures + <usize>s) << 5);
      const m0 = pair + <usize>s * rowBytes;
      let a = v128.load(o);
      let c = v128.load(o, 16);
      let d = phi + <usize>b * (<usize>K << 5);
      for (let k: usize = 0; k < rowBytes; k += 8) {
        const m = v128.load64_splat(m0 + k);
        a = f64x2.add(a, f64x2.mul(m, v128.load(d)));
        c = f64x2.add(c, f64x2.mul(m, v128.load(d, 16)));
        d += 32;
      }
      v128.store(o, a);
      v128.store(o, c, 16);
    }
  }
}
