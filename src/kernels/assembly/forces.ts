// Energies' derivatives along atomic positions, one pass over half neighbour lists with cubic look-up of tabulated slopes.
// The slopes of pair and density are tabulated over r on a uniform grid, interleaved (G, 2), and interpolated by a four-point
// cubic (Lagrange), which is linear in the tabulated values, so that the adjoint is exact.
// Pairs are sorted by their first atom: its force and virial stay in registers.

/**
 * start: (atoms + 1) i32 first pair of each atom; second: (n) i32; distance: (n) Å; unit: (n, 3) unit vectors first -> second.
 * The table begins at `from` (Å) with 1 / step `inverseStep`. slopes: (G, 2) dphi/dr and drho/dr; embedding: (atoms) dF/drho.
 * out: (atoms, 3) forces, zero at entry. virial: (frames, 6) sum of dE/dr r (xx yy zz yz xz xy), eV, zero at entry;
 * frame: (atoms) i32.
 */
export function forces(
  start: usize, second: usize, distance: usize, unit: usize, atoms: i32, from: f64, inverseStep: f64,
  slopes: usize, embedding: usize, frame: usize, out: usize, virial: usize,
): void {
  let p: usize = 0;
  for (let a: usize = 0; a < <usize>atoms; a++) {
    const end = <usize>load<i32>(start + (a << 2), 4);
    const own = load<f64>(embedding + (a << 3));
    let sx: f64 = 0, sy: f64 = 0, sz: f64 = 0;
    let vxx: f64 = 0, vyy: f64 = 0, vzz: f64 = 0, vyz: f64 = 0, vxz: f64 = 0, vxy: f64 = 0;
    for (; p < end; p++) {
      const j = <usize>load<i32>(second + (p << 2));
      const r = load<f64>(distance + (p << 3));
      const at = (r - from) * inverseStep;
      const cell = <i32>at;
      const x = at - <f64>cell;
      const t = slopes + (<usize>(cell - 1) << 4);
      // Lagrange weights of the points -1, 0, 1, 2
      const xm = x - 1, xp = x + 1, x2 = x - 2;
      const outerWeight = x * xm * (1.0 / 6.0), innerWeight = xp * x2 * 0.5;
      let v = f64x2.mul(f64x2.splat(-outerWeight * x2), v128.load(t));
      v = f64x2.add(v, f64x2.mul(f64x2.splat(innerWeight * xm), v128.load(t, 16)));
      v = f64x2.sub(v, f64x2.mul(f64x2.splat(innerWeight * x), v128.load(t, 32)));
      v = f64x2.add(v, f64x2.mul(f64x2.splat(outerWeight * xp), v128.load(t, 48)));
      const dEdr = f64x2.extract_lane(v, 0) + (own + load<f64>(embedding + (j << 3))) * f64x2.extract_lane(v, 1);
      const u = unit + p * 24;
      const ux = load<f64>(u), uy = load<f64>(u, 8), uz = load<f64>(u, 16);
      const fx = dEdr * ux, fy = dEdr * uy, fz = dEdr * uz;
      sx += fx;
      sy += fy;
      sz += fz;
      const oj = out + j * 24;
      store<f64>(oj, load<f64>(oj) - fx);
      store<f64>(oj, load<f64>(oj, 8) - fy, 8);
      store<f64>(oj, load<f64>(oj, 16) - fz, 16);
      const rx = ux * r, ry = uy * r, rz = uz * r;
      vxx += fx * rx;
      vyy += fy * ry;
      vzz += fz * rz;
      vyz += fy * rz;
      vxz += fx * rz;
      vxy += fx * ry;
    }
    const oi = out + a * 24;
    store<f64>(oi, load<f64>(oi) + sx);
    store<f64>(oi, load<f64>(oi, 8) + sy, 8);
    store<f64>(oi, load<f64>(oi, 16) + sz, 16);
    const q = virial + <usize>load<i32>(frame + (a << 2)) * 48;
    store<f64>(q, load<f64>(q) + vxx);
    store<f64>(q, load<f64>(q, 8) + vyy, 8);
    store<f64>(q, load<f64>(q, 16) + vzz, 16);
    store<f64>(q, load<f64>(q, 24) + vyz, 24);
    store<f64>(q, load<f64>(q, 32) + vxz, 32);
    store<f64>(q, load<f64>(q, 40) + vxy, 40);
  }
}

/**
 * Adjoint of `forces`: for L with dL/dF = g (atoms, 3) and dL/dvirial = h (frames, 6), the derivatives with respect to the
 * tabulated slopes, bySlope (G, 2), and to the embedding slopes of the atoms, byEmbedding (atoms); both zero at entry.
 */
export function forceAdjoint(
  start: usize, second: usize, distance: usize, unit: usize, atoms: i32, from: f64, inverseStep: f64,
  slopes: usize, embedding: usize, frame: usize, g: usize, h: usize, bySlope: usize, byEmbedding: usize,
): void {
  let p: usize = 0;
  for (let a: usize = 0; a < <usize>atoms; a++) {
    const end = <usize>load<i32>(start + (a << 2), 4);
    const own = load<f64>(embedding + (a << 3));
    const gi = g + a * 24;
    const gx = load<f64>(gi), gy = load<f64>(gi, 8), gz = load<f64>(gi, 16);
    const q = h + <usize>load<i32>(frame + (a << 2)) * 48;
    const hxx = load<f64>(q), hyy = load<f64>(q, 8), hzz = load<f64>(q, 16);
    const hyz = load<f64>(q, 24), hxz = load<f64>(q, 32), hxy = load<f64>(q, 40);
    let mine: f64 = 0;
    for (; p < end; p++) {
      const j = <usize>load<i32>(second + (p << 2));
      const r = load<f64>(distance + (p << 3));
      const at = (r - from) * inverseStep;
      const cell = <i32>at;
      const x = at - <f64>cell;
      const offset = <usize>(cell - 1) << 4;
      const t = slopes + offset + 8;
      const xm = x - 1, xp = x + 1, x2 = x - 2;
      const outerWeight = x * xm * (1.0 / 6.0), innerWeight = xp * x2 * 0.5;
      const w0 = -outerWeight * x2, w1 = innerWeight * xm, w2 = -innerWeight * x, w3 = outerWeight * xp;
      const rhoSlope = w0 * load<f64>(t) + w1 * load<f64>(t, 16) + w2 * load<f64>(t, 32) + w3 * load<f64>(t, 48);
      const u = unit + p * 24;
      const ux = load<f64>(u), uy = load<f64>(u, 8), uz = load<f64>(u, 16);
      const gj = g + j * 24;
      const along = (gx - load<f64>(gj)) * ux + (gy - load<f64>(gj, 8)) * uy + (gz - load<f64>(gj, 16)) * uz
        + r * (hxx * ux * ux + hyy * uy * uy + hzz * uz * uz + hyz * uy * uz + hxz * ux * uz + hxy * ux * uy);
      mine += along * rhoSlope;
      const ej = byEmbedding + (j << 3);
      store<f64>(ej, load<f64>(ej) + along * rhoSlope);
      const both = f64x2.replace_lane(f64x2.splat(along), 1, along * (own + load<f64>(embedding + (j << 3))));
      const o = bySlope + offset;
      v128.store(o, f64x2.add(v128.load(o), f64x2.mul(f64x2.splat(w0), both)));
      v128.store(o, f64x2.add(v128.load(o, 16), f64x2.mul(f64x2.splat(w1), both)), 16);
      v128.store(o, f64x2.add(v128.load(o, 32), f64x2.mul(f64x2.splat(w2), both)), 32);
      v128.store(o, f64x2.add(v128.load(o, 48), f64x2.mul(f64x2.splat(w3), both)), 48);
    }
    const ei = byEmbedding + (a << 3);
    store<f64>(ei, load<f64>(ei) + mine);
  }
}

/**
 * Derivatives of forces and virials along many parameters at once, for the atoms [first, last) of one frame whose first pair is
 * `pair`. Columns come in three blocks of even width: `nPair` of the pair function, `nDensity` of the density, `nEmbedding` of the
 * embedding. tables: (G, nPair + nDensity) slopes of the columns; tangent: (atoms, nDensity + nEmbedding) derivatives of dF/drho.
 * out: (last - first, 3, columns) and virial: (6, columns), zero at entry; the rest as in `forces`. Returns the pair after the last.
 */
export function forceColumns(
  start: usize, second: usize, distance: usize, unit: usize, first: i32, last: i32, pair: i32, from: f64, inverseStep: f64,
  slopes: usize, embedding: usize, tables: usize, tangent: usize, nPair: i32, nDensity: i32, nEmbedding: i32, out: usize, virial: usize,
): i32 {
  const pairBytes = <usize>nPair << 3, densityBytes = <usize>nDensity << 3;
  const tableBytes = pairBytes + densityBytes, tangentBytes = densityBytes + (<usize>nEmbedding << 3);
  const columnBytes = pairBytes + tangentBytes;
  let p = <usize>pair;
  for (let a = <usize>first; a < <usize>last; a++) {
    const end = <usize>load<i32>(start + (a << 2), 4);
    const own = load<f64>(embedding + (a << 3));
    const ti = tangent + a * tangentBytes;
    const oi = out + (a - <usize>first) * 3 * columnBytes;
    for (; p < end; p++) {
      const j = <usize>load<i32>(second + (p << 2));
      const r = load<f64>(distance + (p << 3));
      const at = (r - from) * inverseStep;
      const cell = <i32>at;
      const x = at - <f64>cell;
      const xm = x - 1, xp = x + 1, x2 = x - 2;
      const outerWeight = x * xm * (1.0 / 6.0), innerWeight = xp * x2 * 0.5;
      const a0 = -outerWeight * x2, a1 = innerWeight * xm, a2 = -innerWeight * x, a3 = outerWeight * xp;
      const s = slopes + (<usize>(cell - 1) << 4) + 8;
      const rhoSlope = f64x2.splat(a0 * load<f64>(s) + a1 * load<f64>(s, 16) + a2 * load<f64>(s, 32) + a3 * load<f64>(s, 48));
      const both = f64x2.splat(own + load<f64>(embedding + (j << 3)));
      const w0 = f64x2.splat(a0), w1 = f64x2.splat(a1), w2 = f64x2.splat(a2), w3 = f64x2.splat(a3);
      const t0 = tables + <usize>(cell - 1) * tableBytes, t1 = t0 + tableBytes, t2 = t1 + tableBytes, t3 = t2 + tableBytes;
      const u = unit + p * 24;
      const ux = f64x2.splat(load<f64>(u)), uy = f64x2.splat(load<f64>(u, 8)), uz = f64x2.splat(load<f64>(u, 16));
      const length = f64x2.splat(r);
      const tj = tangent + j * tangentBytes;
      const oj = out + (j - <usize>first) * 3 * columnBytes;
      for (let c: usize = 0; c < columnBytes; c += 16) {
        let v: v128;
        if (c < tableBytes) {
          v = f64x2.mul(w0, v128.load(t0 + c));
          v = f64x2.add(v, f64x2.mul(w1, v128.load(t1 + c)));
          v = f64x2.add(v, f64x2.mul(w2, v128.load(t2 + c)));
          v = f64x2.add(v, f64x2.mul(w3, v128.load(t3 + c)));
          if (c >= pairBytes) {
            const d = c - pairBytes;
            v = f64x2.add(f64x2.mul(both, v), f64x2.mul(rhoSlope, f64x2.add(v128.load(ti + d), v128.load(tj + d))));
          }
        } else {
          const d = c - pairBytes;
          v = f64x2.mul(rhoSlope, f64x2.add(v128.load(ti + d), v128.load(tj + d)));
        }
        const fx = f64x2.mul(v, ux), fy = f64x2.mul(v, uy), fz = f64x2.mul(v, uz);
        const ix = oi + c, iy = ix + columnBytes, iz = iy + columnBytes;
        v128.store(ix, f64x2.add(v128.load(ix), fx));
        v128.store(iy, f64x2.add(v128.load(iy), fy));
        v128.store(iz, f64x2.add(v128.load(iz), fz));
        const jx = oj + c, jy = jx + columnBytes, jz = jy + columnBytes;
        v128.store(jx, f64x2.sub(v128.load(jx), fx));
        v128.store(jy, f64x2.sub(v128.load(jy), fy));
        v128.store(jz, f64x2.sub(v128.load(jz), fz));
        if (virial) {
          const lx = f64x2.mul(length, ux), ly = f64x2.mul(length, uy), lz = f64x2.mul(length, uz);
          let q = virial + c;
          v128.store(q, f64x2.add(v128.load(q), f64x2.mul(fx, lx))); q += columnBytes;
          v128.store(q, f64x2.add(v128.load(q), f64x2.mul(fy, ly))); q += columnBytes;
          v128.store(q, f64x2.add(v128.load(q), f64x2.mul(fz, lz))); q += columnBytes;
          v128.store(q, f64x2.add(v128.load(q), f64x2.mul(fy, lz))); q += columnBytes;
          v128.store(q, f64x2.add(v128.load(q), f64x2.mul(fx, lz))); q += columnBytes;
          v128.store(q, f64x2.add(v128.load(q), f64x2.mul(fx, ly)));
        }
      }
    }
  }
  return <i32>p;
}

/**
 * Adds sum_i factor_i J_ia J_ib to the upper triangle of matrix (n, n) and sum_i J_ia by_i to gradient (n).
 * jacobian: (rows, n), n even; factor, by: (rows). Rows with neither are skipped.
 */
export function normalEquations(jacobian: usize, rows: i32, n: i32, factor: usize, by: usize, matrix: usize, gradient: usize): void {
  const bytes = <usize>n << 3;
  for (let i: usize = 0; i < <usize>rows; i++) {
    const row = jacobian + i * bytes;
    const w = load<f64>(factor + (i << 3)), first = load<f64>(by + (i << 3)), b = f64x2.splat(first);
    if (w == 0 && first == 0) continue;
    if (w != 0) for (let a: usize = 0; a < bytes; a += 8) {
      const v = f64x2.splat(w * load<f64>(row + a));
      const line = matrix + (a >> 3) * bytes;
      for (let c = a & ~15; c < bytes; c += 16)
        v128.store(line + c, f64x2.add(v128.load(line + c), f64x2.mul(v, v128.load(row + c))));
    }
    for (let c: usize = 0; c < bytes; c += 16)
      v128.store(gradient + c, f64x2.add(v128.load(gradient + c), f64x2.mul(b, v128.load(row + c))));
  }
}
