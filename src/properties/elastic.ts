import type { PropertyContext } from './context.js';
import { elasticAverages, rotatedBack, symmetrised } from './crystal/stiffness.js';
import type { Property, PropertyValue, ValueInfo } from './property.js';
import { LARGEST_FORCE } from './relaxed-crystal.js';
import type { System } from './system.js';

/** Strains, the larger one as a check of the smaller one. */
const SIZES = ['1e-4', '1e-3'] as const;
/** Largest difference of the two, as a share of the largest constant; a curvature of the energy that is none shows here. */
const LARGEST_DIFFERENCE = 0.05;
/** Constants below this share of the largest one are zero by symmetry. */
const ZERO = 1e-4;

const constant = (name: string): ValueInfo => ({ name, unit: 'GPa', description: `elastic constant C${name.slice(1)}` });
const CUBIC: readonly string[] = ['c11', 'c12', 'c44'];
const HEXAGONAL: readonly string[] = ['c11', 'c12', 'c13', 'c33', 'c44', 'c66'];
const GENERAL: readonly string[] = ['c11', 'c22', 'c33', 'c12', 'c13', 'c23', 'c44', 'c55', 'c66'];
const AVERAGES: readonly ValueInfo[] = [
  { name: 'bulk_modulus_vrh', unit: 'GPa', description: 'Voigt-Reuss-Hill bulk modulus' },
  { name: 'shear_modulus_vrh', unit: 'GPa', description: 'Voigt-Reuss-Hill shear modulus' },
  { name: 'young_modulus_vrh', unit: 'GPa', description: "Young's modulus of the isotropic mean" },
  { name: 'poisson_ratio_vrh', unit: '', description: "Poisson's ratio of the isotropic mean" },
  { name: 'elastic_stability', unit: 'GPa', description: 'least eigenvalue of the stiffness; positive means stable (Born)' },
];

function constantsOf({ kind }: System): readonly string[] {
  return kind === 'other' ? GENERAL : kind === 'hcp' ? HEXAGONAL : CUBIC;
}

/** Elastic constants at zero stress and zero temperature, from the stress under small strains with relaxed atoms. */
export const elastic: Property = {
  id: 'elastic',
  title: 'Elastic constants, stability and averages',
  cost: 'a few seconds',
  templates: ['in.elastic'],
  values: (system) => [...constantsOf(system).map(constant), ...AVERAGES],
  knows: (name) => /^c[1-6][1-6]$/.test(name) && name[1]! <= name[2]!,
  async run(context) {
    const { stiffness, difference } = await stiffnessOf(context);
    const averages = elasticAverages(stiffness);
    const at = (name: string) => mean(stiffness, context.system, name);
    const largest = Math.max(...stiffness.map(Math.abs));
    const names = [...constantsOf(context.system)];
    // a crystal of low symmetry may have any other one as well
    if (context.system.kind === 'other')
      for (let i = 1; i <= 6; i++)
        for (let j = i; j <= 6; j++)
          if (!names.includes(`c${i}${j}`) && Math.abs(at(`c${i}${j}`)) > ZERO * largest) names.push(`c${i}${j}`);
    const detail = { difference_of_two_strains_gpa: difference };
    const { bulk, shear, young, poisson, eigenvalues } = averages;
    const values: PropertyValue[] = names.map((name) => ({ name, unit: 'GPa', value: at(name), detail }));
    values.push(
      { name: 'bulk_modulus_vrh', unit: 'GPa', value: bulk.hill, detail: { voigt_gpa: bulk.voigt, reuss_gpa: bulk.reuss } },
      { name: 'shear_modulus_vrh', unit: 'GPa', value: shear.hill, detail: { voigt_gpa: shear.voigt, reuss_gpa: shear.reuss } },
      { name: 'young_modulus_vrh', unit: 'GPa', value: young },
      { name: 'poisson_ratio_vrh', unit: '', value: poisson },
      {
        name: 'elastic_stability',
        unit: 'GPa',
        value: eigenvalues[0]!,
        detail: { stable: eigenvalues[0]! > 0, eigenvalues_gpa: eigenvalues },
      },
    );
    return { values, data: { stiffness_gpa: [...stiffness] } };
  },
};

/** The stiffness in the axes of the crystal's cell (GPa, shape (6, 6)) and the largest difference between the two strains (GPa). */
async function stiffnessOf(context: PropertyContext): Promise<{ stiffness: Float64Array; difference: number }> {
  const crystal = await context.lattice();
  const data = 'crystal.data';
  const run = await context.lammps({
    template: 'in.elastic',
    structures: { [data]: crystal.structure },
    variables: { data, sizes: [...SIZES] },
  });
  const rows = run.rows('stiffness');
  const bySize = SIZES.map((size) => {
    const raw = new Float64Array(36).fill(Number.NaN);
    for (const row of rows.filter(([each]) => each === Number(size))) {
      const [, direction, ...rest] = row as [number, number, ...number[]];
      for (let i = 0; i < 6; i++) raw[6 * i + direction - 1] = rest[i]!;
      if (rest[6]! > LARGEST_FORCE) throw run.error(`the atoms did not relax under strain ${size}: a force of ${rest[6]} eV/Å is left`);
    }
    if (raw.some((value) => !Number.isFinite(value))) throw run.error(`the results under strain ${size} are not complete`);
    return symmetrised(rotatedBack(raw, run.rotation(data)));
  });
  const [stiffness, check] = bySize as [Float64Array, Float64Array];
  const difference = Math.max(...stiffness.map((value, k) => Math.abs(value - check[k]!)));
  const largest = Math.max(...stiffness.map(Math.abs));
  if (difference > LARGEST_DIFFERENCE * largest)
    throw run.error(
      `the elastic constants depend on the strain: ${difference.toPrecision(3)} GPa between strains of ${SIZES.join(' and ')}, so the energy has no curvature there`,
    );
  return { stiffness, difference };
}

/** A constant, the mean over those that the symmetry makes equal. */
function mean(c: Float64Array, { kind }: System, name: string): number {
  const at = (i: number, j: number) => c[6 * (i - 1) + j - 1]!;
  const [i, j] = [Number(name[1]), Number(name[2])];
  if (kind === 'other') return at(i, j);
  if (kind === 'hcp') {
    if (name === 'c11') return (at(1, 1) + at(2, 2)) / 2;
    if (name === 'c13') return (at(1, 3) + at(2, 3)) / 2;
    if (name === 'c44') return (at(4, 4) + at(5, 5)) / 2;
    return at(i, j);
  }
  if (name === 'c11') return (at(1, 1) + at(2, 2) + at(3, 3)) / 3;
  if (name === 'c12') return (at(1, 2) + at(1, 3) + at(2, 3)) / 3;
  return (at(4, 4) + at(5, 5) + at(6, 6)) / 3;
}
