import { InputError } from '../errors.js';
import { pairIndex } from '../potentials/s-meam.js';
import type { ParametricFunction } from '../potentials/zjw04/parametric.js';
import { neighbourPairs } from '../structures/neighbours.js';
import { type Structure, volume } from '../structures/structure.js';
import { even, FunctionTable, RadialGrid } from './function-table.js';
import { KernelInstance } from './instance.js';

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
  /** number of columns of derivatives, even: the last may belong to no parameter */
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
    this.columns = columnOf ? even(columnOf.reduce((most, c) => Math.max(most, c + 1), 0)) : 0;
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
  /** byte offset of its description, see assembly/adp.ts */
  at: number;
}

/** Words of the descriptions that the kernel reads; see assembly/adp.ts. */
const FRAME_WORDS = 5;
const META_WORDS = 7;
const FUNCTION_WORDS = 4;
const COLUMN_BYTES = 8;

/** Energies, forces and virials of structures: half neighbour lists that are made once, with look-up in tables of the functions. */
export class AdpFrames {
  readonly grid: RadialGrid;
  readonly frames: readonly PlacedFrame[];
  /** most atoms of a structure */
  readonly mostAtoms: number;
  readonly kernel = new KernelInstance();
  /** byte offsets of the descriptions of the functions and of what a structure has */
  readonly meta: number;
  readonly state: number;
  private readonly lists: Record<'density' | 'pair' | 'dipole' | 'quadrupole', number>;
  /** of the structure that was evaluated last: densities, slopes of the embedding functions, forces, virial */
  private readonly at: Record<'densities' | 'slopes' | 'forces' | 'virial', number>;
  /** the tables in the memory of the kernel, and the room there */
  private loaded: AdpTables | undefined;
  private room = { at: 0, size: 0 };

  /**
   * @param angular whether there are dipole and quadrupole functions
   * @throws InputError for an element that is not among `elements`
   */
  constructor(
    readonly elements: readonly string[],
    structures: readonly Structure[],
    cutoff: number,
    readonly angular: boolean,
  ) {
    const { kernel: k } = this;
    let shortest = cutoff;
    let mostPairs = 0;
    this.frames = structures.map((structure) => {
      const list = neighbourPairs(structure, cutoff);
      const ends = new Int32Array(2 * list.count);
      const bonds = new Float64Array(4 * list.count);
      for (let p = 0; p < list.count; p++) {
        const r = list.distances[p]!;
        shortest = Math.min(shortest, r);
        ends[2 * p] = list.first[p]!;
        ends[2 * p + 1] = list.second[p]!;
        for (let d = 0; d < 3; d++) bonds[4 * p + d] = list.vectors[3 * p + d]! / r;
        bonds[4 * p + 3] = r;
      }
      const species = Int32Array.from(structure.species, (symbol) => {
        const index = elements.indexOf(symbol);
        if (index < 0) throw new InputError(`the potential has no element ${symbol} (it has ${elements.join(', ')})`);
        return index;
      });
      mostPairs = Math.max(mostPairs, list.count);
      const blocks = [k.integers(species.length, species), k.integers(ends.length, ends), k.doubles(bonds.length, bonds)];
      const at = k.integers(FRAME_WORDS, [species.length, list.count, ...blocks]);
      return { atoms: species.length, volume: volume(structure.cell), species, at };
    });
    this.grid = new RadialGrid(shortest, cutoff);
    const ne = elements.length;
    const pairs = (ne * (ne + 1)) / 2;
    const index = k.integers(
      ne * ne,
      Array.from({ length: ne * ne }, (_, ab) => pairIndex(Math.floor(ab / ne), ab % ne, ne)),
    );
    this.lists = {
      density: k.integers(FUNCTION_WORDS * ne),
      pair: k.integers(FUNCTION_WORDS * pairs),
      dipole: k.integers(FUNCTION_WORDS * pairs),
      quadrupole: k.integers(FUNCTION_WORDS * pairs),
    };
    const { density, pair, dipole, quadrupole } = this.lists;
    this.meta = k.integers(META_WORDS, [ne, angular ? 1 : 0, index, density, pair, dipole, quadrupole]);
    const atoms = this.frames.reduce((most, frame) => Math.max(most, frame.atoms), 0);
    this.mostAtoms = atoms;
    this.at = { densities: k.doubles(atoms), slopes: k.doubles(atoms), forces: k.doubles(3 * atoms), virial: k.doubles(6) };
    const kept = k.doubles((angular ? 7 : 3) * mostPairs);
    const moments = [k.doubles(angular ? 3 * atoms : 0), k.doubles(angular ? 6 * atoms : 0)];
    const { densities, slopes, forces, virial } = this.at;
    this.state = k.integers(META_WORDS, [densities, slopes, kept, ...moments, forces, virial]);
  }

  /** Energy, forces and virial of structure s. */
  evaluate(s: number, tables: AdpTables): FrameResult {
    this.load(tables);
    const { atoms, species, at } = this.frames[s]!;
    const { kernel: k, meta, state, angular } = this;
    let energy = k.functions.adpSums(at, meta, state, this.grid.from, this.grid.inverseStep);
    const densities = k.f64(this.at.densities, atoms);
    const slopes = k.f64(this.at.slopes, atoms);
    const out = tables.scratch;
    for (let i = 0; i < atoms; i++) {
      energy += tables.functions.embedding[species[i]!]!.evaluate(densities[i]!, tables.p, out);
      slopes[i] = out[0]!;
    }
    if (angular) energy += k.functions.adpMoments(atoms, state);
    k.functions.adpForces(at, meta, state);
    return { energy, forces: k.f64(this.at.forces, 3 * atoms), virial: k.f64(this.at.virial, 6), densities };
  }

  /** Densities and slopes of the embedding functions of the structure that was evaluated last, shape (atoms); views. */
  embedded(atoms: number): { densities: Float64Array; slopes: Float64Array } {
    return { densities: this.kernel.f64(this.at.densities, atoms), slopes: this.kernel.f64(this.at.slopes, atoms) };
  }

  /** Puts tables into the memory of the kernel. */
  private load(tables: AdpTables): void {
    if (this.loaded === tables) return;
    const { kernel: k } = this;
    const kinds = ['density', 'pair', 'dipole', 'quadrupole'] as const;
    const size = kinds.reduce((sum, kind) => tables[kind].reduce((part, t) => part + t.values.length + t.derivatives.length, sum), 0);
    // blocks are never freed, so room for the largest is kept
    if (size > this.room.size) this.room = { at: k.doubles(size), size };
    const memory = k.f64(this.room.at, size);
    let used = 0;
    const put = (values: Float64Array): number => {
      memory.set(values, used);
      used += values.length;
      return this.room.at + 8 * (used - values.length);
    };
    for (const kind of kinds)
      k.i32(this.lists[kind], FUNCTION_WORDS * tables[kind].length).set(
        tables[kind].flatMap(({ values, derivatives, first, width }) => [
          put(values),
          put(derivatives),
          COLUMN_BYTES * first,
          COLUMN_BYTES * width,
        ]),
      );
    this.loaded = tables;
  }
}
