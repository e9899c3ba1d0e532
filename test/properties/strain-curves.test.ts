import { expect } from 'chai';
import { elementSystem } from '../../src/properties/system.js';
import { compute, published } from './helpers.js';

describe('strain curves', () => {
  it("Mishin's copper: the energies at 5 % are those of its elastic constants, but for the higher orders", async function () {
    const { path } = published(this, 'Cu_mishin1.eam.alloy');
    const { value } = await compute(path, elementSystem('Cu'), ['lattice', 'strain_curves']);
    // the mean of both signs has no third order; volume times strain squared, in GPa
    const unit = value('atomic_volume') * 0.05 ** 2 * (1 / 160.2176634);
    const c11 = (value('strain_uniaxial_compression') + value('strain_uniaxial_tension')) / unit;
    const bulk = (value('strain_volumetric_compression') + value('strain_volumetric_tension')) / unit / 9;
    const c44 = (2 * value('strain_shear')) / unit;
    // Y. Mishin et al., Phys. Rev. B 63, 224106 (2001), EAM1: 169.9, 138.3, 76.2 GPa
    expect(c11).to.be.within(169.9, 1.03 * 169.9);
    expect(bulk).to.be.within(138.3, 1.06 * 138.3);
    expect(c44).to.be.closeTo(76.2, 0.03 * 76.2);
    expect(value('strain_uniaxial_compression')).to.be.greaterThan(value('strain_uniaxial_tension'));
  });

  it('the atoms of silicon relax: a shear costs C44 with relaxed atoms', async function () {
    const { value } = await compute(published(this, 'Si.sw').path, elementSystem('Si'), ['lattice', 'strain_curves']);
    const unit = value('atomic_volume') * 0.05 ** 2 * (1 / 160.2176634);
    // 56.4 GPa relaxed, 117.2 GPa as strained (H. Balamane et al., Phys. Rev. B 46, 2250 (1992))
    expect((2 * value('strain_shear')) / unit).to.be.closeTo(56.4, 3);
  });
});
