import { readFileSync } from 'node:fs';

interface Exports {
  memory: WebAssembly.Memory;
  allocate(bytes: number): number;
  energyBatch(
    rows: number,
    weights: number,
    rowStart: number,
    nStructures: number,
    K: number,
    density: number,
    floor: number,
    embedding: number,
    degree: number,
    blocks: number,
    out: number,
    lowest: number,
  ): void;
  energyBatchTable(
    rows: number,
    weights: number,
    rowStart: number,
    nStructures: number,
    K: number,
    density: number,
    floor: number,
    table: number,
    intervals: number,
    inverseStep: number,
    blocks: number,
    out: number,
    lowest: number,
  ): void;
  pairBatch(pair: number, nStructures: number, K: number, phi: number, blocks: number, out: number): void;
  energyJacobian(
    rows: number,
    weights: number,
    rowStart: number,
    nStructures: number,
    K: number,
    density: number,
    floor: number,
    embedding: number,
    degree: number,
    derivative: number,
    out: number,
    byNode: number,
    powers: number,
    rho: number,
  ): number;
  buildMoments(distances: number, target: number, n: number, K: number, scale: number, shift: number, out: number): void;
  forces(
    start: number,
    second: number,
    distance: number,
    unit: number,
    atoms: number,
    from: number,
    inverseStep: number,
    slopes: number,
    embedding: number,
    frame: number,
    out: number,
    virial: number,
  ): void;
  forceAdjoint(
    start: number,
    second: number,
    distance: number,
    unit: number,
    atoms: number,
    from: number,
    inverseStep: number,
    slopes: number,
    embedding: number,
    frame: number,
    g: number,
    h: number,
    bySlope: number,
    byEmbedding: number,
  ): void;
  forceColumns(
    start: number,
    second: number,
    distance: number,
    unit: number,
    first: number,
    last: number,
    pair: number,
    from: number,
    inverseStep: number,
    slopes: number,
    embedding: number,
    tables: number,
    tangent: number,
    nPair: number,
    nDensity: number,
    nEmbedding: number,
    out: number,
    virial: number,
  ): number;
  splineBatch(
    frame: number,
    meta: number,
    kinds: number,
    table: number,
    tableBytes: number,
    blocks: number,
    scratch: number,
    energies: number,
    out: number,
    virials: number,
    densities: number,
  ): void;
  splineColumns(
    frame: number,
    meta: number,
    info: number,
    numbers: number,
    table: number,
    at: number,
    all: number,
    scratch: number,
    energy: number,
    rows: number,
    virial: number,
  ): void;
  adpSums(frame: number, meta: number, state: number, from: number, inverseStep: number): number;
  adpMoments(atoms: number, state: number): number;
  adpForces(frame: number, meta: number, state: number): void;
  adpDensityColumns(
    frame: number,
    meta: number,
    from: number,
    inverseStep: number,
    byDensity: number,
    energy: number,
    columnBytes: number,
  ): void;
  adpForceColumns(
    frame: number,
    meta: number,
    state: number,
    from: number,
    inverseStep: number,
    tangent: number,
    central: number,
    columnBytes: number,
    rows: number,
    virial: number,
  ): void;
  adpMomentColumns(
    frame: number,
    meta: number,
    state: number,
    from: number,
    inverseStep: number,
    first: number,
    width: number,
    byDipole: number,
    byQuadrupole: number,
    energy: number,
  ): void;
  adpMomentForceColumns(
    frame: number,
    meta: number,
    state: number,
    from: number,
    inverseStep: number,
    first: number,
    width: number,
    byDipole: number,
    byQuadrupole: number,
    room: number,
    columnBytes: number,
    rows: number,
    virial: number,
  ): void;
  contractColumns(rows: number, n: number, size: number, list: number, blocks: number, out: number, columns: number): void;
  normalEquations(jacobian: number, rows: number, n: number, factor: number, by: number, matrix: number, gradient: number): void;
}

let compiled: WebAssembly.Module | undefined;

/** One instance of the compiled kernels with a linear memory of its own. Blocks are allocated once and live as long as it does. */
export class KernelInstance {
  readonly functions: Exports;

  constructor() {
    compiled ??= new WebAssembly.Module(readFileSync(new URL('./kernels.wasm', import.meta.url)));
    const instance = new WebAssembly.Instance(compiled, {
      env: {
        abort: () => {
          throw new Error('a compiled kernel ran out of memory');
        },
      },
    });
    this.functions = instance.exports as unknown as Exports;
  }

  /** byte offset of a new block for `length` doubles, filled from `values` when given */
  doubles(length: number, values?: ArrayLike<number>): number {
    const at = this.functions.allocate(8 * length);
    if (values) this.f64(at, length).set(values);
    return at;
  }

  /** byte offset of a new block for `length` 32-bit integers, filled from `values` when given */
  integers(length: number, values?: ArrayLike<number>): number {
    const at = this.functions.allocate(4 * length);
    if (values) this.i32(at, length).set(values);
    return at;
  }

  /** view of a block; valid until the next allocation */
  i32(at: number, length: number): Int32Array {
    return new Int32Array(this.functions.memory.buffer, at, length);
  }

  /** view of a block; valid until the next allocation */
  f64(at: number, length: number): Float64Array {
    return new Float64Array(this.functions.memory.buffer, at, length);
  }
}
