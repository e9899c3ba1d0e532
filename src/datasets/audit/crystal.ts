import { determinant, inverse, multiplyRows, type Structure } from '../../structures/structure.js';

/** A perfect crystal recognised in the coordinates alone, without the cell. */
export interface CoordinateLattice {
  /** primitive translations as rows, Å, shape (3, 3) */
  primitive: Float64Array;
  /** cell of each atom in primitive translations, whole numbers, shape (n, 3) */
  indices: Float64Array;
  /** site of the basis that each atom is on, shape (n) */
  site: Int32Array;
  /** positions of the sites, Å, shape (sites, 3) */
  basis: Float64Array;
  /** largest deviation of an atom from its place in this crystal, Å */
  residual: number;
}

/** Translations looked at, nearest first. */
const CANDIDATES = 40;
/** Fewest atoms of each site: fewer points do not prove a lattice. */
const FEWEST = 8;

/** A perfect crystal and the cell that it fills. */
export interface Crystal extends CoordinateLattice, CrystalCell {}

/**
 * Looks for a perfect crystal in the bare coordinates: translations that carry most atoms onto atoms of the same element. Periodic
 * images are not used, so that a wrong cell does not matter. Undefined when there is none, or none that fills a cell near the stated
 * one (slabs, crystals with vacancies).
 * @param tolerance largest deviation of an atom, Å
 */
export function crystalOfCoordinates(structure: Structure, tolerance: number): Crystal | undefined {
  const n = structure.species.length;
  if (n < FEWEST || !structure.pbc.every(Boolean)) return undefined;
  const translations = likelyTranslations(structure, new AtomFinder(structure, 4 * tolerance));
  if (!translations) return undefined;
  // a vector between two sites of the basis carries fewer atoms over than a translation: ask for less and less
  let size = 0;
  for (const least of [...new Set(translations.map((t) => t.hits))].sort((a, b) => b - a)) {
    if (least < n / 8) break;
    const primitive = smallestCell(translations.filter((t) => t.hits >= least).map((t) => t.vector));
    if (!primitive || Math.abs(determinant(primitive)) === size) continue;
    size = Math.abs(determinant(primitive));
    const lattice = placeAtoms(structure, primitive, tolerance);
    const cell = lattice && cellOfCrystal(lattice, structure.cell);
    if (cell) return { ...lattice, ...cell };
  }
  return undefined;
}

/** Finds the atom of an element at a place. */
class AtomFinder {
  private readonly order: Int32Array;
  private readonly sorted: Float64Array;

  constructor(
    private readonly structure: Structure,
    private readonly tolerance: number,
  ) {
    const x = structure.positions;
    this.order = Int32Array.from({ length: structure.species.length }, (_, i) => i).sort((a, b) => x[3 * a]! - x[3 * b]!);
    this.sorted = Float64Array.from(this.order, (i) => x[3 * i]!);
  }

  at(x: number, y: number, z: number, symbol: string): boolean {
    const { positions, species } = this.structure;
    let low = 0;
    let high = this.sorted.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.sorted[middle]! < x - this.tolerance) low = middle + 1;
      else high = middle;
    }
    for (; low < this.sorted.length && this.sorted[low]! <= x + this.tolerance; low++) {
      const i = this.order[low]!;
      if (Math.abs(positions[3 * i + 1]! - y) > this.tolerance || Math.abs(positions[3 * i + 2]! - z) > this.tolerance) continue;
      if (species[i] === symbol) return true;
    }
    return false;
  }
}

/** Vectors between a central atom and its surroundings, with the number of atoms that each carries onto another. */
function likelyTranslations(structure: Structure, finder: AtomFinder): { vector: number[]; hits: number }[] | undefined {
  const { positions: x, species } = structure;
  const n = species.length;
  const centre = [0, 1, 2].map((d) => {
    let sum = 0;
    for (let i = 0; i < n; i++) sum += x[3 * i + d]!;
    return sum / n;
  });
  let home = 0;
  let best = Number.POSITIVE_INFINITY;
  for (let i = 0; i < n; i++) {
    const d = (x[3 * i]! - centre[0]!) ** 2 + (x[3 * i + 1]! - centre[1]!) ** 2 + (x[3 * i + 2]! - centre[2]!) ** 2;
    if (d < best) [best, home] = [d, i];
  }
  const vectors: { vector: number[]; length: number }[] = [];
  for (let i = 0; i < n; i++) {
    if (i === home || species[i] !== species[home]) continue;
    const vector = [0, 1, 2].map((d) => x[3 * i + d]! - x[3 * home + d]!);
    vectors.push({ vector, length: Math.hypot(...vector) });
  }
  vectors.sort((a, b) => a.length - b.length);
  const out: { vector: number[]; hits: number }[] = [];
  let most = 0;
  for (const { vector } of vectors.slice(0, CANDIDATES)) {
    const [a, b, c] = vector as [number, number, number];
    let hits = 0;
    for (let i = 0; i < n; i++) if (finder.at(x[3 * i]! + a, x[3 * i + 1]! + b, x[3 * i + 2]! + c, species[i]!)) hits++;
    out.push({ vector, hits });
    most = Math.max(most, hits);
    // in a disordered structure a vector carries its own atom over and hardly another
    if (out.length === 12 && most < n / 8) return undefined;
  }
  return out;
}

/** The three vectors, among short ones, that span the smallest cell: a primitive cell of the lattice that they generate. */
function smallestCell(vectors: readonly number[][]): Float64Array | undefined {
  const short = vectors.slice(0, 20);
  const longest = Math.hypot(...(short[0] ?? [0, 0, 0]));
  let best: Float64Array | undefined;
  let least = Number.POSITIVE_INFINITY;
  for (let a = 0; a < short.length; a++)
    for (let b = a + 1; b < short.length; b++)
      for (let c = b + 1; c < short.length; c++) {
        const cell = Float64Array.of(...short[a]!, ...short[b]!, ...short[c]!);
        const size = Math.abs(determinant(cell));
        // flat triples are not cells
        if (size < 0.05 * longest ** 3 || size > 0.999 * least) continue;
        least = size;
        best = cell;
      }
  return best;
}

/** Puts every atom on a lattice point and a site; undefined when one does not fit or sites have different numbers of atoms. */
function placeAtoms(structure: Structure, start: Float64Array, tolerance: number): CoordinateLattice | undefined {
  const { positions: x, species } = structure;
  const n = species.length;
  let primitive = start;
  const indices = new Float64Array(3 * n);
  const site = new Int32Array(n);
  let basis: number[] = [];
  // the second round uses the refined translations
  for (let round = 0; round < 2; round++) {
    const u = multiplyRows(x, inverse(primitive));
    const sites: { u: number[]; symbol: string; count: number }[] = [];
    const loose = round === 0 ? 40 * tolerance : 8 * tolerance;
    for (let i = 0; i < n; i++) {
      let found = -1;
      for (let s = 0; s < sites.length && found < 0; s++) {
        if (sites[s]!.symbol !== species[i]) continue;
        const d = [0, 1, 2].map((k) => u[3 * i + k]! - sites[s]!.u[k]!);
        const whole = d.map(Math.round);
        const rest = multiplyRows(
          d.map((v, k) => v - whole[k]!),
          primitive,
        );
        if (Math.hypot(...rest) > loose) continue;
        found = s;
        indices.set(whole, 3 * i);
      }
      if (found < 0) {
        if ((sites.length + 1) * FEWEST > n) return undefined;
        found = sites.push({ u: [u[3 * i]!, u[3 * i + 1]!, u[3 * i + 2]!], symbol: species[i]!, count: 0 }) - 1;
        indices.fill(0, 3 * i, 3 * i + 3);
      }
      site[i] = found;
      sites[found]!.count++;
    }
    if (sites.some((s) => s.count !== sites[0]!.count)) return undefined;
    const refined = refine(x, indices, site, sites.length);
    if (!refined) return undefined;
    primitive = refined.primitive;
    basis = refined.basis;
  }
  const ideal = multiplyRows(indices, primitive);
  let residual = 0;
  for (let i = 0; i < n; i++)
    residual = Math.max(residual, Math.hypot(...[0, 1, 2].map((d) => ideal[3 * i + d]! + basis[3 * site[i]! + d]! - x[3 * i + d]!)));
  return residual <= tolerance ? { primitive, indices, site, basis: Float64Array.from(basis), residual } : undefined;
}

/** Least squares x_i = indices_i P + basis_site for P and the basis. */
function refine(
  x: Float64Array,
  indices: Float64Array,
  site: Int32Array,
  sites: number,
): { primitive: Float64Array; basis: number[] } | undefined {
  const n = site.length;
  const count = new Float64Array(sites);
  const meanIndex = new Float64Array(3 * sites);
  const meanX = new Float64Array(3 * sites);
  for (let i = 0; i < n; i++) {
    count[site[i]!]!++;
    for (let d = 0; d < 3; d++) {
      meanIndex[3 * site[i]! + d]! += indices[3 * i + d]!;
      meanX[3 * site[i]! + d]! += x[3 * i + d]!;
    }
  }
  for (let k = 0; k < 3 * sites; k++) {
    meanIndex[k]! /= count[Math.floor(k / 3)]!;
    meanX[k]! /= count[Math.floor(k / 3)]!;
  }
  const a = new Float64Array(9);
  const b = new Float64Array(9);
  for (let i = 0; i < n; i++)
    for (let p = 0; p < 3; p++) {
      const up = indices[3 * i + p]! - meanIndex[3 * site[i]! + p]!;
      for (let q = 0; q < 3; q++) {
        a[3 * p + q]! += up * (indices[3 * i + q]! - meanIndex[3 * site[i]! + q]!);
        b[3 * p + q]! += up * (x[3 * i + q]! - meanX[3 * site[i]! + q]!);
      }
    }
  if (Math.abs(determinant(a)) < 1e-9) return undefined;
  const primitive = multiplyRows(inverse(a), b);
  const shift = multiplyRows(meanIndex, primitive);
  return { primitive, basis: Array.from(meanX, (v, k) => v - shift[k]!) };
}

/** The cell in which coordinates are a whole crystal. */
export interface CrystalCell {
  /** Å, shape (3, 3); its rows correspond to those of the stated cell */
  cell: Float64Array;
  /** coordinates of the perfect crystal in units of this cell, shape (n, 3) */
  fractional: Float64Array;
}

/**
 * The supercell of the crystal that has as many sites as there are atoms and lies nearest to the stated cell. Undefined when there
 * is none within 35 % strain, such as for slabs with vacuum or crystals with vacancies.
 */
function cellOfCrystal(lattice: CoordinateLattice, stated: Float64Array): CrystalCell | undefined {
  const { primitive, indices, site, basis } = lattice;
  const sites = basis.length / 3;
  const n = site.length;
  const coordinates = multiplyRows(stated, inverse(primitive));
  const low = coordinates.map(Math.floor);
  const rows = [0, 3, 6].map((r) => Math.hypot(stated[r]!, stated[r + 1]!, stated[r + 2]!));
  let best: { m: Float64Array; distance: number } | undefined;
  const m = new Float64Array(9);
  for (let choice = 0; choice < 512; choice++) {
    for (let k = 0; k < 9; k++) m[k] = low[k]! + ((choice >> k) & 1);
    if (Math.abs(Math.abs(determinant(m)) * sites - n) > 1e-6) continue;
    const cell = multiplyRows(m, primitive);
    let distance = 0;
    for (let k = 0; k < 9; k++) distance += ((cell[k]! - stated[k]!) / rows[Math.floor(k / 3)]!) ** 2;
    if (!best || distance < best.distance) best = { m: m.slice(), distance };
  }
  if (!best || best.distance > 0.35 ** 2) return undefined;
  const cell = multiplyRows(best.m, primitive);
  // every site of the supercell once
  const inverseM = inverse(best.m);
  const cosets = multiplyRows(indices, inverseM);
  const seen = new Set<string>();
  for (let i = 0; i < n; i++) {
    const key = [0, 1, 2].map((d) => {
      const f = cosets[3 * i + d]! - Math.floor(cosets[3 * i + d]! + 1e-6);
      return Math.round(f * n) % n;
    });
    seen.add(`${site[i]}:${key.join(',')}`);
  }
  if (seen.size !== n) return undefined;
  const offsets = multiplyRows(basis, inverse(cell));
  return { cell, fractional: cosets.map((f, k) => f + offsets[3 * site[Math.floor(k / 3)]! + (k % 3)]!) };
}
