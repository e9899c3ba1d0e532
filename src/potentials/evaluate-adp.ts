import type { NeighbourList } from '../structures/neighbours.js';
import type { AdpPotential } from './adp.js';
import type { ScalarFunction } from './eam.js';

/** Sums that the angular terms are added to. */
export interface AngularSums {
  /** eV, shape (n) */
  atomEnergies: Float64Array;
  /** eV/Å, shape (n, 3) */
  forces: Float64Array;
  /** dE/d(strain), eV, shape (3, 3) */
  virial: Float64Array;
}

/** Components of a symmetric tensor: xx, yy, zz, yz, xz, xy. */
const TENSOR = 6;

/**
 * Adds the dipole and quadrupole terms of an angular-dependent potential (see `AdpPotential`) to the sums of its embedded-atom part.
 * Each atom's share is its own mu^2/2 + lambda:lambda/2 - (tr lambda)^2/6, as in LAMMPS.
 * @param kind index of the element of each atom, shape (n)
 * @param list all neighbours within the cutoff
 * @returns the energy that was added, eV
 */
export function addAngularTerms(potential: AdpPotential, kind: Int32Array, list: NeighbourList, sums: AngularSums): number {
  const n = kind.length;
  const ne = potential.elements.length;
  const dipoles: ScalarFunction[] = [];
  const quadrupoles: ScalarFunction[] = [];
  for (let a = 0; a < ne; a++)
    for (let b = 0; b < ne; b++) {
      dipoles.push(potential.dipole(a, b));
      quadrupoles.push(potential.quadrupole(a, b));
    }
  const { count, first, second, vectors, distances } = list;
  const slope = new Float64Array(1);
  const mu = new Float64Array(3 * n);
  const lambda = new Float64Array(TENSOR * n);
  const u = new Float64Array(count);
  const uSlope = new Float64Array(count);
  const w = new Float64Array(count);
  const wSlope = new Float64Array(count);
  for (let p = 0; p < count; p++) {
    const i = first[p]!;
    const j = second[p]!;
    const r = distances[p]!;
    const ij = kind[i]! * ne + kind[j]!;
    const dipole = dipoles[ij]!.evaluate(r, slope);
    u[p] = dipole;
    uSlope[p] = slope[0]!;
    const quadrupole = quadrupoles[ij]!.evaluate(r, slope);
    w[p] = quadrupole;
    wSlope[p] = slope[0]!;
    const x = vectors[3 * p]!;
    const y = vectors[3 * p + 1]!;
    const z = vectors[3 * p + 2]!;
    // seen from the other atom the bond points the other way: the dipole changes its sign, the quadrupole does not
    mu[3 * i]! += dipole * x;
    mu[3 * i + 1]! += dipole * y;
    mu[3 * i + 2]! += dipole * z;
    mu[3 * j]! -= dipole * x;
    mu[3 * j + 1]! -= dipole * y;
    mu[3 * j + 2]! -= dipole * z;
    addSquare(lambda, TENSOR * i, quadrupole, x, y, z);
    addSquare(lambda, TENSOR * j, quadrupole, x, y, z);
  }
  const energy = addSiteEnergies(mu, lambda, sums.atomEnergies);
  const { forces, virial } = sums;
  for (let p = 0; p < count; p++) {
    const i = first[p]!;
    const j = second[p]!;
    const r = distances[p]!;
    const x = vectors[3 * p]!;
    const y = vectors[3 * p + 1]!;
    const z = vectors[3 * p + 2]!;
    const mx = mu[3 * i]! - mu[3 * j]!;
    const my = mu[3 * i + 1]! - mu[3 * j + 1]!;
    const mz = mu[3 * i + 2]! - mu[3 * j + 2]!;
    const s = TENSOR * i;
    const t = TENSOR * j;
    const xx = lambda[s]! + lambda[t]!;
    const yy = lambda[s + 1]! + lambda[t + 1]!;
    const zz = lambda[s + 2]! + lambda[t + 2]!;
    const yz = lambda[s + 3]! + lambda[t + 3]!;
    const xz = lambda[s + 4]! + lambda[t + 4]!;
    const xy = lambda[s + 5]! + lambda[t + 5]!;
    const third = (xx + yy + zz) / 3;
    // the deviator of both tensors, times the bond
    const lx = (xx - third) * x + xy * y + xz * z;
    const ly = xy * x + (yy - third) * y + yz * z;
    const lz = xz * x + yz * y + (zz - third) * z;
    const along = (uSlope[p]! * (mx * x + my * y + mz * z) + wSlope[p]! * (lx * x + ly * y + lz * z)) / r;
    const dipole = u[p]!;
    const quadrupole = 2 * w[p]!;
    const fx = dipole * mx + quadrupole * lx + along * x;
    const fy = dipole * my + quadrupole * ly + along * y;
    const fz = dipole * mz + quadrupole * lz + along * z;
    forces[3 * i]! += fx;
    forces[3 * i + 1]! += fy;
    forces[3 * i + 2]! += fz;
    forces[3 * j]! -= fx;
    forces[3 * j + 1]! -= fy;
    forces[3 * j + 2]! -= fz;
    virial[0]! += fx * x;
    virial[1]! += fx * y;
    virial[2]! += fx * z;
    virial[3]! += fy * x;
    virial[4]! += fy * y;
    virial[5]! += fy * z;
    virial[6]! += fz * x;
    virial[7]! += fz * y;
    virial[8]! += fz * z;
  }
  return energy;
}

/** Adds w times the bond's tensor square at `at`. */
function addSquare(lambda: Float64Array, at: number, w: number, x: number, y: number, z: number): void {
  lambda[at]! += w * x * x;
  lambda[at + 1]! += w * y * y;
  lambda[at + 2]! += w * z * z;
  lambda[at + 3]! += w * y * z;
  lambda[at + 4]! += w * x * z;
  lambda[at + 5]! += w * x * y;
}

function addSiteEnergies(mu: Float64Array, lambda: Float64Array, atomEnergies: Float64Array): number {
  let energy = 0;
  for (let i = 0; i < atomEnergies.length; i++) {
    const m = 3 * i;
    const s = TENSOR * i;
    const trace = lambda[s]! + lambda[s + 1]! + lambda[s + 2]!;
    const diagonal = lambda[s]! ** 2 + lambda[s + 1]! ** 2 + lambda[s + 2]! ** 2;
    const share =
      0.5 * (mu[m]! ** 2 + mu[m + 1]! ** 2 + mu[m + 2]! ** 2 + diagonal) +
      lambda[s + 3]! ** 2 +
      lambda[s + 4]! ** 2 +
      lambda[s + 5]! ** 2 -
      (trace * trace) / 6;
    atomEnergies[i]! += share;
    energy += share;
  }
  return energy;
}
