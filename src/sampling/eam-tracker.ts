import { InputError } from '../errors.js';
import type { EamPotential, ScalarFunction } from '../potentials/eam.js';
import type { Structure } from '../structures/structure.js';
import { copyStructure } from './copy.js';
import type { EnergyTracker } from './energy-model.js';
import { type Images, imagesWithin } from './images.js';
import { type RadialTable, radialTable } from './radial-table.js';

/**
 * Energy of an embedded-atom potential under single-atom moves. Pair energies and densities are kept for every pair of atoms,
 * summed over images, so that a move costs one pass over the neighbours of the moved atom; that is n^2 numbers, for cells of up
 * to a few hundred atoms. Radial functions come from tables: energies agree with the exact ones to about 1e-8 of the pair
 * energy. Rounding of the running sums is removed whenever a configuration is loaded.
 */
export class EamTracker implements EnergyTracker {
  private readonly tables: RadialTable[];
  private readonly embeddings: ScalarFunction[];
  private readonly scratch = new Float64Array(1);
  private current!: Structure;
  private images!: Images;
  private n = 0;
  private kind = new Int32Array(0);
  private total = 0;
  /** sum over images of the pair energy of atoms i and j, eV, and of the density that j brings to i, shape (n, n) */
  private pair = new Float64Array(0);
  private density = new Float64Array(0);
  /** density and embedding energy of each atom */
  private rho = new Float64Array(0);
  private embedded = new Float64Array(0);
  /** the last trial: pair energies, densities at the moved atom, densities it brings, resulting rho and F of every atom */
  private newPair = new Float64Array(0);
  private newAt = new Float64Array(0);
  private newFrom = new Float64Array(0);
  private newRho = new Float64Array(0);
  private newEmbedded = new Float64Array(0);
  private readonly moved = { atom: 0, x: 0, y: 0, z: 0, energy: 0 };

  constructor(
    private readonly potential: EamPotential,
    private readonly minimumDistance: number,
  ) {
    const { elements, cutoff } = potential;
    const start = Math.max(minimumDistance, cutoff / 8);
    this.tables = elements.flatMap((_, a) =>
      elements.map((_, b) => radialTable(potential.pair(a, b), potential.density(a, b), cutoff, start)),
    );
    this.embeddings = elements.map((_, a) => potential.embedding(a));
  }

  /** @throws InputError for an element that the potential does not have, or a structure that is not periodic */
  load(structure: Structure): number {
    this.current = copyStructure(structure);
    this.images = imagesWithin(structure, this.potential.cutoff);
    this.resize(structure.species);
    const { n, pair, density, rho, embedded } = this;
    let energy = 0;
    rho.fill(0);
    for (let i = 0; i < n; i++) {
      if (!this.row(i, structure.positions[3 * i]!, structure.positions[3 * i + 1]!, structure.positions[3 * i + 2]!, true))
        return Infinity;
      for (let j = i; j < n; j++) {
        pair[i * n + j] = this.newPair[j]!;
        pair[j * n + i] = this.newPair[j]!;
        density[i * n + j] = this.newAt[j]!;
        density[j * n + i] = this.newFrom[j]!;
        energy += (i === j ? 0.5 : 1) * this.newPair[j]!;
      }
    }
    for (let i = 0; i < n; i++) {
      for (let j = 0; j < n; j++) rho[i]! += density[i * n + j]!;
      embedded[i] = this.embeddings[this.kind[i]!]!.evaluate(rho[i]!, this.scratch);
      energy += embedded[i]!;
    }
    this.total = energy;
    return energy;
  }

  trial(atom: number, x: number, y: number, z: number): number {
    const { n, pair, density, rho, embedded, moved, newPair, newAt, newFrom, newRho, newEmbedded } = this;
    moved.atom = atom;
    moved.x = x;
    moved.y = y;
    moved.z = z;
    moved.energy = Infinity;
    if (!this.row(atom, x, y, z, false)) return Infinity;
    // its own images move with it
    let own = density[atom * n + atom]!;
    let change = 0;
    for (let j = 0; j < n; j++) {
      if (j === atom) continue;
      own += newAt[j]!;
      change += newPair[j]! - pair[atom * n + j]!;
      const before = density[j * n + atom]!;
      if (newFrom[j] === before) {
        newRho[j] = rho[j]!;
        newEmbedded[j] = embedded[j]!;
        continue;
      }
      newRho[j] = rho[j]! + newFrom[j]! - before;
      newEmbedded[j] = this.embeddings[this.kind[j]!]!.evaluate(newRho[j]!, this.scratch);
      change += newEmbedded[j]! - embedded[j]!;
    }
    newRho[atom] = own;
    newEmbedded[atom] = this.embeddings[this.kind[atom]!]!.evaluate(own, this.scratch);
    change += newEmbedded[atom]! - embedded[atom]!;
    moved.energy = this.total + change;
    return moved.energy;
  }

  accept(): void {
    const { n, pair, density, moved, newPair, newAt, newFrom } = this;
    const { atom } = moved;
    for (let j = 0; j < n; j++) {
      if (j === atom) continue;
      pair[atom * n + j] = newPair[j]!;
      pair[j * n + atom] = newPair[j]!;
      density[atom * n + j] = newAt[j]!;
      density[j * n + atom] = newFrom[j]!;
    }
    this.rho.set(this.newRho);
    this.embedded.set(this.newEmbedded);
    this.current.positions[3 * atom] = moved.x;
    this.current.positions[3 * atom + 1] = moved.y;
    this.current.positions[3 * atom + 2] = moved.z;
    this.total = moved.energy;
  }

  structure(): Structure {
    return copyStructure(this.current);
  }

  /**
   * Sums over images of pair energy and densities between atom i at (x, y, z) and the other atoms, to newPair, newAt and newFrom.
   * When loading, they are over the atoms from i on, its own images included.
   * @returns false where two atoms are closer than the minimum distance
   */
  private row(i: number, x: number, y: number, z: number, loading: boolean): boolean {
    const { n, kind, tables, newPair, newAt, newFrom, scratch } = this;
    const { positions, cell } = this.current;
    const { inverse, shifts, count } = this.images;
    const elements = this.potential.elements.length;
    const cutoffSquared = this.potential.cutoff ** 2;
    const closestSquared = this.minimumDistance ** 2;
    for (let j = loading ? i : 0; j < n; j++) {
      if (j === i && !loading) continue;
      const dx = positions[3 * j]! - x;
      const dy = positions[3 * j + 1]! - y;
      const dz = positions[3 * j + 2]! - z;
      let u = dx * inverse[0]! + dy * inverse[3]! + dz * inverse[6]!;
      let v = dx * inverse[1]! + dy * inverse[4]! + dz * inverse[7]!;
      let w = dx * inverse[2]! + dy * inverse[5]! + dz * inverse[8]!;
      u -= Math.round(u);
      v -= Math.round(v);
      w -= Math.round(w);
      const rx = u * cell[0]! + v * cell[3]! + w * cell[6]!;
      const ry = u * cell[1]! + v * cell[4]! + w * cell[7]!;
      const rz = u * cell[2]! + v * cell[5]! + w * cell[8]!;
      const same = kind[i] === kind[j];
      const table = tables[kind[i]! * elements + kind[j]!]!;
      const { values, start, inverseStep } = table;
      const last = (values.length >> 2) - 2;
      const reverse = tables[kind[j]! * elements + kind[i]!]!;
      let pair = 0;
      let at = 0;
      let back = 0;
      for (let s = 0; s < count; s++) {
        const qx = rx + shifts[3 * s]!;
        const qy = ry + shifts[3 * s + 1]!;
        const qz = rz + shifts[3 * s + 2]!;
        const r2 = qx * qx + qy * qy + qz * qz;
        if (r2 >= cutoffSquared) continue;
        // an atom's image of shift zero is the atom itself
        if (j === i && r2 < 1e-12) continue;
        if (r2 < closestSquared) return false;
        const r = Math.sqrt(r2);
        if (r < start) {
          pair += table.pair.evaluate(r, scratch);
          at += table.density.evaluate(r, scratch);
          if (!same) back += reverse.density.evaluate(r, scratch);
          continue;
        }
        const t = (r - start) * inverseStep;
        const m = Math.min(t | 0, last);
        const q = t - m;
        const k = m << 2;
        const q2 = q * q;
        // cubic Hermite weights of the two ends' values and slopes
        const h1 = q2 * (3 - 2 * q);
        const h0 = 1 - h1;
        const g0 = q * (1 - q) * (1 - q);
        const g1 = q2 * (q - 1);
        pair += h0 * values[k]! + g0 * values[k + 1]! + h1 * values[k + 4]! + g1 * values[k + 5]!;
        at += h0 * values[k + 2]! + g0 * values[k + 3]! + h1 * values[k + 6]! + g1 * values[k + 7]!;
        if (!same) {
          const other = reverse.values;
          back += h0 * other[k + 2]! + g0 * other[k + 3]! + h1 * other[k + 6]! + g1 * other[k + 7]!;
        }
      }
      newPair[j] = pair;
      newAt[j] = at;
      newFrom[j] = same ? at : back;
    }
    return true;
  }

  private resize(species: readonly string[]): void {
    const n = species.length;
    const { elements } = this.potential;
    this.kind = Int32Array.from(species, (symbol) => {
      const index = elements.indexOf(symbol);
      if (index < 0) throw new InputError(`the potential has no element ${symbol} (it has ${elements.join(', ')})`);
      return index;
    });
    if (n === this.n) return;
    this.n = n;
    this.pair = new Float64Array(n * n);
    this.density = new Float64Array(n * n);
    for (const name of ['rho', 'embedded', 'newPair', 'newAt', 'newFrom', 'newRho', 'newEmbedded'] as const)
      this[name] = new Float64Array(n);
  }
}
