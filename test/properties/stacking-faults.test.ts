import { expect } from 'chai';
import { elementSystem } from '../../src/properties/system.js';
import { compute, published } from './helpers.js';

describe('stacking faults', () => {
  it("Mishin's copper has the published fault, by sliding and by the energies of polytypes", async function () {
    const { path } = published(this, 'Cu_mishin1.eam.alloy');
    const { value, verdict } = await compute(path, elementSystem('Cu'), ['lattice', 'stacking_faults', 'polymorphs']);
    const fault = value('stacking_fault_intrinsic');
    // Y. Mishin et al., Phys. Rev. B 63, 224106 (2001), EAM1
    expect(fault).to.be.closeTo(44.4, 0.4);
    // the same sense for all of the curve: the other one puts atoms on top of each other
    expect(verdict('stacking_fault_intrinsic').detail.other_sense_unrelaxed_mj_per_m2).to.be.greaterThan(1000);
    expect(value('stacking_fault_unstable')).to.be.within(150, 170);
    expect(verdict('stacking_fault_unstable').detail.at_share_of_the_way).to.be.within(0.4, 0.6);
    // P. J. H. Denteneer, W. van Haeringen, J. Phys. C 20, L883 (1987): interactions of layers up to the second neighbours
    const area = (Math.sqrt(3) / 4) * value('lattice_constant') ** 2;
    const layers = ((value('polymorph_hcp') + 2 * value('polymorph_dhcp')) / area) * 16021.77;
    expect(layers).to.be.closeTo(fault, 0.02 * fault);
  });

  it('tungsten has gamma lines, magnesium a basal fault', async function () {
    const tungsten = await compute(published(this, 'W_zhou.eam.alloy').path, elementSystem('W'), ['stacking_faults']);
    // by symmetry highest half way, as {110}<111> has a mirror plane there
    expect(tungsten.verdict('gamma_line_110').detail.at_share_of_the_way).to.be.closeTo(0.5, 1e-3);
    expect(tungsten.value('gamma_line_112')).to.be.greaterThan(tungsten.value('gamma_line_110'));
    const magnesium = await compute(published(this, 'Mg_mm.eam.fs').path, elementSystem('Mg'), [
      'lattice',
      'stacking_faults',
      'polymorphs',
    ]);
    // two neighbouring layers of the fault stand as in fcc: the same interactions of layers, seen from hcp
    const area = (Math.sqrt(3) / 2) * magnesium.value('lattice_constant') ** 2;
    const layers = ((magnesium.value('polymorph_fcc') + 2 * magnesium.value('polymorph_dhcp')) / area) * 16021.77;
    expect(magnesium.value('stacking_fault_intrinsic')).to.be.closeTo(layers, 0.02 * layers);
  });
});
