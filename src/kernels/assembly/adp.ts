// Embedded-atom energies, forces and virials of one structure, with dipoles and quadrupoles, from tables over an even grid of distances.
// frame: 5 i32: atoms, pairs, byte offsets of species (atoms) i32, ends (pairs, 2) i32, bonds (pairs, 4) f64: unit vector and length.
// meta: 7 i32: elements, angular or not, byte offsets of the index of each pair of elements (elements, elements) i32 and of the
// functions of the density, pair, dipole and quadrupole. A function is 4 i32: byte offset of its values (points, 2), of its
// derivatives (points, 2, width), first column and width of these in bytes, multiples of 16. Values come with their slopes times the spacing.
// state: 7 i32: byte offsets of densities (atoms), slopes of the embedding functions (atoms), what pairs keep (pairs, 3 or 7), dipoles
// (atoms, 3), quadrupoles (atoms, 6), forces (atoms, 3), virial (6).

@inline export function word(block: usize, k: i32): usize {
  return load<u32>(block + (<usize>k << 2));
}

let slope: f64 = 0;

/** Value of a function at place x of the piece at `bytes`; `slope` becomes its slope times the spacing. */
@inline function lookUp(f: usize, bytes: usize, x: f64): f64 {
  const at = <usize>load<u32>(f) + bytes;
  const v0 = load<f64>(at), s0 = load<f64>(at, 8), rise = load<f64>(at, 16) - v0, s1 = load<f64>(at, 24);
  const c2 = 3 * rise - 2 * s0 - s1, c3 = s0 + s1 - 2 * rise;
  slope = s0 + x * (2 * c2 + 3 * x * c3);
  return v0 + x * (s0 + x * (c2 + x * c3));
}

@inline function add(at: usize, value: f64): void {
  store<f64>(at, load<f64>(at) + value);
}

@inline function addTensor(at: usize, w: f64, x: f64, y: f64, z: f64): void {
  add(at, w * x * x);
  add(at + 8, w * y * y);
  add(at + 16, w * z * z);
  add(at + 24, w * y * z);
  add(at + 32, w * x * z);
  add(at + 40, w * x * y);
}

/** Densities, dipoles, quadrupoles and what pairs keep; returns the pair energy, eV. */
export function adpSums(frame: usize, meta: usize, state: usize, from: f64, inverseStep: f64): f64 {
  const atoms = word(frame, 0), pairs = word(frame, 1), species = word(frame, 2), ends = word(frame, 3), bonds = word(frame, 4);
  const ne = word(meta, 0), angular = word(meta, 1), index = word(meta, 2);
  const ofDensity = word(meta, 3), ofPair = word(meta, 4), ofDipole = word(meta, 5), ofQuadrupole = word(meta, 6);
  const densities = word(state, 0), kept = word(state, 2), dipoles = word(state, 3), quadrupoles = word(state, 4);
  const keptBytes: usize = angular ? 56 : 24;
  memory.fill(densities, 0, atoms << 3);
  if (angular) {
    memory.fill(dipoles, 0, atoms * 24);
    memory.fill(quadrupoles, 0, atoms * 48);
  }
  let energy: f64 = 0;
  for (let p: usize = 0; p < pairs; p++) {
    const i = <usize>load<u32>(ends + (p << 3)), j = <usize>load<u32>(ends + (p << 3), 4);
    const a = <usize>load<u32>(species + (i << 2)), b = <usize>load<u32>(species + (j << 2));
    const bond = bonds + (p << 5), keep = kept + p * keptBytes;
    const r = load<f64>(bond, 24), at = (r - from) * inverseStep, g = floor<f64>(at), x = at - g, bytes = <usize>g << 4;
    const ab = <usize>load<u32>(index + ((a * ne + b) << 2)) << 4;
    energy += lookUp(ofPair + ab, bytes, x);
    store<f64>(keep, slope * inverseStep);
    const ofB = lookUp(ofDensity + (b << 4), bytes, x);
    add(densities + (i << 3), ofB);
    store<f64>(keep, slope * inverseStep, 8);
    add(densities + (j << 3), a == b ? ofB : lookUp(ofDensity + (a << 4), bytes, x));
    store<f64>(keep, slope * inverseStep, 16);
    if (!angular) continue;
    const rx = r * load<f64>(bond), ry = r * load<f64>(bond, 8), rz = r * load<f64>(bond, 16);
    const mu = lookUp(ofDipole + ab, bytes, x);
    store<f64>(keep, mu, 24);
    store<f64>(keep, slope * inverseStep, 32);
    const w = lookUp(ofQuadrupole + ab, bytes, x);
    store<f64>(keep, w, 40);
    store<f64>(keep, slope * inverseStep, 48);
    const di = dipoles + i * 24, dj = dipoles + j * 24;
    add(di, mu * rx);
    add(di + 8, mu * ry);
    add(di + 16, mu * rz);
    add(dj, -mu * rx);
    add(dj + 8, -mu * ry);
    add(dj + 16, -mu * rz);
    addTensor(quadrupoles + i * 48, w, rx, ry, rz);
    addTensor(quadrupoles + j * 48, w, rx, ry, rz);
  }
  return energy;
}

/** Energy of dipoles and quadrupoles, eV; the quadrupoles lose a third of their trace. */
export function adpMoments(atoms: i32, state: usize): f64 {
  const dipoles = word(state, 3), quadrupoles = word(state, 4);
  let energy: f64 = 0;
  for (let i: usize = 0; i < <usize>atoms; i++) {
    const d = dipoles + i * 24, q = quadrupoles + i * 48;
    const third = (load<f64>(q) + load<f64>(q, 8) + load<f64>(q, 16)) / 3;
    for (let k: usize = 0; k < 24; k += 8) {
      const mu = load<f64>(d + k), xx = load<f64>(q + k), yz = load<f64>(q + k, 24);
      energy += 0.5 * mu * mu + 0.5 * xx * xx + yz * yz;
      store<f64>(q + k, xx - third);
    }
    energy -= 1.5 * third * third;
  }
  return energy;
}

/** Forces and virial from what pairs keep. */
export function adpForces(frame: usize, meta: usize, state: usize): void {
  const atoms = word(frame, 0), pairs = word(frame, 1), ends = word(frame, 3), bonds = word(frame, 4);
  const angular = word(meta, 1);
  const slopes = word(state, 1), kept = word(state, 2), dipoles = word(state, 3), quadrupoles = word(state, 4);
  const forces = word(state, 5), virial = word(state, 6);
  const keptBytes: usize = angular ? 56 : 24;
  memory.fill(forces, 0, atoms * 24);
  let vxx: f64 = 0, vyy: f64 = 0, vzz: f64 = 0, vyz: f64 = 0, vxz: f64 = 0, vxy: f64 = 0;
  for (let p: usize = 0; p < pairs; p++) {
    const i = <usize>load<u32>(ends + (p << 3)), j = <usize>load<u32>(ends + (p << 3), 4);
    const bond = bonds + (p << 5), keep = kept + p * keptBytes;
    const ux = load<f64>(bond), uy = load<f64>(bond, 8), uz = load<f64>(bond, 16), r = load<f64>(bond, 24);
    let along = load<f64>(keep) + load<f64>(slopes + (i << 3)) * load<f64>(keep, 8) + load<f64>(slopes + (j << 3)) * load<f64>(keep, 16);
    let fx: f64 = 0, fy: f64 = 0, fz: f64 = 0;
    if (angular) {
      const mu = load<f64>(keep, 24), w = 2 * load<f64>(keep, 40);
      const di = dipoles + i * 24, dj = dipoles + j * 24, qi = quadrupoles + i * 48, qj = quadrupoles + j * 48;
      const dx = load<f64>(di) - load<f64>(dj), dy = load<f64>(di, 8) - load<f64>(dj, 8), dz = load<f64>(di, 16) - load<f64>(dj, 16);
      const yz = load<f64>(qi, 24) + load<f64>(qj, 24), xz = load<f64>(qi, 32) + load<f64>(qj, 32), xy = load<f64>(qi, 40) + load<f64>(qj, 40);
      const qx = r * ((load<f64>(qi) + load<f64>(qj)) * ux + xy * uy + xz * uz);
      const qy = r * (xy * ux + (load<f64>(qi, 8) + load<f64>(qj, 8)) * uy + yz * uz);
      const qz = r * (xz * ux + yz * uy + (load<f64>(qi, 16) + load<f64>(qj, 16)) * uz);
      along += r * (load<f64>(keep, 32) * (dx * ux + dy * uy + dz * uz) + load<f64>(keep, 48) * (qx * ux + qy * uy + qz * uz));
      fx = mu * dx + w * qx;
      fy = mu * dy + w * qy;
      fz = mu * dz + w * qz;
    }
    fx += along * ux;
    fy += along * uy;
    fz += along * uz;
    const fi = forces + i * 24, fj = forces + j * 24;
    add(fi, fx);
    add(fi + 8, fy);
    add(fi + 16, fz);
    add(fj, -fx);
    add(fj + 8, -fy);
    add(fj + 16, -fz);
    vxx += fx * ux * r;
    vyy += fy * uy * r;
    vzz += fz * uz * r;
    vyz += fy * uz * r;
    vxz += fx * uz * r;
    vxy += fx * uy * r;
  }
  store<f64>(virial, vxx);
  store<f64>(virial, vyy, 8);
  store<f64>(virial, vzz, 16);
  store<f64>(virial, vyz, 24);
  store<f64>(virial, vxz, 32);
  store<f64>(virial, vxy, 40);
}
