import { expect } from 'chai';
import { targetValue } from '../../src/fitting/targets.js';
import { builtinModel } from '../../src/potentials/builtin.js';
import { EquationPotential } from '../../src/potentials/equation-potential.js';
import { evaluateEam } from '../../src/potentials/evaluate-eam.js';
import { splined } from '../../src/potentials/splined.js';
import { cubic } from '../../src/structures/lattices.js';
import type { Structure } from '../../src/structures/structure.js';
import { buildTargets } from '../../src/targets/build.js';
import type { TargetCrystal } from '../../src/targets/family.js';
import { familyOf, TARGET_FAMILIES } from '../../src/targets/index.js';
import { relaxed } from '../../src/targets/relax.js';

/** Lattice constant of SR2, and its properties by `eqpot validate sr2 --lammps native`: LAMMPS, stress, Phonopy, larger cells. */
const A = 3.634984;
const BY_LAMMPS: readonly [name: string, value: number, within: number][] = [
  ['lattice_constant', 3.63498, 1e-4],
  ['cohesive_energy', -3.4857, 1e-4],
  ['c11', 177.84, 0.3],
  ['c12', 129.19, 0.3],
  ['c44', 79.27, 0.2],
  ['bulk_modulus', 145.41, 0.3],
  ['surface_111', 1333.4, 1],
  ['surface_110', 1532.2, 1],
  ['stacking_fault_intrinsic', 0.371, 0.02],
  ['polymorph_hcp', 1.5e-4, 2e-5],
  ['bain_bcc', 0.0282, 2e-4],
  ['phonon_x_transverse', 5.2197, 2e-3],
  ['phonon_x_longitudinal', 7.7587, 2e-3],
  ['phonon_l_transverse', 3.3282, 2e-3],
  ['phonon_l_longitudinal', 7.734, 2e-3],
  ['vacancy_formation', 1.3033, 2e-3],
  ['interstitial_100_dumbbell', 3.019, 0.02],
];

const potential = new EquationPotential(builtinModel('sr2'));
const crystal: TargetCrystal = {
  kind: 'fcc',
  element: 'Cu',
  a: A,
  cell: cubic('fcc', 'Cu', A),
  mass: 63.546,
  bulkModulus: 145,
  cutoff: potential.cutoff,
};
const atom: Structure = { cell: new Float64Array(9), pbc: [false, false, false], species: ['Cu'], positions: new Float64Array(3) };

describe('targets', () => {
  const fast = splined(potential);
  const free = evaluateEam(fast, atom).energy;
  const perAtom = (structure: Structure): number => evaluateEam(fast, structure).energy / structure.species.length - free;

  for (const [name, expected, within] of BY_LAMMPS)
    it(`${name} of SR2 is what LAMMPS gives in validation`, function () {
      this.timeout(30_000);
      const { list, structures } = buildTargets([{ name, value: expected, tolerance: 1, weight: 1 }], crystal, potential);
      expect(targetValue(list[0]!, structures.map(perAtom))).to.be.closeTo(expected, within);
    });

  it('share structures and count from free atoms', () => {
    const requests = ['c11', 'bulk_modulus', 'cohesive_energy'].map((name) => ({ name, value: 1, tolerance: 1, weight: 1 }));
    const { list, structures } = buildTargets(requests, crystal);
    expect(structures.length).to.equal(9);
    // a constant added to every atom does not change an elastic constant
    const shifted = (by: number) => targetValue(list[0]!, new Float64Array(structures.length).fill(by));
    expect(shifted(1)).to.be.closeTo(shifted(0), 1e-9);
  });

  it('know their names', () => {
    expect(familyOf('melting_point')).to.equal(undefined);
    expect(TARGET_FAMILIES.filter((family) => family.knows('surface_310'))).to.have.length(1);
  });

  it('relax to where nothing pulls, at the stress that was asked for', () => {
    const start = cubic('fcc', 'Cu', A * 1.02);
    start.positions[0]! += 0.1;
    const end = relaxed(fast, start, 'volume');
    const { forces, stress } = evaluateEam(fast, end);
    for (const force of forces) expect(Math.abs(force)).to.be.below(0.006);
    expect(Math.abs(stress![0]! + stress![4]! + stress![8]!) / 3).to.be.below(6e-4);
    expect(end.cell[0]).to.be.closeTo(A, 2e-3);
    expect(start.cell[0]).to.equal(A * 1.02);
  });
});
