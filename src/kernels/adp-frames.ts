import { InputError } from '../errors.js';
import { pairIndex } from '../potentials/s-meam.js';
import type { ParametricFunction } from '../potentials/zjw04/parametric.js';
import { neighbourPairs } from '../structures/neighbours.js';
import { type Structure, volume } from '../structures/structure.js';
import { FunctionTable, found, lookUp, RadialGrid } from './function-table.js';

/** Parametric functions of an embedded-atom potential, with dipoles and quadrupoles where these lists are not empty. */
export interface AdpFunctions {
  /** one an element */
  density: readonly ParametricFunction[];
  embedding: readonly ParametricFunction[];
  /** one for each pair of elements, by `pairIndex` */
  pair: readonly ParametricFunction[];
  dipole: readonly ParametricFunction[];
  quadrupole: readonly ParametricFunction[];
}

/** The functions at one set of parameters, tabulated; with derivatives along the parameters that have a column. */
export class AdpTables {
  readonly density: readonly FunctionTable[];
  readonly pair: readonly FunctionTable[];
  readonly dipole: readonly FunctionTable[];
  readonly quadrupole: readonly FunctionTable[];
  /** number of columns of derivatives */
  readonly columns: number;
  /** room for what an embedding function gives */
  readonly scratch: Float64Array;

  constructor(
    readonly functions: AdpFunctions,
    readonly p: ArrayLike<number>,
    grid: RadialGrid,
    readonly columnOf?: Int32Array,
  ) {
    const tables = (list: readonly ParametricFunction[]) => list.map((f) => new FunctionTable(f, p, grid, columnOf));
    this.density = tables(functions.density);
    this.pair = tables(functions.pair);
    this.dipole = tables(functions.dipole);
    this.quadrupole = tables(functions.quadrupole);
    this.scratch = new Float64Array(1 + Math.max(...functions.embedding.map(({ parameters }) => parameters.length)));
    this.columns = columnOf ? columnOf.reduce((most, c) => Math.max(most, c + 1), 0) : 0;
  }
}

/** What a structure has at one set of parameters; views that the next call overwrites. */
export interface FrameResult {
  /** eV, of free atoms at zero */
  energy: number;
  /** eV/Å, shape (atoms, 3) */
  forces: Float64Array;
  /** sum of dE/dr_a r_b, eV, in the order xx yy zz yz xz xy: stress times volume */
  virial: Float64Array;
  /** shape (atoms) */
  densities: Float64Array;
}

interface PlacedFrame {
  atoms: number;
  /** Å³ */
  volume: number;
  species: Int32Array;
  first: Int32Array;
  second: Int32Array;
  /** unit vector from first to second, and distance (Å), shape (pairs, 4) */
  bonds: Float64Array;
}

/**
 * Energies, forces, virials of structures and their derivatives along the parameters of the functions: half neighbour lists that are made once, with
 * look-up in tables of the functions.
 */
export class AdpFrames {
  readonly grid: RadialGrid;
  readonly frames: readonly PlacedFrame[];
  /** Å */
  readonly shortest: number;
  readonly angular: boolean;
  /** of the structure that was evaluated last, as long as `evaluate` is not called again: densities and slopes of the embedding functions, (atoms) */
  readonly densities: Float64Array;
  readonly slopeOf: Float64Array;
  private readonly forces: Float64Array;
  private readonly virial = new Float64Array(6);
  /** of its pairs: slopes of phi, rho of second, rho of first, value and slope of mu and omega */
  readonly slopes: Float64Array;
  /** and dipoles and quadrupoles */
  readonly dipoles: Float64Array;
  /** xx yy zz yz xz xy, less a third of the trace where `evaluate` is done */
  readonly quadrupoles: Float64Array;

  /**
   * @param angular whether there are dipole and quadrupole functions
   * @throws InputError for an element that is not among `elements`
   */
  constructor(
    readonly elements: readonly string[],
    structures: readonly Structure[],
    cutoff: number,
    angular: boolean,
  ) {
    this.angular = angular;
    let shortest = cutoff;
    this.frames = structures.map((structure) => {
      const list = neighbourPairs(structure, cutoff);
      const bonds = new Float64Array(4 * list.count);
      for (let k = 0; k < list.count; k++) {
        const r = list.distances[k]!;
        shortest = Math.min(shortest, r);
        for (let d = 0; d < 3; d++) bonds[4 * k + d] = list.vectors[3 * k + d]! / r;
        bonds[4 * k + 3] = r;
      }
      const species = Int32Array.from(structure.species, (symbol) => {
        const index = elements.indexOf(symbol);
        if (index < 0) throw new InputError(`the potential has no element ${symbol} (it has ${elements.join(', ')})`);
        return index;
      });
      return { atoms: species.length, volume: volume(structure.cell), species, first: list.first, second: list.second, bonds };
    });
    this.shortest = shortest;
    this.grid = new RadialGrid(shortest, cutoff);
    const atoms = this.frames.reduce((most, frame) => Math.max(most, frame.atoms), 0);
    const pairs = this.frames.reduce((most, frame) => Math.max(most, frame.first.length), 0);
    this.densities = new Float64Array(atoms);
    this.slopeOf = new Float64Array(atoms);
    this.forces = new Float64Array(3 * atoms);
    this.slopes = new Float64Array((angular ? 7 : 3) * pairs);
    this.dipoles = new Float64Array(angular ? 3 * atoms : 0);
    this.quadrupoles = new Float64Array(angular ? 6 * atoms : 0);
  }

  /** Energy, forces and virial of structure s. */
  evaluate(s: number, tables: AdpTables): FrameResult {
    const { atoms, species, first, second, bonds } = this.frames[s]!;
    const { from, inverseStep } = this.grid;
    const { angular, slopes, densities, slopeOf, dipoles, quadrupoles } = this;
    const ne = this.elements.length;
    const perPair = angular ? 7 : 3;
    const pairs = first.length;
    densities.fill(0, 0, atoms);
    if (angular) {
      dipoles.fill(0, 0, 3 * atoms);
      quadrupoles.fill(0, 0, 6 * atoms);
    }
    let energy = 0;
    for (let k = 0; k < pairs; k++) {
      const i = first[k]!;
      const j = second[k]!;
      const a = species[i]!;
      const b = species[j]!;
      const at = (bonds[4 * k + 3]! - from) * inverseStep;
      const g = Math.floor(at);
      const x = at - g;
      const o = k * perPair;
      const ab = ne === 1 ? 0 : pairIndex(a, b, ne);
      energy += lookUp(tables.pair[ab]!, g, x, inverseStep);
      slopes[o] = found[0]!;
      const rho = lookUp(tables.density[b]!, g, x, inverseStep);
      densities[i]! += rho;
      slopes[o + 1] = found[0]!;
      densities[j]! += a === b ? rho : lookUp(tables.density[a]!, g, x, inverseStep);
      slopes[o + 2] = found[0]!;
      if (!angular) continue;
      const r = bonds[4 * k + 3]!;
      const rx = r * bonds[4 * k]!;
      const ry = r * bonds[4 * k + 1]!;
      const rz = r * bonds[4 * k + 2]!;
      const mu = lookUp(tables.dipole[ab]!, g, x, inverseStep);
      slopes[o + 3] = mu;
      slopes[o + 4] = found[0]!;
      const w = lookUp(tables.quadrupole[ab]!, g, x, inverseStep);
      slopes[o + 5] = w;
      slopes[o + 6] = found[0]!;
      dipoles[3 * i]! += mu * rx;
      dipoles[3 * i + 1]! += mu * ry;
      dipoles[3 * i + 2]! += mu * rz;
      dipoles[3 * j]! -= mu * rx;
      dipoles[3 * j + 1]! -= mu * ry;
      dipoles[3 * j + 2]! -= mu * rz;
      addTensor(quadrupoles, 6 * i, w, rx, ry, rz);
      addTensor(quadrupoles, 6 * j, w, rx, ry, rz);
    }
    const out = tables.scratch;
    for (let i = 0; i < atoms; i++) {
      energy += tables.functions.embedding[species[i]!]!.evaluate(densities[i]!, tables.p, out);
      slopeOf[i] = out[0]!;
    }
    if (angular)
      for (let i = 0; i < atoms; i++) {
        const q = 6 * i;
        const third = (quadrupoles[q]! + quadrupoles[q + 1]! + quadrupoles[q + 2]!) / 3;
        for (let d = 0; d < 3; d++) {
          energy += 0.5 * dipoles[3 * i + d]! ** 2;
          energy += 0.5 * quadrupoles[q + d]! ** 2 + quadrupoles[q + 3 + d]! ** 2;
        }
        energy -= 1.5 * third * third;
        for (let d = 0; d < 3; d++) quadrupoles[q + d]! -= third;
      }
    this.addForces(s);
    return {
      energy,
      forces: this.forces.subarray(0, 3 * atoms),
      virial: this.virial,
      densities: densities.subarray(0, atoms),
    };
  }

  private addForces(s: number): void {
    const { atoms, first, second, bonds } = this.frames[s]!;
    const { angular, slopes, slopeOf, forces, virial, dipoles, quadrupoles } = this;
    const perPair = angular ? 7 : 3;
    forces.fill(0, 0, 3 * atoms);
    virial.fill(0);
    for (let k = 0; k < first.length; k++) {
      const i = first[k]!;
      const j = second[k]!;
      const o = k * perPair;
      const ux = bonds[4 * k]!;
      const uy = bonds[4 * k + 1]!;
      const uz = bonds[4 * k + 2]!;
      const r = bonds[4 * k + 3]!;
      let along = slopes[o]! + slopeOf[i]! * slopes[o + 1]! + slopeOf[j]! * slopes[o + 2]!;
      let fx = 0;
      let fy = 0;
      let fz = 0;
      if (angular) {
        const mu = slopes[o + 3]!;
        const w = 2 * slopes[o + 5]!;
        const dx = dipoles[3 * i]! - dipoles[3 * j]!;
        const dy = dipoles[3 * i + 1]! - dipoles[3 * j + 1]!;
        const dz = dipoles[3 * i + 2]! - dipoles[3 * j + 2]!;
        const a = 6 * i;
        const b = 6 * j;
        const xx = quadrupoles[a]! + quadrupoles[b]!;
        const yy = quadrupoles[a + 1]! + quadrupoles[b + 1]!;
        const zz = quadrupoles[a + 2]! + quadrupoles[b + 2]!;
        const yz = quadrupoles[a + 3]! + quadrupoles[b + 3]!;
        const xz = quadrupoles[a + 4]! + quadrupoles[b + 4]!;
        const xy = quadrupoles[a + 5]! + quadrupoles[b + 5]!;
        const qx = r * (xx * ux + xy * uy + xz * uz);
        const qy = r * (xy * ux + yy * uy + yz * uz);
        const qz = r * (xz * ux + yz * uy + zz * uz);
        along += r * (slopes[o + 4]! * (dx * ux + dy * uy + dz * uz) + slopes[o + 6]! * (qx * ux + qy * uy + qz * uz));
        fx = mu * dx + w * qx;
        fy = mu * dy + w * qy;
        fz = mu * dz + w * qz;
      }
      fx += along * ux;
      fy += along * uy;
      fz += along * uz;
      forces[3 * i]! += fx;
      forces[3 * i + 1]! += fy;
      forces[3 * i + 2]! += fz;
      forces[3 * j]! -= fx;
      forces[3 * j + 1]! -= fy;
      forces[3 * j + 2]! -= fz;
      virial[0]! += fx * ux * r;
      virial[1]! += fy * uy * r;
      virial[2]! += fz * uz * r;
      virial[3]! += fy * uz * r;
      virial[4]! += fx * uz * r;
      virial[5]! += fx * uy * r;
    }
  }
}

function addTensor(out: Float64Array, at: number, w: number, x: number, y: number, z: number): void {
  out[at]! += w * x * x;
  out[at + 1]! += w * y * y;
  out[at + 2]! += w * z * z;
  out[at + 3]! += w * y * z;
  out[at + 4]! += w * x * z;
  out[at + 5]! += w * x * y;
}
