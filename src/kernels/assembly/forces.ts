// Energies' derivatives along atomic positions, one pass over half neighbour lists with cubic look-up of tabulated slopes.
// Tables are in u = r on a uniform grid: slopes of pair and density are interleaved (G + 3, 2) and interpolated by a four-point
// cubic (Lagrange), which is linear in the tabulated values, so that the adjoint is exact.

/**
 * first, second: (n) i32; index: (n) f64 position in the table (r - start) / step; unit: (n, 3) unit vectors first -> second.
 * slopes: (G, 2) dphi/dr and drho/dr; embedding: (atoms) dF/drho. out: (atoms, 3) forces, must be zero at entry.
 * virial: (frames, 6) sum of dE/dr r (xx yy zz yz xz xy), eV; distance: (n) Å; frame: (atoms) i32.
 */
export function forces(
  first: usize, second: usize, index: usize, unit: usize, distance: usize, n: i32,
  slopes: usize, embedding: usize, frame: usize, out: usize, virial: usize,
): void {
  for (let p = 0; p < n; p++) {
    const i = <usize>load<i32>(first + (<usize>p << 2));
    const j = <usize>load<i32>(second + (<usize>p << 2));
    const at = load<f64>(index + (<usize>p << 3));
    const cell = <i32>at;
    const x = at - <f64>cell;
    const t = slopes + (<usize>(cell - 1) << 4);
    // Lagrange weights of the points -1, 0, 1, 2
    const xm = x - 1, xp = x + 1, x2 = x - 2;
    const w0 = -x * xm * x2 / 6, w1 = xp * xm * x2 / 2, w2 = -xp * x * x2 / 2, w3 = xp * x * xm / 6;
    let v = f64x2.mul(f64x2.splat(w0), v128.load(t));
    v = f64x2.add(v, f64x2.mul(f64x2.splat(w1), v128.load(t, 16)));
    v = f64x2.add(v, f64x2.mul(f64x2.splat(w2), v128.load(t, 32)));
    v = f64x2.add(v, f64x2.mul(f64x2.splat(w3), v128.load(t, 48)));
    const dEdr = f64x2.extract_lane(v, 0) + (load<f64>(embedding + (i << 3)) + load<f64>(embedding + (j << 3))) * f64x2.extract_lane(v, 1);
    const u = unit + <usize>p * 24;
    const ux = load<f64>(u), uy = load<f64>(u, 8), uz = load<f64>(u, 16);
    const fx = dEdr * ux, fy = dEdr * uy, fz = dEdr * uz;
    const oi = out + i * 24, oj = out + j * 24;
    store<f64>(oi, load<f64>(oi) + fx);
    store<f64>(oi, load<f64>(oi, 8) + fy, 8);
    store<f64>(oi, load<f64>(oi, 16) + fz, 16);
    store<f64>(oj, load<f64>(oj) - fx);
    store<f64>(oj, load<f64>(oj, 8) - fy, 8);
    store<f64>(oj, load<f64>(oj, 16) - fz, 16);
    const r = load<f64>(distance + (<usize>p << 3));
    const q = virial + <usize>load<i32>(frame + (i << 2)) * 48;
    store<f64>(q, load<f64>(q) + fx * ux * r);
    store<f64>(q, load<f64>(q, 8) + fy * uy * r, 8);
    store<f64>(q, load<f64>(q, 16) + fz * uz * r, 16);
    store<f64>(q, load<f64>(q, 24) + fy * uz * r, 24);
    store<f64>(q, load<f64>(q, 32) + fx * uz * r, 32);
    store<f64>(q, load<f64>(q, 40) + fx * uy * r, 40);
  }
}

/**
 * Adjoint of `forces`: for L with dL/dF = g (atoms, 3) and dL/dvirial = h (frames, 6), the derivatives with respect to the
 * tabulated slopes, bySlope (G, 2), and to the embedding slopes of the atoms, byEmbedding (atoms); both zero at entry.
 */
export function forceAdjoint(
  first: usize, second: usize, index: usize, unit: usize, distance: usize, n: i32,
  slopes: usize, embedding: usize, frame: usize, g: usize, h: usize, bySlope: usize, byEmbedding: usize,
): void {
  for (let p = 0; p < n; p++) {
    const i = <usize>load<i32>(first + (<usize>p << 2));
    const j = <usize>load<i32>(second + (<usize>p << 2));
    const at = load<f64>(index + (<usize>p << 3));
    const cell = <i32>at;
    const x = at - <f64>cell;
    const offset = <usize>(cell - 1) << 4;
    const t = slopes + offset + 8;
    const xm = x - 1, xp = x + 1, x2 = x - 2;
    const w0 = -x * xm * x2 / 6, w1 = xp * xm * x2 / 2, w2 = -xp * x * x2 / 2, w3 = xp * x * xm / 6;
    const rhoSlope = w0 * load<f64>(t) + w1 * load<f64>(t, 16) + w2 * load<f64>(t, 32) + w3 * load<f64>(t, 48);
    const u = unit + <usize>p * 24;
    const ux = load<f64>(u), uy = load<f64>(u, 8), uz = load<f64>(u, 16);
    const gi = g + i * 24, gj = g + j * 24;
    const r = load<f64>(distance + (<usize>p << 3));
    const q = h + <usize>load<i32>(frame + (i << 2)) * 48;
    const along = (load<f64>(gi) - load<f64>(gj)) * ux + (load<f64>(gi, 8) - load<f64>(gj, 8)) * uy + (load<f64>(gi, 16) - load<f64>(gj, 16)) * uz
      + r * (load<f64>(q) * ux * ux + load<f64>(q, 8) * uy * uy + load<f64>(q, 16) * uz * uz
        + load<f64>(q, 24) * uy * uz + load<f64>(q, 32) * ux * uz + load<f64>(q, 40) * ux * uy);
    const ei = byEmbedding + (i << 3), ej = byEmbedding + (j << 3);
    store<f64>(ei, load<f64>(ei) + along * rhoSlope);
    store<f64>(ej, load<f64>(ej) + along * rhoSlope);
    const both = f64x2.replace_lane(f64x2.splat(along), 1, along * (load<f64>(embedding + (i << 3)) + load<f64>(embedding + (j << 3))));
    const o = bySlope + offset;
    v128.store(o, f64x2.add(v128.load(o), f64x2.mul(f64x2.splat(w0), both)));
    v128.store(o, f64x2.add(v128.load(o, 16), f64x2.mul(f64x2.splat(w1), both)), 16);
    v128.store(o, f64x2.add(v128.load(o, 32), f64x2.mul(f64x2.splat(w2), both)), 32);
    v128.store(o, f64x2.add(v128.load(o, 48), f64x2.mul(f64x2.splat(w3), both)), 48);
  }
}
