import { expect } from 'chai';
import { interstitials } from '../../src/properties/interstitials.js';
import { elementSystem } from '../../src/properties/system.js';
import { compute, published } from './helpers.js';

describe('interstitials', () => {
  it("Mishin's copper: the <100> dumbbell is stable and has the published energy", async function () {
    const { path } = published(this, 'Cu_mishin1.eam.alloy');
    const { value, verdict } = await compute(path, elementSystem('Cu'), ['interstitials']);
    const names = ['100_dumbbell', '110_dumbbell', '111_dumbbell', 'octahedral', 'tetrahedral'].map((name) => `interstitial_${name}`);
    // Y. Mishin et al., Phys. Rev. B 63, 224106 (2001), EAM1: 3.063 eV
    expect(value(names[0]!)).to.be.closeTo(3.063, 0.01);
    for (const name of names.slice(1)) {
      expect(value(name), name).to.be.greaterThan(value(names[0]!) + 0.1);
      expect(verdict(name).detail).to.include({ stable: false, falls_into: '100_dumbbell', stable_arrangement: '100_dumbbell' });
    }
    const { detail } = verdict(names[0]!);
    expect(detail.stable).to.equal(true);
    // 0.02 eV between constant volume and zero pressure, by the box that relaxed and by the work of the pressure
    const difference = (detail.at_constant_volume_ev as number) - value(names[0]!);
    expect(difference).to.be.closeTo(0.02, 0.002);
    expect(detail.work_of_the_pressure_ev).to.be.closeTo(difference, 0.0005);
  });

  it('are known in fcc, bcc and diamond crystals', () => {
    const names = (symbol: string) => interstitials.values(elementSystem(symbol), { seed: 1 }).map(({ name }) => name);
    expect(names('W')).to.have.length(5);
    expect(names('Si')).to.include('interstitial_hexagonal').and.not.include('interstitial_octahedral');
    expect(interstitials.applies!(elementSystem('Mg'))).to.contain('hcp Mg');
  });
});
