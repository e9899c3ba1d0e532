import { expect } from 'chai';
import { targetValue } from '../../src/fitting/targets.js';
import { builtinModel } from '../../src/potentials/builtin.js';
import type { EamPotential, ScalarFunction } from '../../src/potentials/eam.js';
import { EquationPotential } from '../../src/potentials/equation-potential.js';
import { evaluateEam } from '../../src/potentials/evaluate-eam.js';
import { splined } from '../../src/potentials/splined.js';
import { cubic } from '../../src/structures/lattices.js';
import type { Structure } from '../../src/structures/structure.js';
import { buildTargets, type TargetRequest } from '../../src/targets/build.js';
import { CURVES } from '../../src/targets/curves/index.js';
import { rose, roseEnergy } from '../../src/targets/curves/rose.js';
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
  ['vacancy_migration', 0.7297, 3e-3],
  ['interstitial_100_dumbbell', 3.019, 0.02],
  ['interstitial_octahedral', 3.2683, 0.03],
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
const wanted = (name: string, value: number): TargetRequest => ({
  name,
  value,
  tolerance: 1,
  weight: 1,
  functional: familyOf(name)!.build(name, crystal, value)!,
});
const atom: Structure = { cell: new Float64Array(9), pbc: [false, false, false], species: ['Cu'], positions: new Float64Array(3) };

describe('targets', () => {
  const fast = splined(potential);
  const free = evaluateEam(fast, atom).energy;
  const perAtom = (structure: Structure): number => evaluateEam(fast, structure).energy / structure.species.length - free;

  for (const [name, expected, within] of BY_LAMMPS)
    it(`${name} of SR2 is what LAMMPS gives in validation`, function () {
      this.timeout(300_000);
      const { list, structures } = buildTargets([wanted(name, expected)], potential);
      expect(targetValue(list[0]!, structures.map(perAtom))).to.be.closeTo(expected, within);
    });

  it('see a curvature that changes fast as it is at the lattice constant, with a small strain', () => {
    // energies of a made crystal: a quadratic one and a ripple over 2 % of the lattice constant, of which only small strains see the curvature
    const energy = ({ cell }: Structure): number => {
      const x = cell[0]! / A - 1;
      return 50 * x * x + 1e-4 * Math.cos((2 * Math.PI * x) / 0.02);
    };
    const c11 = (strain: number): number => {
      const { geometries } = familyOf('c11')!.build('c11', { ...crystal, strain }, 1)!;
      return geometries.reduce((sum, { structure, perEnergy }) => sum + perEnergy * energy(structure), 0);
    };
    const perVolume = 160.21766 / A ** 3;
    const curvature = 100 - 1e-4 * ((2 * Math.PI) / 0.02) ** 2;
    expect(c11(0.0005)).to.be.closeTo(curvature * perVolume, 0.01 * curvature * perVolume);
    expect(c11(0.01)).not.to.be.closeTo(curvature * perVolume, 0.05 * curvature * perVolume);
  });

  it('do not depend on the lattice constant that was wanted, where volumes relax', function () {
    this.timeout(300_000);
    const off: TargetCrystal = { ...crystal, a: 1.005 * A, cell: cubic('fcc', 'Cu', 1.005 * A) };
    for (const [name, expected, within] of BY_LAMMPS.filter((one) => /vacancy_formation|polymorph/.test(one[0]))) {
      const request = { ...wanted(name, expected), functional: familyOf(name)!.build(name, off, expected)! };
      const { list, structures } = buildTargets([request], potential);
      expect(targetValue(list[0]!, structures.map(perAtom)), name).to.be.closeTo(expected, 2 * within);
    }
  });

  it('share structures and count from free atoms', () => {
    const { list, structures } = buildTargets(['c11', 'bulk_modulus', 'cohesive_energy'].map((name) => wanted(name, 1)));
    expect(structures.length).to.equal(9);
    // a constant added to every atom does not change an elastic constant
    const shifted = (by: number) => targetValue(list[0]!, new Float64Array(structures.length).fill(by));
    expect(shifted(1)).to.be.closeTo(shifted(0), 1e-9);
  });

  it('do not share structures of other elements on the same places', () => {
    const of = (element: string) => familyOf('c44')!.build('c44', { ...crystal, element, cell: cubic('fcc', element, A) }, 1)!;
    const requests = ['Cu', 'Ag'].map((element) => ({ ...wanted('c44', 1), functional: of(element) }));
    const { list, structures } = buildTargets(requests);
    for (const [k, element] of ['Cu', 'Ag'].entries())
      for (const { structure } of list[k]!.terms) expect(new Set(structures[structure]!.species)).to.deep.equal(new Set([element]));
  });

  it('follow curves: pairs, strained cells and the Bain path give the energies of the potential', () => {
    const ofCurve = (name: keyof typeof CURVES, x: number): number => {
      const { list, structures } = buildTargets([{ name, tolerance: 1, weight: 1, ...CURVES[name].point(x, 0, crystal) }]);
      return targetValue(list[0]!, structures.map(perAtom));
    };
    const [bcc] = buildTargets([wanted('bain_bcc', 0)]).list;
    const bain = buildTargets([wanted('bain_bcc', 0)]).structures.map(perAtom);
    expect(ofCurve('bain_path', Math.SQRT1_2)).to.be.closeTo(targetValue(bcc!, bain), 1e-6);
    expect(ofCurve('bain_path', 1)).to.be.closeTo(0, 1e-12);
    // the same of bcc with as large atoms
    const a = A / Math.cbrt(2);
    const other: TargetCrystal = { ...crystal, kind: 'bcc', a, cell: cubic('bcc', 'Cu', a) };
    const built = buildTargets([{ ...wanted('bain_bcc', 0), functional: familyOf('bain_bcc')!.build('bain_bcc', other, 0)! }]);
    expect(targetValue(built.list[0]!, built.structures.map(perAtom))).to.be.closeTo(targetValue(bcc!, bain), 1e-6);
    expect(ofCurve('equation_of_state', A)).to.be.closeTo(0, 1e-12);
    expect(ofCurve('equation_of_state', 1.02 * A)).to.be.closeTo(perAtom(cubic('fcc', 'Cu', 1.02 * A)) - perAtom(crystal.cell), 1e-12);
    const slope = new Float64Array(1);
    const pair = potential.pair().evaluate(2.3, slope);
    const rho = potential.density().evaluate(2.3, slope);
    const dimer = pair + 2 * (potential.embedding().evaluate(rho, slope) - potential.embedding().evaluate(0, slope));
    expect(ofCurve('dimer', 2.3)).to.be.closeTo(dimer, 1e-5);
    expect(() => CURVES.dimer.point(-1, 0, crystal)).to.throw(RangeError);
  });

  it('have the cohesive energy and the bulk modulus of the Rose curve they are given', () => {
    const settings = { cohesiveEnergy: -3.49, bulkModulus: 142, beta: 0.005, range: [-0.1, 0.1] as const, points: 11 };
    const volume = A ** 3 / 4;
    const energy = (x: number) => roseEnergy(x, settings, volume);
    expect(energy(0)).to.equal(-3.49);
    const h = 1e-4;
    expect((energy(h) - energy(-h)) / (2 * h)).to.be.closeTo(0, 1e-4);
    // E'' = 9 B V of the relative lattice constant
    expect((energy(h) - 2 * energy(0) + energy(-h)) / (h * h) / (9 * volume)).to.be.closeTo(142 / 160.21766, 1e-4);
    // Mishin's term alone, at half the lattice constant
    const plain = roseEnergy(-0.5, { ...settings, beta: 0 }, volume);
    const [x, alpha] = [-0.5, Math.sqrt((9 * volume * 142) / 160.21766 / 3.49)];
    expect(energy(x) - plain).to.be.closeTo(-3.49 * 0.005 * (alpha * x) ** 3 * (2 / 0.25) * Math.exp(-alpha * x), 1e-4);
    const points = rose(settings, crystal);
    expect(points.map(({ value }) => value)).to.include(-3.49);
    expect(points).to.have.length(11);
  });

  it('lattice constants at temperatures are those of molecular dynamics, whose potential moves the atoms', () => {
    // eqpot validate examples/copper/cutoff-5.5 --properties thermal_expansion_300 --long --lammps native gives the length at temperatures
    const name = 'lattice_constant_300';
    const value = A * (1 + 300 * 16e-6);
    const request = wanted(name, value);
    expect(buildTargets([request, wanted('c11', 170)]).list.map((target) => target.name)).to.deep.equal(['c11']);
    const { list, structures } = buildTargets([request], potential);
    const found = targetValue(list[0]!, structures.map(perAtom));
    // the same from another lattice constant: the pressure is turned into a length to first order
    const other = value * 1.002;
    const again = buildTargets([{ ...wanted(name, other), value: other }], potential);
    expect(targetValue(again.list[0]!, again.structures.map(perAtom))).to.be.closeTo(found, 1e-3);
    expect((found / A - 1) / 300).to.be.within(8e-6, 25e-6);
    // without motion the crystal keeps its lattice constant, but for the pressure of the ideal gas
    const still = targetValue(
      list[0]!,
      structures.map((structure) => perAtom(cubic('fcc', 'Cu', structure.cell[0]! / 3))),
    );
    expect(still).to.be.below(value);
  });

  it('are not given for crystals that do not have them', () => {
    const bcc: TargetCrystal = { ...crystal, kind: 'bcc', cell: cubic('bcc', 'Cu', 2.88), a: 2.88 };
    for (const name of ['phonon_x_longitudinal', 'stacking_fault_intrinsic'])
      expect(familyOf(name)!.build(name, bcc, 5), name).to.equal(undefined);
    expect(familyOf('phonon_h')!.build('phonon_h', crystal, 5)).to.equal(undefined);
    expect(familyOf('phonon_h')!.build('phonon_h', bcc, 5)!.geometries).to.have.length(3);
  });

  it('know their names', () => {
    expect(familyOf('melting_point')).to.equal(undefined);
    expect(TARGET_FAMILIES.filter((family) => family.knows('surface_310'))).to.have.length(1);
  });

  it('relax crystals as stiff as tungsten and iridium', () => {
    const slope = new Float64Array(1);
    const scaled = (potential: EamPotential, by: number): EamPotential => {
      const times = (f: ScalarFunction): ScalarFunction => ({
        evaluate: (x, d) => {
          const value = by * f.evaluate(x, slope);
          d[0] = by * slope[0]!;
          return value;
        },
      });
      return {
        elements: potential.elements,
        cutoff: potential.cutoff,
        density: (i, j) => potential.density(i, j),
        pair: (i, j) => times(potential.pair(i, j)),
        embedding: (i) => times(potential.embedding(i)),
      };
    };
    // bulk moduli of 319 and 435 GPa
    for (const by of [2.2, 3])
      expect(relaxed(scaled(fast, by), cubic('fcc', 'Cu', 1.01 * A), 'volume').cell[0], `${by}`).to.be.closeTo(A, 1e-3);
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
