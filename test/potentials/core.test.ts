import { expect } from 'chai';
import { builtinModel } from '../../src/potentials/builtin.js';
import { type Core, withDensityCore, withPairCore } from '../../src/potentials/core.js';
import { EquationPotential } from '../../src/potentials/equation-potential.js';
import { zbl } from '../../src/potentials/zbl.js';
import { expectDerivative, expectSmoothAt } from '../math/smoothness.js';

describe('core', () => {
  const inner = 1.4;
  const outer = 2.1;
  const core: Core = { kind: 'zbl', inner, outer };
  const bare = new EquationPotential(builtinModel('sr2'));
  const pair = withPairCore(bare.pair(), bare.density(), core, 29, 29);
  const density = withDensityCore(bare.density(), core);
  const d = new Float64Array(1);
  const points = [0, 0.02, 0.3, 1, 1.39, 1.41, 1.6, 1.75, 2, 2.09, 2.11, 2.6, 4, 7.9];

  it('is absent when not asked for', () => {
    expect(withPairCore(bare.pair(), bare.density(), { kind: 'none' }, 29, 29)).to.equal(bare.pair());
    expect(withDensityCore(bare.density(), { kind: 'none' })).to.equal(bare.density());
  });

  it('leaves the functions alone from the outer end of the join on', () => {
    for (const r of [outer, 2.5, 4, 7.99, 8, 9]) {
      expect(pair.evaluate(r, d)).to.equal(bare.pair().evaluate(r, d));
      expect(density.evaluate(r, d)).to.equal(bare.density().evaluate(r, d));
    }
  });

  it('is the nuclear repulsion inside of the join', () => {
    for (const r of [0.05, 0.5, 1, inner]) expect(pair.evaluate(r, d)).to.equal(zbl(29, 29, r, d));
  });

  it('joins with two continuous derivatives', () => {
    const size = 100;
    for (const at of [inner, outer]) {
      expectSmoothAt((r, derivative) => pair.evaluate(r, derivative), at, 2, size);
      expectSmoothAt((r, derivative) => density.evaluate(r, derivative), at, 2, size);
    }
    // the straight line below 0.05 Å continues value and slope
    expectSmoothAt((r, derivative) => pair.evaluate(r, derivative), 0.05, 1, 1e9);
    pair.evaluate(0.05, d);
    const slope = d[0];
    pair.evaluate(0.01, d);
    expect(d[0]).to.equal(slope);
  });

  it('reports its derivatives', () => {
    expectDerivative(
      (r, derivative) => pair.evaluate(r, derivative),
      points.filter((r) => r > 0.1),
      1e-6,
    );
    expectDerivative(
      (r, derivative) => density.evaluate(r, derivative),
      points.filter((r) => r > 0.1),
      1e-6,
    );
  });

  it('is finite at r = 0 and repels all the way down, which SR2 by itself does not', () => {
    let above = Infinity;
    for (let r = 0; r <= inner; r += 0.01) {
      const value = pair.evaluate(r, d);
      expect(Number.isFinite(value)).to.equal(true);
      expect(value).to.be.below(above);
      above = value;
    }
    expect(pair.evaluate(0, d)).to.be.above(1e5);
    // the published equation goes to zero there
    expect(bare.pair().evaluate(0.3, d)).to.be.below(1e-3);
  });

  it('goes on as a straight line that repels, without a hump, where the equation is steeper than nuclei', () => {
    const steep = new EquationPotential(builtinModel('sutton-chen-cu')).pair();
    for (const [from, to] of [
      [1.53, 1.3],
      [1.53, 1.07],
      [2, 1],
    ] as const) {
      const line = withPairCore(steep, bare.density(), { kind: 'line', inner: to, outer: from }, 29, 29);
      steep.evaluate(from, d);
      const gentlest = d[0]!;
      line.evaluate(0, d);
      const straight = d[0]!;
      for (let r = 0; r < from; r += 0.005) {
        line.evaluate(r, d);
        expect(d[0]!, `slope at ${r} Å`)
          .to.be.at.most(gentlest)
          .and.at.least(1.3 * straight);
        if (r <= to) expect(d[0]).to.equal(straight);
      }
      for (const at of [to, from]) expectSmoothAt((r, derivative) => line.evaluate(r, derivative), at, 2, 100);
      expectDerivative((r, derivative) => line.evaluate(r, derivative), [1, 1.1, 1.2, 1.35, 1.4, 1.5, 1.7], 1e-6);
    }
  });

  it('is that of the potential, not of how it is split into pair and embedding term', () => {
    // the same potential twice: a linear term in the embedding function, or in the pair term
    const slope = 0.7;
    const model = builtinModel('sr2');
    const moved = {
      evaluate(r: number, derivative: Float64Array) {
        const rho = bare.density().evaluate(r, derivative);
        const by = derivative[0]!;
        const value = bare.pair().evaluate(r, derivative) - 2 * slope * rho;
        derivative[0]! -= 2 * slope * by;
        return value;
      },
    };
    expect(model.densityFloor).to.equal(0);
    const split = withPairCore(moved, bare.density(), { ...core, embeddingSlope: slope }, 29, 29);
    for (const r of points)
      expect(split.evaluate(r, d) + 2 * slope * density.evaluate(r, d), `${r} Å`).to.be.closeTo(
        pair.evaluate(r, d),
        1e-9 * pair.evaluate(0, d),
      );
    expectDerivative(
      (r, derivative) => split.evaluate(r, derivative),
      points.filter((r) => r > 0.1),
      1e-6,
    );
    for (const at of [inner, outer]) expectSmoothAt((r, derivative) => split.evaluate(r, derivative), at, 2, 100);
  });

  it('stops the growth of the density', () => {
    const top = density.evaluate(0, d);
    expect(d[0]).to.equal(0);
    expect(top).to.equal(bare.density().evaluate(outer - 0.5 * (outer - inner), d));
    let above = top;
    for (let r = 0; r < 3; r += 0.01) {
      const value = density.evaluate(r, d);
      expect(value).to.be.at.most(above + 1e-12);
      expect(Number.isFinite(d[0]!)).to.equal(true);
      above = value;
    }
  });
});
