import { InputError } from '../errors.js';
import { type NeighbourList, neighbourPairs } from '../structures/neighbours.js';
import { type Structure, volume } from '../structures/structure.js';
import { isAdp } from './adp.js';
import type { EamPotential, Evaluation, ScalarFunction } from './eam.js';
import { addAngularTerms } from './evaluate-adp.js';

/**
 * Energy (eV), forces (eV/Å) and stress (eV/Å³, tension positive) of a structure, by a direct sum over all neighbours in
 * all periodic images, with the angular terms of an `AdpPotential`. The plain reference that the moments and the compiled kernels are
 * tested against.
 * @param list all neighbours within the cutoff of the potential, where the caller has them already
 * @throws InputError for an element that the potential does not have
 */
export function evaluateEam(
  potential: EamPotential,
  structure: Structure,
  list: NeighbourList = neighbourPairs(structure, potential.cutoff),
): Evaluation {
  const n = structure.species.length;
  const kind = Int32Array.from(structure.species, (symbol) => {
    const index = potential.elements.indexOf(symbol);
    if (index < 0) throw new InputError(`the potential has no element ${symbol} (it has ${potential.elements.join(', ')})`);
    return index;
  });
  const ne = potential.elements.length;
  const pairs: ScalarFunction[] = [];
  const densityAt: ScalarFunction[] = [];
  for (let a = 0; a < ne; a++)
    for (let b = 0; b < ne; b++) {
      pairs.push(potential.pair(a, b));
      densityAt.push(potential.density(a, b));
    }
  const slope = new Float64Array(1);
  const densities = new Float64Array(n);
  const atomEnergies = new Float64Array(n);
  const firstSlope = new Float64Array(list.count);
  const secondSlope = new Float64Array(list.count);
  const pairSlope = new Float64Array(list.count);
  for (let p = 0; p < list.count; p++) {
    const i = list.first[p]!;
    const j = list.second[p]!;
    const r = list.distances[p]!;
    const ij = kind[i]! * ne + kind[j]!;
    const ji = kind[j]! * ne + kind[i]!;
    densities[i]! += densityAt[ij]!.evaluate(r, slope);
    firstSlope[p] = slope[0]!;
    densities[j]! += densityAt[ji]!.evaluate(r, slope);
    secondSlope[p] = slope[0]!;
    const half = 0.5 * pairs[ij]!.evaluate(r, slope);
    pairSlope[p] = slope[0]!;
    atomEnergies[i]! += half;
    atomEnergies[j]! += half;
  }
  const embeddingSlope = new Float64Array(n);
  let energy = 0;
  for (let i = 0; i < n; i++) {
    atomEnergies[i]! += potential.embedding(kind[i]!).evaluate(densities[i]!, slope);
    embeddingSlope[i] = slope[0]!;
    energy += atomEnergies[i]!;
  }
  const forces = new Float64Array(3 * n);
  const virial = new Float64Array(9);
  for (let p = 0; p < list.count; p++) {
    const i = list.first[p]!;
    const j = list.second[p]!;
    const r = list.distances[p]!;
    const dEdr = pairSlope[p]! + embeddingSlope[i]! * firstSlope[p]! + embeddingSlope[j]! * secondSlope[p]!;
    for (let a = 0; a < 3; a++) {
      const f = (dEdr * list.vectors[3 * p + a]!) / r;
      forces[3 * i + a]! += f;
      forces[3 * j + a]! -= f;
      for (let b = 0; b < 3; b++) virial[3 * a + b]! += f * list.vectors[3 * p + b]!;
    }
  }
  if (isAdp(potential)) energy += addAngularTerms(potential, kind, list, { atomEnergies, forces, virial });
  const v = volume(structure.cell);
  return { energy, atomEnergies, densities, forces, stress: v > 0 ? virial.map((x) => x / v) : undefined };
}
