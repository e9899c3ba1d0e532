// Spline MEAM: energies, forces and virials of many candidates, two to a vector register. Structures do not change, so the piece of a
// spline that a distance or an angle falls in, and its place there, are the same for all candidates and are stored once.
//
// The pieces of all functions stand in one table for each two candidates: (pieces, 4, 2) coefficients of 1, x, x^2, x^3. The first and
// last piece of a function are its straight continuations. A sample is the byte offset of its piece (i32) and x (f64) in it.
//
// A frame is described by a block of 32-bit words: atoms, pairs, the byte offsets of the arrays below, whether there is a two-body
// density, and the most bonds of an atom.
//   species: (atoms) i32
//   pairs:   (pairs, 6) i32: first, second, piece of phi, piece of rho of the second's kind, piece of rho of the first's kind, 0;
//   pairsAt: (pairs, 7) f64: unit vector first -> second, distance, x of the three pieces
//   start:   (atoms + 1) i32, first bond of each atom; both directions of every pair are bonds
//   reach:   (atoms) i32, how many of them, the first ones, are within the reach of f
//   bonds:   (bonds, 4) i32: neighbour, piece of f, piece of rho, 0
//   bondsAt: (bonds, 6) f64: unit vector to the neighbour, 1 / distance, x of f, x of rho
//   angles:  pieces of g, i32, for each atom its bonds a and b < a in the order (1,0), (2,0), (2,1), ...; anglesAt: x, f64
// A second block describes the embedding functions, 5 f64 for each species; see `embedding`.

/** Words of a frame's description. */
@inline function word(frame: usize, k: i32): usize {
  return load<u32>(frame + (<usize>k << 2));
}

/**
 * Values of an embedding function at two densities, each with the coefficients of its own candidate; the slopes are stored at `slopes`.
 * meta: first, last, 1 / spacing, number of knots, first piece.
 */
@inline export function embedding(table: usize, meta: usize, n: v128, slopes: usize): v128 {
  const pieces = table + (<usize>load<f64>(meta, 32) << 6);
  const zero = f64x2.splat(0), one = f64x2.splat(1);
  const first = v128.load64_splat(meta), inverse = v128.load64_splat(meta, 16), knots = v128.load64_splat(meta, 24);
  const piece = f64x2.min(f64x2.max(f64x2.add(f64x2.floor(f64x2.mul(f64x2.sub(n, first), inverse)), one), zero), knots);
  const x = f64x2.sub(f64x2.sub(n, first), f64x2.div(f64x2.max(f64x2.sub(piece, one), zero), inverse));
  const index = i32x4.trunc_sat_f64x2_s_zero(piece);
  const a = pieces + (<usize>i32x4.extract_lane(index, 0) << 6), b = pieces + (<usize>i32x4.extract_lane(index, 1) << 6) + 8;
  const c0 = v128.load_lane<f64>(b, v128.load64_zero(a), 1);
  const c1 = v128.load_lane<f64>(b, v128.load64_zero(a, 16), 1, 16);
  const c2 = v128.load_lane<f64>(b, v128.load64_zero(a, 32), 1, 32);
  const c3 = v128.load_lane<f64>(b, v128.load64_zero(a, 48), 1, 48);
  const m = f64x2.mul(c3, x);
  const p1 = f64x2.add(m, c2);
  const p2 = f64x2.add(f64x2.mul(p1, x), c1);
  v128.store(slopes, f64x2.add(f64x2.mul(f64x2.add(m, p1), x), p2));
  return f64x2.add(f64x2.mul(p2, x), c0);
}

/**
 * One frame with `blocks` times two candidates. table: (blocks, tableBytes); meta: embedding functions, 0 where there are none.
 * meta: embedding functions of the `kinds` of atoms, none where there are none.
 * scratch: (2 atoms + 3 pairs + 9 most bonds + kinds) vectors.
 * energies: (blocks, 2) eV; out: (blocks, atoms, 3, 2) eV/Å; virials: (blocks, 6, 2) eV (xx yy zz yz xz xy), 0 where not wanted;
 * densities: (blocks, 2, 2) lowest and highest.
 */
export function splineBatch(
  frame: usize, meta: usize, kinds: usize, table: usize, tableBytes: usize, blocks: i32, scratch: usize,
  energies: usize, out: usize, virials: usize, densities: usize,
): void {
  const atoms = word(frame, 0), pairs = word(frame, 1);
  const species = word(frame, 2), pair0 = word(frame, 3), pairAt0 = word(frame, 4);
  const start = word(frame, 5), bond0 = word(frame, 6), bondAt0 = word(frame, 7);
  const angle0 = word(frame, 8), angleAt0 = word(frame, 9), reach = word(frame, 10), twoBody = word(frame, 11);
  const zero = f64x2.splat(0), half = f64x2.splat(0.5);
  const rho = scratch, embed = rho + (atoms << 4), slopes = embed + (atoms << 4), bonds = slopes + pairs * 48;
  const free = bonds + word(frame, 12) * 144;
  for (let block = 0; block < blocks; block++) {
    const T = table + <usize>block * tableBytes;
    for (let e: usize = 0; e < kinds; e++) v128.store(free + (e << 4), embedding(T, meta + e * 40, zero, embed));
    const F = out + <usize>block * atoms * 48;
    memory.fill(F, 0, atoms * 48);
    memory.fill(rho, 0, atoms << 4);
    let energy = zero;
    let q = pairAt0;
    let s = slopes;
    for (let p = pair0, end = pair0 + pairs * 24; p < end; p += 24) {
      let t = T + load<u32>(p, 8);
      let x = v128.load64_splat(q, 32);
      let c3 = v128.load(t, 48);
      let m = f64x2.mul(c3, x);
      let p1 = f64x2.add(m, v128.load(t, 32));
      let p2 = f64x2.add(f64x2.mul(p1, x), v128.load(t, 16));
      energy = f64x2.add(energy, f64x2.add(f64x2.mul(p2, x), v128.load(t)));
      v128.store(s, f64x2.add(f64x2.mul(f64x2.add(m, p1), x), p2));
      if (twoBody) {
        const i = rho + (<usize>load<u32>(p) << 4), j = rho + (<usize>load<u32>(p, 4) << 4);
        const one = load<u32>(p, 12), other = load<u32>(p, 16);
        t = T + one;
        x = v128.load64_splat(q, 40);
        c3 = v128.load(t, 48);
        m = f64x2.mul(c3, x);
        p1 = f64x2.add(m, v128.load(t, 32));
        p2 = f64x2.add(f64x2.mul(p1, x), v128.load(t, 16));
        let value = f64x2.add(f64x2.mul(p2, x), v128.load(t));
        let along = f64x2.add(f64x2.mul(f64x2.add(m, p1), x), p2);
        v128.store(i, f64x2.add(v128.load(i), value));
        v128.store(s, along, 16);
        if (one != other) {
          t = T + other;
          x = v128.load64_splat(q, 48);
          c3 = v128.load(t, 48);
          m = f64x2.mul(c3, x);
          p1 = f64x2.add(m, v128.load(t, 32));
          p2 = f64x2.add(f64x2.mul(p1, x), v128.load(t, 16));
          value = f64x2.add(f64x2.mul(p2, x), v128.load(t));
          along = f64x2.add(f64x2.mul(f64x2.add(m, p1), x), p2);
        }
        v128.store(j, f64x2.add(v128.load(j), value));
        v128.store(s, along, 32);
      }
      s += 48;
      q += 56;
    }
    let vxx = zero, vyy = zero, vzz = zero, vyz = zero, vxz = zero, vxy = zero;
    if (kinds) {
      let low = f64x2.splat(Infinity), high = f64x2.splat(-Infinity);
      let angle = angle0, angleAt = angleAt0;
      for (let i: usize = 0; i < atoms; i++) {
        let n = v128.load(rho + (i << 4));
        const from = <usize>load<u32>(start + (i << 2)), count = <usize>load<u32>(reach + (i << 2));
        const B = bond0 + (from << 4), BA = bondAt0 + from * 48;
        // f, f', then the sums G and A over the other bonds: unit vector: (bonds, 9) vectors
        for (let a: usize = 0; a < count; a++) {
          const t = T + load<u32>(B + (a << 4), 4);
          const x = v128.load64_splat(BA + a * 48, 32);
          const m = f64x2.mul(v128.load(t, 48), x);
          const p1 = f64x2.add(m, v128.load(t, 32));
          const p2 = f64x2.add(f64x2.mul(p1, x), v128.load(t, 16));
          const fa = f64x2.add(f64x2.mul(p2, x), v128.load(t));
          const w = bonds + a * 144;
          v128.store(w, fa);
          v128.store(w, f64x2.add(f64x2.mul(f64x2.add(m, p1), x), p2), 16);
          const ux = v128.load64_splat(BA + a * 48), uy = v128.load64_splat(BA + a * 48, 8), uz = v128.load64_splat(BA + a * 48, 16);
          v128.store(w, ux, 96);
          v128.store(w, uy, 112);
          v128.store(w, uz, 128);
          let G = zero, ax = zero, ay = zero, az = zero;
          for (let v = bonds; v < w; v += 144) {
            const g = T + load<u32>(angle);
            const y = v128.load64_splat(angleAt);
            angle += 4;
            angleAt += 8;
            const h = f64x2.mul(v128.load(g, 48), y);
            const h1 = f64x2.add(h, v128.load(g, 32));
            const h2 = f64x2.add(f64x2.mul(h1, y), v128.load(g, 16));
            const value = f64x2.add(f64x2.mul(h2, y), v128.load(g));
            const along = f64x2.add(f64x2.mul(f64x2.add(h, h1), y), h2);
            const fb = v128.load(v);
            G = f64x2.add(G, f64x2.mul(fb, value));
            v128.store(v, f64x2.add(v128.load(v, 32), f64x2.mul(fa, value)), 32);
            const wa = f64x2.mul(fb, along), wb = f64x2.mul(fa, along);
            ax = f64x2.add(ax, f64x2.mul(wa, v128.load(v, 96)));
            ay = f64x2.add(ay, f64x2.mul(wa, v128.load(v, 112)));
            az = f64x2.add(az, f64x2.mul(wa, v128.load(v, 128)));
            v128.store(v, f64x2.add(v128.load(v, 48), f64x2.mul(wb, ux)), 48);
            v128.store(v, f64x2.add(v128.load(v, 64), f64x2.mul(wb, uy)), 64);
            v128.store(v, f64x2.add(v128.load(v, 80), f64x2.mul(wb, uz)), 80);
          }
          v128.store(w, G, 32);
          v128.store(w, ax, 48);
          v128.store(w, ay, 64);
          v128.store(w, az, 80);
        }
        let three = zero;
        for (let w = bonds, end = bonds + count * 144; w < end; w += 144) three = f64x2.add(three, f64x2.mul(v128.load(w), v128.load(w, 32)));
        n = f64x2.add(n, f64x2.mul(half, three));
        low = f64x2.min(low, n);
        high = f64x2.max(high, n);
        const own = meta + <usize>load<u32>(species + (i << 2)) * 40;
        energy = f64x2.add(energy, embedding(T, own, n, embed + (i << 4)));
        const du = v128.load(embed + (i << 4));
        energy = f64x2.sub(energy, v128.load(free + (<usize>load<u32>(species + (i << 2)) << 4)));
        let sx = zero, sy = zero, sz = zero;
        for (let a: usize = 0; a < count; a++) {
          const w = bonds + a * 144, r = BA + a * 48;
          const ux = v128.load(w, 96), uy = v128.load(w, 112), uz = v128.load(w, 128);
          const ax = v128.load(w, 48), ay = v128.load(w, 64), az = v128.load(w, 80);
          const across = f64x2.mul(f64x2.mul(du, v128.load(w)), v128.load64_splat(r, 24));
          const along = f64x2.sub(
            f64x2.mul(f64x2.mul(du, v128.load(w, 16)), v128.load(w, 32)),
            f64x2.mul(across, f64x2.add(f64x2.add(f64x2.mul(ax, ux), f64x2.mul(ay, uy)), f64x2.mul(az, uz))),
          );
          const fx = f64x2.add(f64x2.mul(along, ux), f64x2.mul(across, ax));
          const fy = f64x2.add(f64x2.mul(along, uy), f64x2.mul(across, ay));
          const fz = f64x2.add(f64x2.mul(along, uz), f64x2.mul(across, az));
          sx = f64x2.add(sx, fx);
          sy = f64x2.add(sy, fy);
          sz = f64x2.add(sz, fz);
          const j = F + <usize>load<u32>(B + (a << 4)) * 48;
          v128.store(j, f64x2.sub(v128.load(j), fx));
          v128.store(j, f64x2.sub(v128.load(j, 16), fy), 16);
          v128.store(j, f64x2.sub(v128.load(j, 32), fz), 32);
          if (virials) {
            const distance = f64x2.splat(1 / load<f64>(r, 24));
            const rx = f64x2.mul(distance, ux), ry = f64x2.mul(distance, uy), rz = f64x2.mul(distance, uz);
            vxx = f64x2.add(vxx, f64x2.mul(fx, rx));
            vyy = f64x2.add(vyy, f64x2.mul(fy, ry));
            vzz = f64x2.add(vzz, f64x2.mul(fz, rz));
            vyz = f64x2.add(vyz, f64x2.mul(fy, rz));
            vxz = f64x2.add(vxz, f64x2.mul(fx, rz));
            vxy = f64x2.add(vxy, f64x2.mul(fx, ry));
          }
        }
        const o = F + i * 48;
        v128.store(o, f64x2.add(v128.load(o), sx));
        v128.store(o, f64x2.add(v128.load(o, 16), sy), 16);
        v128.store(o, f64x2.add(v128.load(o, 32), sz), 32);
      }
      const d = densities + (<usize>block << 5);
      v128.store(d, low);
      v128.store(d, high, 16);
    }
    q = pairAt0;
    s = slopes;
    for (let p = pair0, end = pair0 + pairs * 24; p < end; p += 24) {
      const i = <usize>load<u32>(p), j = <usize>load<u32>(p, 4);
      let along = v128.load(s);
      if (twoBody) {
        along = f64x2.add(along, f64x2.mul(v128.load(embed + (i << 4)), v128.load(s, 16)));
        along = f64x2.add(along, f64x2.mul(v128.load(embed + (j << 4)), v128.load(s, 32)));
      }
      const fx = f64x2.mul(along, v128.load64_splat(q));
      const fy = f64x2.mul(along, v128.load64_splat(q, 8));
      const fz = f64x2.mul(along, v128.load64_splat(q, 16));
      const oi = F + i * 48, oj = F + j * 48;
      v128.store(oi, f64x2.add(v128.load(oi), fx));
      v128.store(oi, f64x2.add(v128.load(oi, 16), fy), 16);
      v128.store(oi, f64x2.add(v128.load(oi, 32), fz), 32);
      v128.store(oj, f64x2.sub(v128.load(oj), fx));
      v128.store(oj, f64x2.sub(v128.load(oj, 16), fy), 16);
      v128.store(oj, f64x2.sub(v128.load(oj, 32), fz), 32);
      if (virials) {
        const r = v128.load64_splat(q, 24);
        const rx = f64x2.mul(r, v128.load64_splat(q)), ry = f64x2.mul(r, v128.load64_splat(q, 8)), rz = f64x2.mul(r, v128.load64_splat(q, 16));
        vxx = f64x2.add(vxx, f64x2.mul(fx, rx));
        vyy = f64x2.add(vyy, f64x2.mul(fy, ry));
        vzz = f64x2.add(vzz, f64x2.mul(fz, rz));
        vyz = f64x2.add(vyz, f64x2.mul(fy, rz));
        vxz = f64x2.add(vxz, f64x2.mul(fx, rz));
        vxy = f64x2.add(vxy, f64x2.mul(fx, ry));
      }
      s += 48;
      q += 56;
    }
    v128.store(energies + (<usize>block << 4), energy);
    if (virials) {
      const v = virials + <usize>block * 96;
      v128.store(v, vxx);
      v128.store(v, vyy, 16);
      v128.store(v, vzz, 32);
      v128.store(v, vyz, 48);
      v128.store(v, vxz, 64);
      v128.store(v, vxy, 80);
    }
  }
}
