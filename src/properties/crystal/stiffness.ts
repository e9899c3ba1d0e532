import { EigenvalueDecomposition, inverse, Matrix } from 'ml-matrix';

/** Voigt-Reuss-Hill averages and stability of a stiffness. */
export interface ElasticAverages {
  /** GPa: upper bound, lower bound, mean */
  bulk: { voigt: number; reuss: number; hill: number };
  shear: { voigt: number; reuss: number; hill: number };
  /** GPa, from the Hill means */
  young: number;
  poisson: number;
  /** the six eigenvalues of the stiffness, GPa, growing; all positive means stable (Born) */
  eigenvalues: number[];
}

/** Voigt index (0 to 5 for xx, yy, zz, yz, xz, xy) of a pair of axes. */
const VOIGT = [0, 5, 4, 5, 1, 3, 4, 3, 2] as const;
const PAIRS = [
  [0, 0],
  [1, 1],
  [2, 2],
  [1, 2],
  [0, 2],
  [0, 1],
] as const;

/** The symmetric part of a 6x6 matrix, row-major. */
export function symmetrised(c: ArrayLike<number>): Float64Array {
  return Float64Array.from({ length: 36 }, (_, k) => (c[k]! + c[6 * (k % 6) + Math.floor(k / 6)]!) / 2);
}

/**
 * A stiffness in rotated axes.
 * @param c shape (6, 6), Voigt notation, in the axes x'
 * @param rotation rows of x' = rows of x times this, shape (3, 3); the result is in the axes x
 */
export function rotatedBack(c: ArrayLike<number>, rotation: ArrayLike<number>): Float64Array {
  const out = new Float64Array(36);
  for (const [p, [i, j]] of PAIRS.entries())
    for (const [q, [k, l]] of PAIRS.entries()) {
      let sum = 0;
      for (let a = 0; a < 3; a++)
        for (let b = 0; b < 3; b++)
          for (let d = 0; d < 3; d++)
            for (let e = 0; e < 3; e++)
              sum +=
                rotation[3 * i + a]! *
                rotation[3 * j + b]! *
                rotation[3 * k + d]! *
                rotation[3 * l + e]! *
                c[6 * VOIGT[(3 * a + b) as 0]! + VOIGT[(3 * d + e) as 0]!]!;
      out[6 * p + q] = sum;
    }
  return out;
}

/**
 * Averages over orientations (R. Hill, Proc. Phys. Soc. A 65, 349 (1952)) and eigenvalues of a symmetric stiffness, shape (6, 6).
 * The Reuss averages are NaN for a singular stiffness.
 */
export function elasticAverages(c: ArrayLike<number>): ElasticAverages {
  const at = (i: number, j: number) => c[6 * i + j]!;
  const rows = Array.from({ length: 6 }, (_, i) => Array.from({ length: 6 }, (_, j) => at(i, j)));
  const eigenvalues = [...new EigenvalueDecomposition(new Matrix(rows), { assumeSymmetric: true }).realEigenvalues].sort((a, b) => a - b);
  const sums = (get: (i: number, j: number) => number) => [
    get(0, 0) + get(1, 1) + get(2, 2),
    get(0, 1) + get(0, 2) + get(1, 2),
    get(3, 3) + get(4, 4) + get(5, 5),
  ];
  const [diagonal, mixed, shears] = sums(at) as [number, number, number];
  const voigt = { bulk: (diagonal + 2 * mixed) / 9, shear: (diagonal - mixed + 3 * shears) / 15 };
  let reuss = { bulk: Number.NaN, shear: Number.NaN };
  if (eigenvalues.every((value) => Math.abs(value) > 1e-9)) {
    const s = inverse(new Matrix(rows));
    const [d, m, h] = sums((i, j) => s.get(i, j)) as [number, number, number];
    reuss = { bulk: 1 / (d + 2 * m), shear: 15 / (4 * d - 4 * m + 3 * h) };
  }
  const bulk = { voigt: voigt.bulk, reuss: reuss.bulk, hill: (voigt.bulk + reuss.bulk) / 2 };
  const shear = { voigt: voigt.shear, reuss: reuss.shear, hill: (voigt.shear + reuss.shear) / 2 };
  return {
    bulk,
    shear,
    young: (9 * bulk.hill * shear.hill) / (3 * bulk.hill + shear.hill),
    poisson: (3 * bulk.hill - 2 * shear.hill) / (2 * (3 * bulk.hill + shear.hill)),
    eigenvalues,
  };
}
