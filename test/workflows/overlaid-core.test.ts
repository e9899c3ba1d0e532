import { expect } from 'chai';
import type { SplineKnots } from '../../src/math/cubic-spline.js';
import type { SMeamModel } from '../../src/potentials/s-meam.js';
import { overlaidCore } from '../../src/workflows/overlaid-core.js';

const SHORTEST = 2.003;

/** Soft light atoms whose density grows inwards: squeezed crystals gain energy below the shortest distance of the data. */
function soft(density: number): SMeamModel {
  const falling = (first: number, values: number[]): SplineKnots => ({
    first,
    last: 5,
    values: Float64Array.from(values),
    slopes: [(values[1]! - values[0]!) / 0.6, 0],
  });
  return {
    title: '',
    elements: ['Li'],
    functions: {
      phi: [falling(2, [0.57, 0.21, 0.05, 0.01, 0, 0])],
      rho: [falling(2, [1.5 * density, density, 0.4 * density, 0.1 * density, 0, 0])],
      u: [{ first: -1, last: 1, values: Float64Array.of(2, 0, -2), slopes: [-2, -2] }],
      f: [],
      g: [],
    },
    core: { kind: 'none' },
    referenceEnergies: { Li: 0 },
    citation: '',
  };
}

describe('workflows/overlaid-core', () => {
  it('takes a soft repulsion where that is enough, and ends where the data begin', () => {
    const { core, violations } = overlaidCore(soft(0), SHORTEST);
    expect(core).to.deep.equal({ kind: 'zbl', inner: 1.2, outer: 2 });
    expect(violations).to.deep.equal([]);
  });

  it('takes a steeper one where squeezed crystals would gain energy, and says where none is enough', () => {
    const { core, violations } = overlaidCore(soft(0.07), SHORTEST);
    expect(core).to.include({ kind: 'zbl', outer: 2 });
    expect((core as { inner: number }).inner).to.be.within(1.3, 1.9);
    expect(violations).to.deep.equal([]);
    const hopeless = overlaidCore(soft(3), SHORTEST);
    expect(hopeless.core).to.deep.equal({ kind: 'zbl', inner: 1.9, outer: 2 });
    expect(hopeless.violations).to.not.deep.equal([]);
  });
});
