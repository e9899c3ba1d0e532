// Derivatives along parameters of what adp.ts has found for a structure; blocks as there. A function has derivatives in a stretch of
// columns of its own; `columnBytes` is the length of a whole row, a multiple of 16.

import { word } from './adp';

@inline function addTo(at: usize, value: v128): void {
  v128.store(at, f64x2.add(v128.load(at), value));
}

@inline function subtractFrom(at: usize, value: v128): void {
  v128.store(at, f64x2.sub(v128.load(at), value));
}

/** Adds three vectors, one a row, to the atoms i (plus) and j (minus), and to the virial, if there is one, times the bond (lx, ly, lz). */
@inline function addForce(ri: usize, rj: usize, bytes: usize, virial: usize, fx: v128, fy: v128, fz: v128, lx: v128, ly: v128, lz: v128): void {
  addTo(ri, fx);
  addTo(ri + bytes, fy);
  addTo(ri + (bytes << 1), fz);
  subtractFrom(rj, fx);
  subtractFrom(rj + bytes, fy);
  subtractFrom(rj + (bytes << 1), fz);
  if (virial) {
    addTo(virial, f64x2.mul(fx, lx));
    addTo(virial + bytes, f64x2.mul(fy, ly));
    addTo(virial + (bytes << 1), f64x2.mul(fz, lz));
    addTo(virial + bytes * 3, f64x2.mul(fy, lz));
    addTo(virial + (bytes << 2), f64x2.mul(fx, lz));
    addTo(virial + bytes * 5, f64x2.mul(fx, ly));
  }
}

/** Derivatives of a value at column c: weights h0, d0, h1, d1 over the rows of two points. */
@inline function mix(row: usize, width: usize, c: usize, h0: v128, d0: v128, h1: v128, d1: v128): v128 {
  const at = row + c;
  return f64x2.add(
    f64x2.add(f64x2.mul(h0, v128.load(at)), f64x2.mul(d0, v128.load(at + width))),
    f64x2.add(f64x2.mul(h1, v128.load(at + (width << 1))), f64x2.mul(d1, v128.load(at + width * 3))),
  );
}

/** Derivatives of the densities (atoms, columns) and of the pair energy (columns), added. */
export function adpDensityColumns(
  frame: usize, meta: usize, from: f64, inverseStep: f64, byDensity: usize, energy: usize, columnBytes: usize,
): void {
  const pairs = word(frame, 1), species = word(frame, 2), ends = word(frame, 3), bonds = word(frame, 4);
  const ne = word(meta, 0), index = word(meta, 2), ofDensity = word(meta, 3), ofPair = word(meta, 4);
  for (let p: usize = 0; p < pairs; p++) {
    const i = <usize>load<u32>(ends + (p << 3)), j = <usize>load<u32>(ends + (p << 3), 4);
    const a = <usize>load<u32>(species + (i << 2)), b = <usize>load<u32>(species + (j << 2));
    const at = (load<f64>(bonds + (p << 5), 24) - from) * inverseStep, g = floor<f64>(at), x = at - g;
    const rise = x * x * (3 - 2 * x), y = 1 - x;
    const h0 = f64x2.splat(1 - rise), h1 = f64x2.splat(rise), d0 = f64x2.splat(x * y * y), d1 = f64x2.splat(-x * x * y);
    let f = ofPair + (<usize>load<u32>(index + ((a * ne + b) << 2)) << 4);
    let width = word(f, 3), row = word(f, 1) + <usize>g * (width << 1), to = energy + word(f, 2);
    for (let c: usize = 0; c < width; c += 16) addTo(to + c, mix(row, width, c, h0, d0, h1, d1));
    f = ofDensity + (b << 4);
    width = word(f, 3);
    row = word(f, 1) + <usize>g * (width << 1);
    to = byDensity + i * columnBytes + word(f, 2);
    if (a == b) {
      const other = byDensity + j * columnBytes + word(f, 2);
      for (let c: usize = 0; c < width; c += 16) {
        const v = mix(row, width, c, h0, d0, h1, d1);
        addTo(to + c, v);
        addTo(other + c, v);
      }
      continue;
    }
    for (let c: usize = 0; c < width; c += 16) addTo(to + c, mix(row, width, c, h0, d0, h1, d1));
    f = ofDensity + (a << 4);
    width = word(f, 3);
    row = word(f, 1) + <usize>g * (width << 1);
    to = byDensity + j * columnBytes + word(f, 2);
    for (let c: usize = 0; c < width; c += 16) addTo(to + c, mix(row, width, c, h0, d0, h1, d1));
  }
}

/** to[columns of f] += factor times the derivatives of its slope. */
@inline function addSlopes(to: usize, f: usize, g: usize, x: f64, factor: f64): void {
  const width = word(f, 3), row = word(f, 1) + g * (width << 1), y = 1 - x;
  const t = to + word(f, 2);
  const h1 = f64x2.splat(6 * x * y * factor), h0 = f64x2.splat(-6 * x * y * factor);
  const d0 = f64x2.splat(y * (1 - 3 * x) * factor), d1 = f64x2.splat(x * (3 * x - 2) * factor);
  for (let c: usize = 0; c < width; c += 16) addTo(t + c, mix(row, width, c, h0, d0, h1, d1));
}

/**
 * Derivatives of forces (atoms, 3, columns) and virial (6, columns; 0 without), added, of the central part.
 * tangent: derivatives of the slopes of the embedding functions (atoms, columns); central: room for a row.
 */
export function adpForceColumns(
  frame: usize, meta: usize, state: usize, from: f64, inverseStep: f64, tangent: usize, central: usize,
  columnBytes: usize, rows: usize, virial: usize,
): void {
  const pairs = word(frame, 1), species = word(frame, 2), ends = word(frame, 3), bonds = word(frame, 4);
  const ne = word(meta, 0), index = word(meta, 2), ofDensity = word(meta, 3), ofPair = word(meta, 4);
  const slopes = word(state, 1), kept = word(state, 2);
  const keptBytes: usize = word(meta, 1) ? 56 : 24;
  const atomBytes = columnBytes * 3;
  for (let p: usize = 0; p < pairs; p++) {
    const i = <usize>load<u32>(ends + (p << 3)), j = <usize>load<u32>(ends + (p << 3), 4);
    const a = <usize>load<u32>(species + (i << 2)), b = <usize>load<u32>(species + (j << 2));
    const bond = bonds + (p << 5), keep = kept + p * keptBytes;
    const r = load<f64>(bond, 24), at = (r - from) * inverseStep, g = floor<f64>(at), x = at - g;
    const ti = tangent + i * columnBytes, tj = tangent + j * columnBytes;
    const ofB = f64x2.splat(load<f64>(keep, 8)), ofA = f64x2.splat(load<f64>(keep, 16));
    for (let c: usize = 0; c < columnBytes; c += 16)
      v128.store(central + c, f64x2.add(f64x2.mul(ofB, v128.load(ti + c)), f64x2.mul(ofA, v128.load(tj + c))));
    addSlopes(central, ofPair + (<usize>load<u32>(index + ((a * ne + b) << 2)) << 4), <usize>g, x, inverseStep);
    const si = load<f64>(slopes + (i << 3)) * inverseStep, sj = load<f64>(slopes + (j << 3)) * inverseStep;
    if (a == b) addSlopes(central, ofDensity + (b << 4), <usize>g, x, si + sj);
    else {
      addSlopes(central, ofDensity + (b << 4), <usize>g, x, si);
      addSlopes(central, ofDensity + (a << 4), <usize>g, x, sj);
    }
    const ux = f64x2.splat(load<f64>(bond)), uy = f64x2.splat(load<f64>(bond, 8)), uz = f64x2.splat(load<f64>(bond, 16));
    const length = f64x2.splat(r), lx = f64x2.mul(length, ux), ly = f64x2.mul(length, uy), lz = f64x2.mul(length, uz);
    const ri = rows + i * atomBytes, rj = rows + j * atomBytes;
    for (let c: usize = 0; c < columnBytes; c += 16) {
      const f = v128.load(central + c);
      addForce(ri + c, rj + c, columnBytes, virial ? virial + c : 0, f64x2.mul(f, ux), f64x2.mul(f, uy), f64x2.mul(f, uz), lx, ly, lz);
    }
  }
}

/**
 * Derivatives of dipoles (atoms, 3, width) and quadrupoles (atoms, 6, width), added; then that of their energy is added to `energy`, and the
 * quadrupoles lose a third of their trace. Columns from byte `first` of a row on, `width` bytes of them.
 */
export function adpMomentColumns(
  frame: usize, meta: usize, state: usize, from: f64, inverseStep: f64, first: usize, width: usize,
  byDipole: usize, byQuadrupole: usize, energy: usize,
): void {
  const atoms = word(frame, 0), pairs = word(frame, 1), species = word(frame, 2), ends = word(frame, 3), bonds = word(frame, 4);
  const ne = word(meta, 0), index = word(meta, 2), ofDipole = word(meta, 5), ofQuadrupole = word(meta, 6);
  const dipoles = word(state, 3), quadrupoles = word(state, 4);
  const dipoleBytes = width * 3, quadrupoleBytes = width * 6;
  for (let p: usize = 0; p < pairs; p++) {
    const i = <usize>load<u32>(ends + (p << 3)), j = <usize>load<u32>(ends + (p << 3), 4);
    const a = <usize>load<u32>(species + (i << 2)), b = <usize>load<u32>(species + (j << 2));
    const bond = bonds + (p << 5);
    const r = load<f64>(bond, 24), at = (r - from) * inverseStep, g = floor<f64>(at), x = at - g;
    const rise = x * x * (3 - 2 * x), y = 1 - x;
    const h0 = f64x2.splat(1 - rise), h1 = f64x2.splat(rise), d0 = f64x2.splat(x * y * y), d1 = f64x2.splat(-x * x * y);
    const ux = load<f64>(bond), uy = load<f64>(bond, 8), uz = load<f64>(bond, 16);
    const rx = f64x2.splat(r * ux), ry = f64x2.splat(r * uy), rz = f64x2.splat(r * uz);
    const ab = <usize>load<u32>(index + ((a * ne + b) << 2)) << 4;
    let f = ofDipole + ab;
    let own = word(f, 3), row = word(f, 1) + <usize>g * (own << 1), column = word(f, 2) - first;
    let ti = byDipole + i * dipoleBytes + column, tj = byDipole + j * dipoleBytes + column;
    for (let c: usize = 0; c < own; c += 16) {
      const v = mix(row, own, c, h0, d0, h1, d1);
      const vx = f64x2.mul(v, rx), vy = f64x2.mul(v, ry), vz = f64x2.mul(v, rz);
      addTo(ti + c, vx);
      addTo(ti + width + c, vy);
      addTo(ti + (width << 1) + c, vz);
      subtractFrom(tj + c, vx);
      subtractFrom(tj + width + c, vy);
      subtractFrom(tj + (width << 1) + c, vz);
    }
    f = ofQuadrupole + ab;
    own = word(f, 3);
    row = word(f, 1) + <usize>g * (own << 1);
    column = word(f, 2) - first;
    ti = byQuadrupole + i * quadrupoleBytes + column;
    tj = byQuadrupole + j * quadrupoleBytes + column;
    for (let c: usize = 0; c < own; c += 16) {
      const v = mix(row, own, c, h0, d0, h1, d1);
      const vx = f64x2.mul(v, rx), vy = f64x2.mul(v, ry), vz = f64x2.mul(v, rz);
      const xx = f64x2.mul(vx, rx), yy = f64x2.mul(vy, ry), zz = f64x2.mul(vz, rz);
      const yz = f64x2.mul(vy, rz), xz = f64x2.mul(vx, rz), xy = f64x2.mul(vx, ry);
      let to = ti + c;
      addTo(to, xx); to += width;
      addTo(to, yy); to += width;
      addTo(to, zz); to += width;
      addTo(to, yz); to += width;
      addTo(to, xz); to += width;
      addTo(to, xy);
      to = tj + c;
      addTo(to, xx); to += width;
      addTo(to, yy); to += width;
      addTo(to, zz); to += width;
      addTo(to, yz); to += width;
      addTo(to, xz); to += width;
      addTo(to, xy);
    }
  }
  const thirdOf = f64x2.splat(1.0 / 3.0);
  for (let i: usize = 0; i < atoms; i++)
    for (let c: usize = 0; c < width; c += 16) {
      const d = byDipole + i * dipoleBytes + c, q = byQuadrupole + i * quadrupoleBytes + c;
      const mu = dipoles + i * 24, lambda = quadrupoles + i * 48;
      let sum = f64x2.splat(0), trace = f64x2.splat(0);
      for (let k: usize = 0; k < 3; k++) {
        const t = q + k * width, v = v128.load(t);
        trace = f64x2.add(trace, v);
        sum = f64x2.add(sum, f64x2.mul(f64x2.splat(load<f64>(mu + (k << 3))), v128.load(d + k * width)));
        sum = f64x2.add(sum, f64x2.mul(f64x2.splat(load<f64>(lambda + (k << 3))), v));
        sum = f64x2.add(sum, f64x2.mul(f64x2.splat(2 * load<f64>(lambda + (k << 3), 24)), v128.load(t + width * 3)));
      }
      addTo(energy + first + c, sum);
      const third = f64x2.mul(trace, thirdOf);
      for (let k: usize = 0; k < 3; k++) subtractFrom(q + k * width, third);
    }
}

/** to[columns of f] += v and its slope times two vectors, a row of `width` bytes for each component. */
@inline function addVectors(
  to: usize, width: usize, f: usize, first: usize, g: usize, x: f64, inverseStep: f64, vx: f64, vy: f64, vz: f64, sx: f64, sy: f64, sz: f64,
): void {
  const own = word(f, 3), row = word(f, 1) + g * (own << 1), t = to + word(f, 2) - first;
  const rise = x * x * (3 - 2 * x), y = 1 - x;
  const h0 = f64x2.splat(1 - rise), h1 = f64x2.splat(rise), d0 = f64x2.splat(x * y * y), d1 = f64x2.splat(-x * x * y);
  const e1 = f64x2.splat(6 * x * y * inverseStep), e0 = f64x2.splat(-6 * x * y * inverseStep);
  const b0 = f64x2.splat(y * (1 - 3 * x) * inverseStep), b1 = f64x2.splat(x * (3 * x - 2) * inverseStep);
  for (let c: usize = 0; c < own; c += 16) {
    const value = mix(row, own, c, h0, d0, h1, d1), slope = mix(row, own, c, e0, b0, e1, b1);
    addTo(t + c, f64x2.add(f64x2.mul(value, f64x2.splat(vx)), f64x2.mul(slope, f64x2.splat(sx))));
    addTo(t + width + c, f64x2.add(f64x2.mul(value, f64x2.splat(vy)), f64x2.mul(slope, f64x2.splat(sy))));
    addTo(t + (width << 1) + c, f64x2.add(f64x2.mul(value, f64x2.splat(vz)), f64x2.mul(slope, f64x2.splat(sz))));
  }
}

/** Derivatives of forces and virial of dipoles and quadrupoles, added. room: (3, width bytes). */
export function adpMomentForceColumns(
  frame: usize, meta: usize, state: usize, from: f64, inverseStep: f64, first: usize, width: usize,
  byDipole: usize, byQuadrupole: usize, room: usize, columnBytes: usize, rows: usize, virial: usize,
): void {
  const pairs = word(frame, 1), species = word(frame, 2), ends = word(frame, 3), bonds = word(frame, 4);
  const ne = word(meta, 0), index = word(meta, 2), ofDipole = word(meta, 5), ofQuadrupole = word(meta, 6);
  const kept = word(state, 2), dipoles = word(state, 3), quadrupoles = word(state, 4);
  const dipoleBytes = width * 3, quadrupoleBytes = width * 6, atomBytes = columnBytes * 3;
  for (let p: usize = 0; p < pairs; p++) {
    const i = <usize>load<u32>(ends + (p << 3)), j = <usize>load<u32>(ends + (p << 3), 4);
    const a = <usize>load<u32>(species + (i << 2)), b = <usize>load<u32>(species + (j << 2));
    const bond = bonds + (p << 5), keep = kept + p * 56;
    const ux = load<f64>(bond), uy = load<f64>(bond, 8), uz = load<f64>(bond, 16), r = load<f64>(bond, 24);
    const at = (r - from) * inverseStep, g = floor<f64>(at), x = at - g;
    const ab = <usize>load<u32>(index + ((a * ne + b) << 2)) << 4;
    const vux = f64x2.splat(ux), vuy = f64x2.splat(uy), vuz = f64x2.splat(uz), length = f64x2.splat(r);
    const mu = f64x2.splat(load<f64>(keep, 24)), muSlope = f64x2.splat(load<f64>(keep, 32) * r);
    const w = f64x2.splat(2 * load<f64>(keep, 40) * r), wSlope = f64x2.splat(load<f64>(keep, 48) * r * r);
    const di = byDipole + i * dipoleBytes, dj = byDipole + j * dipoleBytes;
    const qi = byQuadrupole + i * quadrupoleBytes, qj = byQuadrupole + j * quadrupoleBytes;
    for (let c: usize = 0; c < width; c += 16) {
      let s = di + c, t = dj + c;
      const dx = f64x2.sub(v128.load(s), v128.load(t)); s += width; t += width;
      const dy = f64x2.sub(v128.load(s), v128.load(t)); s += width; t += width;
      const dz = f64x2.sub(v128.load(s), v128.load(t));
      s = qi + c;
      t = qj + c;
      const xx = f64x2.add(v128.load(s), v128.load(t)); s += width; t += width;
      const yy = f64x2.add(v128.load(s), v128.load(t)); s += width; t += width;
      const zz = f64x2.add(v128.load(s), v128.load(t)); s += width; t += width;
      const yz = f64x2.add(v128.load(s), v128.load(t)); s += width; t += width;
      const xz = f64x2.add(v128.load(s), v128.load(t)); s += width; t += width;
      const xy = f64x2.add(v128.load(s), v128.load(t));
      const qx = f64x2.add(f64x2.add(f64x2.mul(xx, vux), f64x2.mul(xy, vuy)), f64x2.mul(xz, vuz));
      const qy = f64x2.add(f64x2.add(f64x2.mul(xy, vux), f64x2.mul(yy, vuy)), f64x2.mul(yz, vuz));
      const qz = f64x2.add(f64x2.add(f64x2.mul(xz, vux), f64x2.mul(yz, vuy)), f64x2.mul(zz, vuz));
      const ofDipoles = f64x2.add(f64x2.add(f64x2.mul(dx, vux), f64x2.mul(dy, vuy)), f64x2.mul(dz, vuz));
      const ofQuadrupoles = f64x2.add(f64x2.add(f64x2.mul(qx, vux), f64x2.mul(qy, vuy)), f64x2.mul(qz, vuz));
      const along = f64x2.add(f64x2.mul(muSlope, ofDipoles), f64x2.mul(wSlope, ofQuadrupoles));
      const to = room + c;
      v128.store(to, f64x2.add(f64x2.add(f64x2.mul(mu, dx), f64x2.mul(w, qx)), f64x2.mul(along, vux)));
      v128.store(to + width, f64x2.add(f64x2.add(f64x2.mul(mu, dy), f64x2.mul(w, qy)), f64x2.mul(along, vuy)));
      v128.store(to + (width << 1), f64x2.add(f64x2.add(f64x2.mul(mu, dz), f64x2.mul(w, qz)), f64x2.mul(along, vuz)));
    }
    let s = dipoles + i * 24, t = dipoles + j * 24;
    const dx = load<f64>(s) - load<f64>(t), dy = load<f64>(s, 8) - load<f64>(t, 8), dz = load<f64>(s, 16) - load<f64>(t, 16);
    s = quadrupoles + i * 48;
    t = quadrupoles + j * 48;
    const yz = load<f64>(s, 24) + load<f64>(t, 24), xz = load<f64>(s, 32) + load<f64>(t, 32), xy = load<f64>(s, 40) + load<f64>(t, 40);
    const qx = r * ((load<f64>(s) + load<f64>(t)) * ux + xy * uy + xz * uz);
    const qy = r * (xy * ux + (load<f64>(s, 8) + load<f64>(t, 8)) * uy + yz * uz);
    const qz = r * (xz * ux + yz * uy + (load<f64>(s, 16) + load<f64>(t, 16)) * uz);
    const d = r * (dx * ux + dy * uy + dz * uz), q = r * (qx * ux + qy * uy + qz * uz);
    addVectors(room, width, ofDipole + ab, first, <usize>g, x, inverseStep, dx, dy, dz, d * ux, d * uy, d * uz);
    addVectors(room, width, ofQuadrupole + ab, first, <usize>g, x, inverseStep, 2 * qx, 2 * qy, 2 * qz, q * ux, q * uy, q * uz);
    const ri = rows + i * atomBytes + first, rj = rows + j * atomBytes + first, vi = virial ? virial + first : 0;
    const lx = f64x2.mul(length, vux), ly = f64x2.mul(length, vuy), lz = f64x2.mul(length, vuz);
    for (let c: usize = 0; c < width; c += 16) {
      const fx = v128.load(room + c), fy = v128.load(room + width + c), fz = v128.load(room + (width << 1) + c);
      addForce(ri + c, rj + c, columnBytes, vi ? vi + c : 0, fx, fy, fz, lx, ly, lz);
    }
  }
}
