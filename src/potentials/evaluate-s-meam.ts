import { InputError } from '../errors.js';
import { neighbourPairs } from '../structures/neighbours.js';
import { type Structure, volume } from '../structures/structure.js';
import type { Evaluation } from './eam.js';
import { pairIndex, type SMeamPotential } from './s-meam.js';

/**
 * Energy (eV), forces (eV/Å) and stress (eV/Å³, tension positive) of a structure by direct sums over pairs and triplets in all periodic
 * images. The plain reference of the compiled kernels.
 * @throws InputError for an element that the potential does not have
 */
export function evaluateSMeam(potential: SMeamPotential, structure: Structure): Evaluation {
  const n = structure.species.length;
  const ne = potential.elements.length;
  const kind = Int32Array.from(structure.species, (symbol) => {
    const index = potential.elements.indexOf(symbol);
    if (index < 0) throw new InputError(`the potential has no element ${symbol} (it has ${potential.elements.join(', ')})`);
    return index;
  });
  const { phi, rho, u, f, g } = potential.functions;
  const list = neighbourPairs(structure, potential.cutoff);
  const slope = new Float64Array(1);
  const densities = new Float64Array(n);
  const atomEnergies = new Float64Array(n);
  const forces = new Float64Array(3 * n);
  const virial = new Float64Array(9);
  const neighbours = bondsOf(list, n);
  /** adds dE/d(vector from i to j), whichever atoms these are */
  const pull = (i: number, j: number, vector: ArrayLike<number>, by: readonly [number, number, number]): void => {
    for (let a = 0; a < 3; a++) {
      forces[3 * i + a]! += by[a]!;
      forces[3 * j + a]! -= by[a]!;
      for (let b = 0; b < 3; b++) virial[3 * a + b]! += by[a]! * vector[b]!;
    }
  };
  for (let i = 0; i < n; i++) {
    const bonds = neighbours[i]!;
    const count = bonds.length;
    const radial = bonds.map(({ j, r }) => {
      let density = 0;
      let densitySlope = 0;
      if (rho.length > 0) {
        density = rho[kind[j]!]!.evaluate(r, slope);
        densitySlope = slope[0]!;
      }
      const value = f.length > 0 ? f[kind[j]!]!.evaluate(r, slope) : 0;
      return { density, densitySlope, f: value, fSlope: f.length > 0 ? slope[0]! : 0, byF: 0, across: [0, 0, 0] };
    });
    let total = 0;
    for (let a = 0; a < count; a++) {
      const one = radial[a]!;
      total += one.density;
      if (f.length === 0) continue;
      for (let b = 0; b < a; b++) {
        const other = radial[b]!;
        const [x, y] = [bonds[a]!.unit, bonds[b]!.unit];
        const cosine = Math.max(-1, Math.min(1, x[0]! * y[0]! + x[1]! * y[1]! + x[2]! * y[2]!));
        const value = g[pairIndex(kind[bonds[a]!.j]!, kind[bonds[b]!.j]!, ne)]!.evaluate(cosine, slope);
        total += one.f * other.f * value;
        one.byF += other.f * value;
        other.byF += one.f * value;
        for (let d = 0; d < 3; d++) {
          one.across[d]! += other.f * slope[0]! * y[d]!;
          other.across[d]! += one.f * slope[0]! * x[d]!;
        }
      }
    }
    densities[i] = total;
    let embeddingSlope = 0;
    if (u.length > 0) {
      const own = u[kind[i]!]!;
      atomEnergies[i]! -= own.evaluate(0, slope);
      atomEnergies[i]! += own.evaluate(total, slope);
      embeddingSlope = slope[0]!;
    }
    bonds.forEach(({ j, r, unit, vector }, a) => {
      const { densitySlope, fSlope, byF, f: value, across } = radial[a]!;
      const along = across[0]! * unit[0]! + across[1]! * unit[1]! + across[2]! * unit[2]!;
      const radialPart = embeddingSlope * (densitySlope + fSlope * byF);
      const factor = (embeddingSlope * value) / r;
      const part = (d: number): number => radialPart * unit[d]! + factor * (across[d]! - along * unit[d]!);
      pull(i, j, vector, [part(0), part(1), part(2)]);
    });
  }
  let energy = 0;
  for (let p = 0; p < list.count; p++) {
    const [i, j, r] = [list.first[p]!, list.second[p]!, list.distances[p]!];
    const pair = pairIndex(kind[i]!, kind[j]!, ne);
    let value = phi[pair]!.evaluate(r, slope);
    let along = slope[0]!;
    if (potential.core) {
      value += potential.core[pair]!.evaluate(r, slope);
      along += slope[0]!;
    }
    atomEnergies[i]! += value / 2;
    atomEnergies[j]! += value / 2;
    const vector = list.vectors.subarray(3 * p, 3 * p + 3);
    pull(i, j, vector, [(along * vector[0]!) / r, (along * vector[1]!) / r, (along * vector[2]!) / r]);
  }
  for (let i = 0; i < n; i++) energy += atomEnergies[i]!;
  const v = volume(structure.cell);
  return { energy, atomEnergies, densities, forces, stress: v > 0 ? virial.map((x) => x / v) : undefined };
}

interface Bond {
  /** the neighbour */
  j: number;
  /** Å */
  r: number;
  /** from the atom to the neighbour, Å */
  vector: readonly [number, number, number];
  unit: readonly [number, number, number];
}

/** The neighbours of each atom, both directions of every pair. */
function bondsOf(list: ReturnType<typeof neighbourPairs>, n: number): Bond[][] {
  const out: Bond[][] = Array.from({ length: n }, () => []);
  for (let p = 0; p < list.count; p++) {
    const r = list.distances[p]!;
    const [x, y, z] = list.vectors.subarray(3 * p, 3 * p + 3) as unknown as [number, number, number];
    out[list.first[p]!]!.push({ j: list.second[p]!, r, vector: [x, y, z], unit: [x / r, y / r, z / r] });
    out[list.second[p]!]!.push({ j: list.first[p]!, r, vector: [-x, -y, -z], unit: [-x / r, -y / r, -z / r] });
  }
  return out;
}
