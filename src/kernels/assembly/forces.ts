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
