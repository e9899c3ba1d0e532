// Spline MEAM, one candidate: derivatives of energy, forces and virial of a frame with respect to the values and scaled slopes at the
// knots of all functions. A sample touches four of them, so sums over neighbours are kept for each knot, never for each parameter.
// Frames are described as in splines.ts. The function table has 16 bytes a piece: index of its first of four numbers (i32), side
// (i32: -1 and 1 for the straight continuations), 1 / spacing (f64).

import { embedding } from './splines';

@inline function word(frame: usize, k: i32): usize {
  return load<u32>(frame + (<usize>k << 2));
}

/** Weights of the four numbers of a sample for its value (w, 4 f64) and slope (4 more); returns the byte offset of the numbers. */
@inline function weigh(info: usize, bytes: usize, x: f64, w: usize): usize {
  const piece = info + (bytes >> 2);
  const side = load<i32>(piece, 4);
  const inverse = load<f64>(piece, 8);
  const u = x * inverse;
  let w0: f64 = 0, w1: f64 = 0, w2: f64 = 0, w3: f64 = 0, d0: f64 = 0, d1: f64 = 0, d2: f64 = 0, d3: f64 = 0;
  if (side == 0) {
    const v = 1 - u;
    w2 = u * u * (3 - 2 * u);
    w0 = 1 - w2;
    w1 = u * v * v;
    w3 = -u * u * v;
    d2 = 6 * u * v * inverse;
    d0 = -d2;
    d1 = v * (1 - 3 * u) * inverse;
    d3 = u * (3 * u - 2) * inverse;
  } else if (side < 0) {
    w0 = 1;
    w1 = u;
    d1 = inverse;
  } else {
    w2 = 1;
    w3 = u;
    d3 = inverse;
  }
  // whole registers: a pair of narrow stores cannot be forwarded to a wide load
  v128.store(w, f64x2.replace_lane(f64x2.splat(w0), 1, w1));
  v128.store(w, f64x2.replace_lane(f64x2.splat(w2), 1, w3), 16);
  v128.store(w, f64x2.replace_lane(f64x2.splat(d0), 1, d1), 32);
  v128.store(w, f64x2.replace_lane(f64x2.splat(d2), 1, d3), 48);
  return <usize>load<i32>(piece) << 3;
}

@inline function dot(w: usize, numbers: usize): f64 {
  return load<f64>(w) * load<f64>(numbers) + load<f64>(w, 8) * load<f64>(numbers, 8)
    + load<f64>(w, 16) * load<f64>(numbers, 16) + load<f64>(w, 24) * load<f64>(numbers, 24);
}

/** to[0 .. 4) += factor * w[0 .. 4) */
@inline function add4(to: usize, w: usize, factor: f64): void {
  const f = f64x2.splat(factor);
  v128.store(to, f64x2.add(v128.load(to), f64x2.mul(f, v128.load(w))));
  v128.store(to, f64x2.add(v128.load(to, 16), f64x2.mul(f, v128.load(w, 16))), 16);
}

/** to[0 .. bytes) += factor * from[0 .. bytes), bytes a multiple of 16 */
@inline function addMany(to: usize, from: usize, bytes: usize, factor: f64): void {
  const f = f64x2.splat(factor);
  for (let c: usize = 0; c < bytes; c += 16) v128.store(to + c, f64x2.add(v128.load(to + c), f64x2.mul(f, v128.load(from + c))));
}

/** Adds the vector (x, y, z) times w to four columns of the rows of atoms i (plus) and j (minus) and of the virial, if there is one. */
@inline function addLocal(ri: usize, rj: usize, rowBytes: usize, virial: usize, w: usize, x: f64, y: f64, z: f64, dx: f64, dy: f64, dz: f64): void {
  add4(ri, w, x);
  add4(ri + rowBytes, w, y);
  add4(ri + (rowBytes << 1), w, z);
  add4(rj, w, -x);
  add4(rj + rowBytes, w, -y);
  add4(rj + (rowBytes << 1), w, -z);
  if (virial) {
    add4(virial, w, x * dx);
    add4(virial + rowBytes, w, y * dy);
    add4(virial + (rowBytes << 1), w, z * dz);
    add4(virial + (rowBytes * 3), w, y * dz);
    add4(virial + (rowBytes << 2), w, x * dz);
    add4(virial + (rowBytes * 5), w, x * dy);
  }
}

/**
 * numbers: (size) values and scaled slopes of the candidate; table: its coefficients, as for splineBatch, in both lanes.
 * at: byte offsets of the columns of rho, u, f, g and of the end, 5 i32; with `all` = 0 only phi and U have columns that are not zero.
 * scratch: 320 + most bonds * (128 + 32 * columns of f and g) + 16 * size bytes.
 * energy: (size); rows: (atoms, 3, size), zero at entry; virial: (6, size), zero at entry, or 0.
 */
export function splineColumns(
  frame: usize, meta: usize, info: usize, numbers: usize, table: usize, at: usize, all: i32, scratch: usize,
  energy: usize, rows: usize, virial: usize,
): void {
  const atoms = word(frame, 0), pairs = word(frame, 1), species = word(frame, 2), pair0 = word(frame, 3), pairAt0 = word(frame, 4);
  const start = word(frame, 5), bond0 = word(frame, 6), bondAt0 = word(frame, 7);
  const reach = word(frame, 10), twoBody = word(frame, 11), most = word(frame, 12);
  const rhoAt = word(at, 0), uAt = word(at, 1), fAt = word(at, 2), gAt = word(at, 3), rowBytes = word(at, 4);
  const atomBytes = rowBytes * 3;
  // columns of f and g, and those of one bond: sums for G and the three components of A
  const wide = rowBytes - fAt, bondBytes = wide << 2;
  const w = scratch, wu = scratch + 64, wz = scratch + 128, spare = scratch + 192;
  // per bond: weights of f (8), f, f', G, A (3), rho', offset of f's numbers (i32)
  const bonds = scratch + 320, sums = bonds + most * 128, dn = sums + most * bondBytes, ebend = dn + rowBytes;
  memory.fill(energy, 0, rowBytes);
  for (let p: usize = 0; p < pairs; p++) {
    const pi = pair0 + p * 24, q = pairAt0 + p * 56;
    const column = weigh(info, load<u32>(pi, 8), load<f64>(q, 32), w);
    add4(energy + column, w, 1);
    const ux = load<f64>(q), uy = load<f64>(q, 8), uz = load<f64>(q, 16), r = load<f64>(q, 24);
    const ri = rows + <usize>load<u32>(pi) * atomBytes + column, rj = rows + <usize>load<u32>(pi, 4) * atomBytes + column;
    addLocal(ri, rj, rowBytes, virial ? virial + column : 0, w + 32, ux, uy, uz, ux * r, uy * r, uz * r);
  }
  if (uAt == fAt) return;
  let angle = word(frame, 8), angleAt = word(frame, 9);
  for (let i: usize = 0; i < atoms; i++) {
    const from = <usize>load<u32>(start + (i << 2)), count = <usize>load<u32>(start + (i << 2), 4) - from;
    const near = <usize>load<u32>(reach + (i << 2));
    const B = bond0 + (from << 4), BA = bondAt0 + from * 48;
    let n: f64 = 0;
    memory.fill(dn, 0, rowBytes);
    for (let a: usize = 0; a < count; a++) {
      const one = bonds + (a << 7);
      store<f64>(one, 0, 112);
      if (twoBody) {
        const column = weigh(info, load<u32>(B + (a << 4), 8), load<f64>(BA + a * 48, 40), w);
        n += dot(w, numbers + column);
        store<f64>(one, dot(w + 32, numbers + column), 112);
        if (all) add4(dn + column, w, 1);
      }
    }
    if (all) memory.fill(sums, 0, near * bondBytes);
    for (let a: usize = 0; a < near; a++) {
      const one = bonds + (a << 7), ra = BA + a * 48;
      const fColumn = weigh(info, load<u32>(B + (a << 4), 4), load<f64>(ra, 32), one);
      store<u32>(one, <u32>fColumn, 120);
      const fa = dot(one, numbers + fColumn);
      store<f64>(one, fa, 64);
      store<f64>(one, dot(one + 32, numbers + fColumn), 72);
      const ax = load<f64>(ra), ay = load<f64>(ra, 8), az = load<f64>(ra, 16);
      const A = sums + a * bondBytes, fOfA = fColumn - fAt;
      const a01 = v128.load(one), a23 = v128.load(one, 16);
      let G: f64 = 0, Ax: f64 = 0, Ay: f64 = 0, Az: f64 = 0;
      for (let b: usize = 0; b < a; b++) {
        const other = bonds + (b << 7), rb = BA + b * 48;
        const gColumn = weigh(info, load<u32>(angle), load<f64>(angleAt), w);
        angle += 4;
        angleAt += 8;
        const g = dot(w, numbers + gColumn), slope = dot(w + 32, numbers + gColumn);
        const bx = load<f64>(rb), by = load<f64>(rb, 8), bz = load<f64>(rb, 16);
        const fb = load<f64>(other, 64);
        G += fb * g;
        const sb = fb * slope, sa = fa * slope;
        Ax += sb * bx;
        Ay += sb * by;
        Az += sb * bz;
        store<f64>(other, load<f64>(other, 80) + fa * g, 80);
        store<f64>(other, load<f64>(other, 88) + sa * ax, 88);
        store<f64>(other, load<f64>(other, 96) + sa * ay, 96);
        store<f64>(other, load<f64>(other, 104) + sa * az, 104);
        if (!all) continue;
        const gAtColumn = gColumn - fAt, d = w + 32;
        const Bs = sums + b * bondBytes;
        let to = A + <usize>load<u32>(other, 120) - fAt;
        add4(to, other, g);
        add4(to + wide, other, slope * bx);
        add4(to + (wide << 1), other, slope * by);
        add4(to + (wide * 3), other, slope * bz);
        to = A + gAtColumn;
        add4(to, w, fb);
        add4(to + wide, d, fb * bx);
        add4(to + (wide << 1), d, fb * by);
        add4(to + (wide * 3), d, fb * bz);
        to = Bs + fOfA;
        let s = f64x2.splat(g);
        v128.store(to, f64x2.add(v128.load(to), f64x2.mul(s, a01)));
        v128.store(to, f64x2.add(v128.load(to, 16), f64x2.mul(s, a23)), 16);
        s = f64x2.splat(slope * ax);
        to += wide;
        v128.store(to, f64x2.add(v128.load(to), f64x2.mul(s, a01)));
        v128.store(to, f64x2.add(v128.load(to, 16), f64x2.mul(s, a23)), 16);
        s = f64x2.splat(slope * ay);
        to += wide;
        v128.store(to, f64x2.add(v128.load(to), f64x2.mul(s, a01)));
        v128.store(to, f64x2.add(v128.load(to, 16), f64x2.mul(s, a23)), 16);
        s = f64x2.splat(slope * az);
        to += wide;
        v128.store(to, f64x2.add(v128.load(to), f64x2.mul(s, a01)));
        v128.store(to, f64x2.add(v128.load(to, 16), f64x2.mul(s, a23)), 16);
        to = Bs + gAtColumn;
        add4(to, w, fa);
        add4(to + wide, d, fa * ax);
        add4(to + (wide << 1), d, fa * ay);
        add4(to + (wide * 3), d, fa * az);
      }
      store<f64>(one, G, 80);
      store<f64>(one, Ax, 88);
      store<f64>(one, Ay, 96);
      store<f64>(one, Az, 104);
    }
    let three: f64 = 0;
    for (let a: usize = 0; a < near; a++) {
      const one = bonds + (a << 7);
      const f = load<f64>(one, 64), G = load<f64>(one, 80);
      three += f * G;
      if (!all) continue;
      add4(dn + <usize>load<u32>(one, 120), one, G);
      addMany(dn + gAt, sums + a * bondBytes + gAt - fAt, rowBytes - gAt, 0.5 * f);
    }
    n += 0.5 * three;
    // U', U'' and the columns of U at n and at 0
    const own = meta + <usize>load<u32>(species + (i << 2)) * 40;
    embedding(table, own, f64x2.splat(n), spare);
    const du = load<f64>(spare);
    const knots = load<f64>(own, 24), first = load<f64>(own), inverse = load<f64>(own, 16);
    const k = min<f64>(max<f64>(floor<f64>((n - first) * inverse) + 1, 0), knots);
    const x = n - first - max<f64>(k - 1, 0) / inverse;
    const bytes = <usize>(load<f64>(own, 32) + k) << 6;
    const uColumn = weigh(info, bytes, x, wu);
    const coefficients = table + bytes;
    const ddu = 2 * load<f64>(coefficients, 32) + 6 * x * load<f64>(coefficients, 48);
    add4(energy + uColumn, wu, 1);
    const k0 = min<f64>(max<f64>(floor<f64>(-first * inverse) + 1, 0), knots);
    const free = weigh(info, <usize>(load<f64>(own, 32) + k0) << 6, -first - max<f64>(k0 - 1, 0) / inverse, wz);
    add4(energy + free, wz, -1);
    if (all) {
      addMany(energy + rhoAt, dn + rhoAt, uAt - rhoAt, du);
      addMany(energy + fAt, dn + fAt, rowBytes - fAt, du);
      for (let c = rhoAt; c < rowBytes; c += 16) v128.store(ebend + c, f64x2.mul(f64x2.splat(ddu), v128.load(dn + c)));
    }
    const ri = rows + i * atomBytes;
    let tx: f64 = 0, ty: f64 = 0, tz: f64 = 0;
    for (let a: usize = 0; a < count; a++) {
      const one = bonds + (a << 7), ra = BA + a * 48;
      const ux = load<f64>(ra), uy = load<f64>(ra, 8), uz = load<f64>(ra, 16), inverseR = load<f64>(ra, 24), r = 1 / inverseR;
      const rx = ux * r, ry = uy * r, rz = uz * r;
      const rj = rows + <usize>load<u32>(B + (a << 4)) * atomBytes;
      let along = load<f64>(one, 112), across: f64 = 0, Ax: f64 = 0, Ay: f64 = 0, Az: f64 = 0, f: f64 = 0, fSlope: f64 = 0, G: f64 = 0;
      if (a < near) {
        f = load<f64>(one, 64);
        fSlope = load<f64>(one, 72);
        G = load<f64>(one, 80);
        Ax = load<f64>(one, 88);
        Ay = load<f64>(one, 96);
        Az = load<f64>(one, 104);
        across = f * inverseR;
        const projected = Ax * ux + Ay * uy + Az * uz;
        // the part of A across the bond
        Ax -= projected * ux;
        Ay -= projected * uy;
        Az -= projected * uz;
        along += fSlope * G;
      }
      // derivative of the density along the position of the neighbour
      const Dx = along * ux + across * Ax, Dy = along * uy + across * Ay, Dz = along * uz + across * Az;
      tx += Dx;
      ty += Dy;
      tz += Dz;
      addLocal(ri + uColumn, rj + uColumn, rowBytes, virial ? virial + uColumn : 0, wu + 32, Dx, Dy, Dz, rx, ry, rz);
      if (!all) continue;
      if (twoBody) {
        const column = weigh(info, load<u32>(B + (a << 4), 8), load<f64>(ra, 40), w);
        const x = du * ux, y = du * uy, z = du * uz;
        addLocal(ri + column, rj + column, rowBytes, virial ? virial + column : 0, w + 32, x, y, z, rx, ry, rz);
        addMany(rj + rhoAt, ebend + rhoAt, uAt - rhoAt, -Dx);
        addMany(rj + rowBytes + rhoAt, ebend + rhoAt, uAt - rhoAt, -Dy);
        addMany(rj + (rowBytes << 1) + rhoAt, ebend + rhoAt, uAt - rhoAt, -Dz);
        if (virial) bend(virial + rhoAt, rowBytes, ebend + rhoAt, uAt - rhoAt, Dx, Dy, Dz, rx, ry, rz);
      }
      if (a >= near) {
        addMany(rj + fAt, ebend + fAt, wide, -Dx);
        addMany(rj + rowBytes + fAt, ebend + fAt, wide, -Dy);
        addMany(rj + (rowBytes << 1) + fAt, ebend + fAt, wide, -Dz);
        if (virial) bend(virial + fAt, rowBytes, ebend + fAt, wide, Dx, Dy, Dz, rx, ry, rz);
        continue;
      }
      const S = sums + a * bondBytes;
      const vux = f64x2.splat(ux), vuy = f64x2.splat(uy), vuz = f64x2.splat(uz);
      const radial = f64x2.splat(du * fSlope), turned = f64x2.splat(du * across);
      const vDx = f64x2.splat(Dx), vDy = f64x2.splat(Dy), vDz = f64x2.splat(Dz);
      for (let c: usize = 0; c < wide; c += 16) {
        const sx = v128.load(S + wide + c), sy = v128.load(S + (wide << 1) + c), sz = v128.load(S + (wide * 3) + c);
        const projected = f64x2.add(f64x2.add(f64x2.mul(sx, vux), f64x2.mul(sy, vuy)), f64x2.mul(sz, vuz));
        const inward = f64x2.sub(f64x2.mul(radial, v128.load(S + c)), f64x2.mul(turned, projected));
        const e = v128.load(ebend + fAt + c);
        const ownX = f64x2.add(f64x2.mul(inward, vux), f64x2.mul(turned, sx));
        const ownY = f64x2.add(f64x2.mul(inward, vuy), f64x2.mul(turned, sy));
        const ownZ = f64x2.add(f64x2.mul(inward, vuz), f64x2.mul(turned, sz));
        const ix = ri + fAt + c, iy = ix + rowBytes, iz = iy + rowBytes;
        v128.store(ix, f64x2.add(v128.load(ix), ownX));
        v128.store(iy, f64x2.add(v128.load(iy), ownY));
        v128.store(iz, f64x2.add(v128.load(iz), ownZ));
        const fx = f64x2.add(ownX, f64x2.mul(e, vDx)), fy = f64x2.add(ownY, f64x2.mul(e, vDy)), fz = f64x2.add(ownZ, f64x2.mul(e, vDz));
        const jx = rj + fAt + c, jy = jx + rowBytes, jz = jy + rowBytes;
        v128.store(jx, f64x2.sub(v128.load(jx), fx));
        v128.store(jy, f64x2.sub(v128.load(jy), fy));
        v128.store(jz, f64x2.sub(v128.load(jz), fz));
        if (virial) {
          const lx = f64x2.splat(rx), ly = f64x2.splat(ry), lz = f64x2.splat(rz);
          let q = virial + fAt + c;
          v128.store(q, f64x2.add(v128.load(q), f64x2.mul(fx, lx))); q += rowBytes;
          v128.store(q, f64x2.add(v128.load(q), f64x2.mul(fy, ly))); q += rowBytes;
          v128.store(q, f64x2.add(v128.load(q), f64x2.mul(fz, lz))); q += rowBytes;
          v128.store(q, f64x2.add(v128.load(q), f64x2.mul(fy, lz))); q += rowBytes;
          v128.store(q, f64x2.add(v128.load(q), f64x2.mul(fx, lz))); q += rowBytes;
          v128.store(q, f64x2.add(v128.load(q), f64x2.mul(fx, ly)));
        }
      }
      // the bond's own f
      const column = <usize>load<u32>(one, 120);
      const vi = virial ? virial + column : 0;
      addLocal(ri + column, rj + column, rowBytes, vi, one + 32, du * G * ux, du * G * uy, du * G * uz, rx, ry, rz);
      const t = du * inverseR;
      addLocal(ri + column, rj + column, rowBytes, vi, one, t * Ax, t * Ay, t * Az, rx, ry, rz);
    }
    if (all) {
      if (twoBody) {
        addMany(ri + rhoAt, ebend + rhoAt, uAt - rhoAt, tx);
        addMany(ri + rowBytes + rhoAt, ebend + rhoAt, uAt - rhoAt, ty);
        addMany(ri + (rowBytes << 1) + rhoAt, ebend + rhoAt, uAt - rhoAt, tz);
      }
      addMany(ri + fAt, ebend + fAt, wide, tx);
      addMany(ri + rowBytes + fAt, ebend + fAt, wide, ty);
      addMany(ri + (rowBytes << 1) + fAt, ebend + fAt, wide, tz);
    }
  }
}

/** Adds e times the six products of D and r to the virial's rows. */
@inline function bend(virial: usize, rowBytes: usize, e: usize, bytes: usize, x: f64, y: f64, z: f64, rx: f64, ry: f64, rz: f64): void {
  addMany(virial, e, bytes, x * rx);
  addMany(virial + rowBytes, e, bytes, y * ry);
  addMany(virial + (rowBytes << 1), e, bytes, z * rz);
  addMany(virial + (rowBytes * 3), e, bytes, y * rz);
  addMany(virial + (rowBytes << 2), e, bytes, x * rz);
  addMany(virial + (rowBytes * 5), e, bytes, x * ry);
}

/**
 * Derivatives with respect to parameters in which the values and slopes are linear: for each of `blocks` functions the columns
 * [from, from + count) of rows (n, size) times a matrix (count, width) go to the columns [to, to + width) of out (n, columns). A block is
 * 5 i32: from, count, to, width (even), byte offset of the matrix.
 */
export function contractColumns(rows: usize, n: i32, size: i32, list: usize, blocks: i32, out: usize, columns: i32): void {
  for (let i: usize = 0; i < <usize>n; i++) {
    const row = rows + i * (<usize>size << 3), target = out + i * (<usize>columns << 3);
    for (let b: usize = 0; b < <usize>blocks; b++) {
      const block = list + b * 20;
      const count = <usize>load<u32>(block, 4), bytes = <usize>load<u32>(block, 12) << 3;
      const from = row + (<usize>load<u32>(block) << 3), to = target + (<usize>load<u32>(block, 8) << 3);
      let m = <usize>load<u32>(block, 16);
      memory.fill(to, 0, bytes);
      for (let k: usize = 0; k < count; k++) {
        const value = load<f64>(from + (k << 3));
        if (value != 0) addMany(to, m, bytes, value);
        m += bytes;
      }
    }
  }
}
