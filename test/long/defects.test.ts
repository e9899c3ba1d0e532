import { expect } from 'chai';
import { elementSystem } from '../../src/properties/system.js';
import { compute, published } from '../properties/helpers.js';

describe('defects, at length', () => {
  it('tungsten: the barrier of two humps is found by the led atom, and by the band once it has images enough', async function () {
    const { path } = published(this, 'W_zhou.eam.alloy');
    const { value, verdict } = await compute(path, elementSystem('W'), ['vacancy_migration']);
    const { detail } = verdict('vacancy_migration');
    // 1.783 eV half way is a minimum between both humps
    expect(value('vacancy_migration')).to.be.closeTo(1.891, 0.01);
    expect(detail.saddle_of_a_led_atom_ev).to.be.closeTo(1.891, 0.01);
  });

  it('the embedded LAMMPS gives what the native one with elastic bands gives', async function () {
    const { path } = published(this, 'Cu_mishin1.eam.alloy');
    const embedded = await compute(path, elementSystem('Cu'), ['vacancy', 'vacancy_migration', 'interstitials', 'stacking_faults'], {
      lammps: 'embedded',
      workers: 1,
    });
    expect(embedded.value('vacancy_formation')).to.be.closeTo(1.2721, 0.001);
    expect(embedded.value('vacancy_migration')).to.be.closeTo(0.6886, 0.001);
    expect(embedded.verdict('vacancy_migration').detail).to.include({ method: 'saddle point of a led atom' });
    expect(embedded.value('interstitial_100_dumbbell')).to.be.closeTo(3.0682, 0.001);
    expect(embedded.value('stacking_fault_intrinsic')).to.be.closeTo(44.38, 0.1);
  });

  it("Mendelev's iron: the <110> dumbbell is stable, unstable places keep their energy", async function () {
    const { path } = published(this, 'Fe_mm.eam.fs');
    const { value, verdict } = await compute(path, elementSystem('Fe'), ['interstitials']);
    // M. I. Mendelev et al., Philos. Mag. 83, 3977 (2003), potential 2: 3.53 eV
    expect(value('interstitial_110_dumbbell')).to.be.closeTo(3.53, 0.02);
    expect(verdict('interstitial_111_dumbbell').detail.stable_arrangement).to.equal('110_dumbbell');
    expect(value('interstitial_tetrahedral')).to.be.greaterThan(4);
  });
});
