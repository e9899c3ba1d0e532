import { solveCholesky } from '../src/math/linear.js';
import { median } from '../src/math/median.js';
import type { EamPotential } from '../src/potentials/eam.js';
import { evaluateEam } from '../src/potentials/evaluate-eam.js';
import { symmetrised } from '../src/properties/crystal/stiffness.js';
import { GPA_PER_EV_PER_ANGSTROM3 } from '../src/properties/units.js';
import { type Frame, fractionalPositions, inverse, multiplyRows, type Structure } from '../src/structures/structure.js';
import { strained } from '../src/targets/strain.js';

/** Positions of xx, yy, zz, yz, xz, xy in a matrix of nine. */
const VOIGT = [0, 4, 8, 5, 2, 1] as const;
/** Strains up to this are used. */
const LARGEST = 0.051;
/** Strain of the differences of a potential's stress. */
const STEP = 1e-3;

/** What strained cells of one crystal say about it. */
export interface StrainedCrystal {
  /** the cell that the frames are strains of, as small as its right angles allow */
  cell: Structure;
  /** lengths of its vectors at zero stress, Å */
  lengths: number[];
  /** C_ij from stresses, the atoms following the cell, GPa, shape (6, 6) */
  clamped: Float64Array;
  /** C_ii from energies, GPa */
  byEnergy: number[];
}

/**
 * Elastic constants from single strains of one cell: slopes of cubic polynomials through the stresses, curvatures of quartic ones through the energies,
 * strains up to 5 %. Shear stresses go to the shear that they belong to: the largest response to a shear is taken for its own.
 */
export function strainedCrystal(frames: readonly Frame[]): StrainedCrystal {
  const reference = Float64Array.from({ length: 9 }, (_, k) => median(frames.map(({ cell }) => cell[k]!)));
  const unstrained = frames.find(({ cell }) => cell.every((x, k) => Math.abs(x - reference[k]!) < 1e-4))!;
  const volume = reference[0]! * reference[4]! * reference[8]!;
  const stress: number[][] = [];
  const byEnergy: number[] = [];
  const rest = new Float64Array(6);
  for (let way = 0; way < 6; way++) {
    const points = frames.flatMap(({ cell, stress: s, energy }) => {
      const map = multiplyRows(inverse(reference), cell);
      const tensor = VOIGT.map((k) => (map[k]! + map[3 * (k % 3) + Math.floor(k / 3)]!) / 2 - (k % 4 === 0 ? 1 : 0));
      const x = tensor[way]! * (way < 3 ? 1 : 2);
      // a shear at constant volume changes the lengths in second order
      const others = Math.max(...tensor.filter((_, k) => k !== way).map(Math.abs));
      if (Math.abs(x) > LARGEST || others > Math.max(1e-6, x * x)) return [];
      return [{ x, s: VOIGT.map((k) => s![k]! * GPA_PER_EV_PER_ANGSTROM3), energy: (energy! * GPA_PER_EV_PER_ANGSTROM3) / volume }];
    });
    const strains = points.map(({ x }) => x);
    const fits = Array.from({ length: 6 }, (_, i) =>
      polynomial(
        strains,
        points.map(({ s }) => s[i]!),
        3,
      ),
    );
    stress.push(fits.map((c) => c[1]!));
    fits.forEach((c, i) => {
      rest[i]! += c[0]! / 6;
    });
    byEnergy.push(
      2 *
        polynomial(
          strains,
          points.map(({ energy }) => energy),
          4,
        )[2]!,
    );
  }
  const own = [3, 4, 5].map((way) => [3, 4, 5].reduce((a, b) => (Math.abs(stress[way]![b]!) > Math.abs(stress[way]![a]!) ? b : a)));
  const place = [0, 1, 2, ...own];
  const clamped = symmetrised(Float64Array.from({ length: 36 }, (_, k) => stress[k % 6]![place[Math.floor(k / 6)]!]!));
  const cell = smallest(unstrained);
  const relaxing = solved(
    clamped,
    place.map((k) => -rest[k]!),
    6,
  );
  return { cell, lengths: [0, 1, 2].map((d) => cell.cell[4 * d]! * (1 + relaxing[d]!)), clamped, byEnergy };
}

/** C_ij of a potential, the atoms following the cell, GPa, shape (6, 6). */
export function clampedStiffness(potential: EamPotential, cell: Structure): Float64Array {
  const columns = VOIGT.map((k) => {
    const stresses = [-1, 1].map((sign) => {
      const strain = new Array<number>(9).fill(0);
      strain[k]! += (sign * STEP) / (k % 4 === 0 ? 1 : 2);
      if (k % 4 !== 0) strain[3 * (k % 3) + Math.floor(k / 3)]! += (sign * STEP) / 2;
      return evaluateEam(potential, strained(cell, strain)).stress!;
    });
    return VOIGT.map((i) => ((stresses[1]![i]! - stresses[0]![i]!) / (2 * STEP)) * GPA_PER_EV_PER_ANGSTROM3);
  });
  return symmetrised(Float64Array.from({ length: 36 }, (_, k) => columns[k % 6]![Math.floor(k / 6)]!));
}

/** Coefficients of the polynomial of least squares, growing powers. */
function polynomial(x: readonly number[], y: readonly number[], degree: number): number[] {
  const n = degree + 1;
  const power = (value: number, k: number) => (value / LARGEST) ** k;
  const matrix = Float64Array.from({ length: n * n }, (_, k) => x.reduce((sum, v) => sum + power(v, (k % n) + Math.floor(k / n)), 0));
  const right = Array.from({ length: n }, (_, k) => x.reduce((sum, v, i) => sum + power(v, k) * y[i]!, 0));
  return [...solved(matrix, right, n)].map((c, k) => c / LARGEST ** k);
}

function solved(matrix: Float64Array, right: readonly number[], n: number): Float64Array {
  const found = solveCholesky(matrix.slice(), Float64Array.from(right), n);
  if (!found) throw new Error('the strains do not determine the stiffness');
  return found;
}

/** The right-angled cell that a right-angled supercell repeats. */
function smallest(structure: Structure): Structure {
  const fractional = fractionalPositions(structure);
  const n = structure.species.length;
  const repeats = (d: number, times: number): boolean =>
    structure.species.every((symbol, i) =>
      structure.species.some(
        (other, j) =>
          other === symbol &&
          [0, 1, 2].every((e) => {
            const difference = fractional[3 * j + e]! - fractional[3 * i + e]! - (e === d ? 1 / times : 0);
            return Math.abs(difference - Math.round(difference)) < 1e-4;
          }),
      ),
    );
  const counts = [0, 1, 2].map((d) => [6, 5, 4, 3, 2].find((times) => repeats(d, times)) ?? 1);
  const inside = Array.from({ length: n }, (_, i) => i).filter((i) =>
    counts.every((times, d) => {
      const x = fractional[3 * i + d]! + 1e-4;
      return x - Math.floor(x) < 1 / times;
    }),
  );
  return {
    cell: structure.cell.map((x, k) => x / counts[Math.floor(k / 3)]!),
    pbc: structure.pbc,
    species: inside.map((i) => structure.species[i]!),
    positions: Float64Array.from(inside.flatMap((i) => [...structure.positions.subarray(3 * i, 3 * i + 3)])),
  };
}
