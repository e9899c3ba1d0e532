import { expect } from 'chai';
import fc from 'fast-check';
import { targetValue } from '../../src/fitting/targets.js';
import { loadModel } from '../../src/load-model.js';
import { builtinModel } from '../../src/potentials/builtin.js';
import type { EamPotential } from '../../src/potentials/eam.js';
import { EquationPotential } from '../../src/potentials/equation-potential.js';
import { evaluateEam } from '../../src/potentials/evaluate-eam.js';
import { splined } from '../../src/potentials/splined.js';
import { structureSystem } from '../../src/properties/system.js';
import { cubic } from '../../src/structures/lattices.js';
import { multiplyRows, type Structure } from '../../src/structures/structure.js';
import { buildTargets } from '../../src/targets/build.js';
import { givenCrystalFunctional, knowsGivenCrystal } from '../../src/targets/given-crystal.js';
import { relaxed } from '../../src/targets/relax.js';
import { compute, published } from '../properties/helpers.js';

const atom = (symbol: string): Structure => ({
  cell: new Float64Array(9),
  pbc: [false, false, false],
  species: [symbol],
  positions: new Float64Array(3),
});

/** What a potential gives for targets of a crystal. */
function valuesOf(potential: EamPotential, cell: Structure, names: readonly string[], bulkModulus = 150): Record<string, number> {
  const requests = names.map((name) => ({
    name,
    value: 1,
    tolerance: 1,
    weight: 1,
    functional: givenCrystalFunctional(name, { cell, bulkModulus }),
  }));
  const { list, structures } = buildTargets(requests, potential);
  const fast = splined(potential);
  const free = new Map(potential.elements.map((symbol) => [symbol, evaluateEam(potential, atom(symbol)).energy]));
  const energies = structures.map(
    (s) => (evaluateEam(fast, s).energy - s.species.reduce((sum, symbol) => sum + free.get(symbol)!, 0)) / s.species.length,
  );
  return Object.fromEntries(list.map((target) => [target.name, targetValue(target, energies)]));
}

/** D1_a as in Ni4Mo: body-centred tetragonal, ten atoms, two coordinates of which are free. */
function d1a(major: string, minor: string, a: number, c: number): Structure {
  const [x, y] = [0.4, 0.2];
  const first = [
    [0, 0, 0],
    [x, y, 0],
    [-x, -y, 0],
    [-y, x, 0],
    [y, -x, 0],
  ];
  const fractional = [...first, ...first.map((p) => p.map((q) => q + 0.5))].flat();
  const cell = Float64Array.of(a, 0, 0, 0, a, 0, 0, 0, c);
  return {
    cell,
    pbc: [true, true, true],
    species: Array.from({ length: 10 }, (_, k) => (k % 5 === 0 ? minor : major)),
    positions: multiplyRows(fractional, cell),
  };
}

describe('targets/given-crystal', () => {
  const sr2 = new EquationPotential(builtinModel('sr2'));

  it('gives the constants of a cubic crystal that LAMMPS gives, in every axis', function () {
    this.timeout(60_000);
    // by `eqpot validate sr2 --lammps native`, as in targets.test.ts
    const found = valuesOf(sr2, cubic('fcc', 'Cu', 3.634984), [
      'c11',
      'c22',
      'c12',
      'c23',
      'c44',
      'c66',
      'c16',
      'c45',
      'bulk_modulus',
      'lattice_c',
    ]);
    for (const name of ['c11', 'c22']) expect(found[name], name).to.be.closeTo(177.84, 0.3);
    for (const name of ['c12', 'c23']) expect(found[name], name).to.be.closeTo(129.19, 0.4);
    for (const name of ['c44', 'c66']) expect(found[name], name).to.be.closeTo(79.27, 0.2);
    for (const name of ['c16', 'c45']) expect(found[name], name).to.be.closeTo(0, 0.2);
    expect(found['bulk_modulus']).to.be.closeTo(145.41, 0.3);
    expect(found['lattice_c']).to.be.closeTo(3.634984, 1e-4);
  });

  it('takes the stress of a stretched crystal off its lattice constants', () => {
    fc.assert(
      fc.property(fc.double({ min: -0.004, max: 0.004, noNaN: true }), (x) => {
        const a = 3.634984 * (1 + x);
        const { lattice_b: b } = valuesOf(sr2, cubic('fcc', 'Cu', a), ['lattice_b'], 145.41);
        // to first order: what is left is of second order in x
        expect(b).to.be.closeTo(3.634984, 40 * x * x + 2e-4);
      }),
      { numRuns: 4, seed: 1 },
    );
  });

  it('knows names of the upper triangle only', () => {
    for (const name of ['c11', 'c16', 'c66', 'lattice_b', 'bulk_modulus']) expect(knowsGivenCrystal(name), name).to.equal(true);
    for (const name of ['c21', 'c17', 'c1', 'surface_111', 'vacancy_formation']) expect(knowsGivenCrystal(name), name).to.equal(false);
  });

  it('agrees with LAMMPS on a tetragonal alloy of an angular potential whose atoms relax under strain', async function () {
    this.timeout(60_000);
    const { path } = published(this, 'AlCu.adp');
    const potential = loadModel(path).potential as EamPotential;
    const cell = relaxed(splined(potential), d1a('Al', 'Cu', 5.6, 3.5), 'lengths', 1e-4);
    const names = ['c11', 'c12', 'c13', 'c33', 'c44', 'c66', 'c16', 'lattice_constant', 'lattice_c'];
    const lammps = await compute(path, structureSystem(cell, 'Al4Cu'), ['lattice', 'elastic']);
    const found = valuesOf(potential, cell, names, lammps.value('bulk_modulus_vrh'));
    for (const name of names) expect(found[name], name).to.be.closeTo(lammps.value(name), name.startsWith('l') ? 2e-3 : 1);
    // and they do relax: atoms that only follow the cell make it stiffer
    const still = givenCrystalFunctional('c66', { cell, bulkModulus: 150 });
    const clamped = still.geometries.reduce(
      (sum, { structure, perEnergy }) => sum + perEnergy * evaluateEam(potential, structure).energy,
      0,
    );
    expect(clamped - found['c66']!).to.be.above(2);
  });
});
