import { expect } from 'chai';
import { boundaryOfName } from '../../src/properties/crystal/grain-boundary-names.js';
import { grainBoundariesOf } from '../../src/properties/grain-boundaries.js';
import { elementSystem } from '../../src/properties/system.js';
import { compute, published } from './helpers.js';

/** Only these boundaries, without `grain_boundary_`. */
const boundaries = (...names: string[]) => grainBoundariesOf(() => names.map((name) => boundaryOfName(`grain_boundary_${name}`)!));

describe('grain boundaries', () => {
  it("Mishin's copper has the published ones", async function () {
    const { path } = published(this, 'Cu_mishin1.eam.alloy');
    const expected = {
      // T. Frolov, D. L. Olmsted, M. Asta, Y. Mishin, Nat. Commun. 4, 1899 (2013): kites of both, without inserted atoms
      s5_310: 905,
      s5_210: 951,
      // M. A. Tschopp, D. L. McDowell, Philos. Mag. 87, 3147 and 3871 (2007), the same potential
      s3_111: 22,
      s3_211: 592,
      s11_311: 310,
    };
    const { value, verdict } = await compute(path, elementSystem('Cu'), [boundaries(...Object.keys(expected), 's33_522')]);
    for (const [name, number] of Object.entries(expected))
      expect(value(`grain_boundary_${name}`), name).to.be.closeTo(number, Math.max(0.6, 0.002 * number));
    const { detail } = verdict('grain_boundary_s5_310');
    expect(detail.excess_volume_angstrom).to.be.within(0.28, 0.33);
    expect(Math.abs(detail.change_to_thinner_grains_mj_per_m2 as number)).to.be.below(1);
    // this one runs into the ends of grains that are too thin: with 14 Å it has 365 mJ/m²; with 45 Å 526.7
    expect(value('grain_boundary_s33_522')).to.be.closeTo(526.7, 1);
  });

  it('twins of other lattices cost least, and with two sorts of cuts the surfaces cancel', async function () {
    const tungsten = await compute(published(this, 'W_zhou.eam.alloy').path, elementSystem('W'), [boundaries('s3_211', 's3_110')]);
    expect(tungsten.value('grain_boundary_s3_211')).to.be.within(100, 0.9 * tungsten.value('grain_boundary_s3_110'));
    const silicon = await compute(published(this, 'Si.sw').path, elementSystem('Si'), [boundaries('s3_111', 's9_221')]);
    // all bonds and angles of the twin are those of the crystal, and the potential knows no more
    expect(silicon.value('grain_boundary_s3_111')).to.be.closeTo(0, 0.1);
    // by the same template from both cuts of the crystal, which have other surfaces (8.67 and 13.01 eV a period) and must agree
    expect(silicon.value('grain_boundary_s9_221')).to.be.closeTo(453.5, 1);
  });

  it('is skipped for crystals that do not coincide with themselves', () => {
    expect(boundaries('s5_310').applies?.(elementSystem('Mg'))).to.match(/fcc, bcc and diamond/);
    expect(boundaries('s5_310').applies?.(elementSystem('Cu'))).to.equal(undefined);
  });
});
