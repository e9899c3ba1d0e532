import { expect } from 'chai';
import { builtinModel } from '../../src/potentials/builtin.js';
import { EquationPotential } from '../../src/potentials/equation-potential.js';
import { elementSystem } from '../../src/properties/system.js';
import { compute, published } from './helpers.js';

/** The lowest of a function of the distance, with its second derivative, from a fine mesh. */
function lowest(energy: (r: number) => number) {
  let best = 2;
  for (let r = 1.6; r < 4; r += 1e-4) if (energy(r) < energy(best)) best = r;
  const h = 1e-3;
  return { distance: best, energy: energy(best), curvature: (energy(best - h) - 2 * energy(best) + energy(best + h)) / h ** 2 };
}

describe('dimers', () => {
  const potential = new EquationPotential(builtinModel('sr1'));
  const slope = new Float64Array(1);
  const phi = (r: number) => potential.pair().evaluate(r, slope);
  const F = (r: number) => potential.embedding().evaluate(potential.density().evaluate(r, slope), slope);

  function expectSr1(computed: Awaited<ReturnType<typeof compute>>) {
    const { value, verdict } = computed;
    const exact = lowest((r) => phi(r) + 2 * F(r));
    expect(value('dimer_distance')).to.be.closeTo(exact.distance, 2e-4);
    expect(value('dimer_energy')).to.be.closeTo(exact.energy, 1e-4);
    expect(value('dimer_curvature')).to.be.closeTo(exact.curvature, 0.02);
    const { detail } = verdict('dimer_energy');
    // table 3 of the paper counts the embedding energy of one atom: 2.4096 Å, -1.0504 eV, 4.0343 eV/Å²
    expect(detail.one_embedding_distance_angstrom).to.be.closeTo(lowest((r) => phi(r) + F(r)).distance, 2e-4);
    expect(detail.one_embedding_distance_angstrom).to.be.closeTo(2.4096, 1e-3);
    expect(detail.one_embedding_energy_ev).to.be.closeTo(-1.0504, 1e-3);
    expect(detail.one_embedding_curvature_ev_per_angstrom2).to.be.closeTo(4.0343, 0.01);
    // the published pair term goes to zero at short distances
    expect(detail.wall).to.match(/^ends at 1\.2\d Å/);
    expect(detail.wall_height_ev).to.be.closeTo(9.83, 0.02);
  }

  it('SR1 has the bond of its equations, table 3 counts one embedding energy', async function () {
    published(this, 'Cu_mishin1.eam.alloy');
    expectSr1(await compute('sr1', elementSystem('Cu'), ['dimer']));
  });

  it('the same through the embedded LAMMPS', async () => {
    expectSr1(await compute('sr1', elementSystem('Cu'), ['dimer'], { lammps: 'embedded', workers: 1 }));
  });

  it('Stillinger-Weber silicon: LAMMPS knows no energy of its pairs, the bond is that of the two-body term', async function () {
    const { value, verdict } = await compute(published(this, 'Si.sw').path, elementSystem('Si'), ['dimer']);
    // F. H. Stillinger, T. A. Weber, Phys. Rev. B 31, 5262 (1985): 2^(1/6) σ with σ 2.0951 Å, ε 2.1683 eV
    expect(value('dimer_distance')).to.be.closeTo(2 ** (1 / 6) * 2.0951, 1e-3);
    expect(value('dimer_energy')).to.be.closeTo(-2.1683, 1e-4);
    expect(verdict('dimer_energy').detail.wall).to.match(/^rises/);
  });
});
