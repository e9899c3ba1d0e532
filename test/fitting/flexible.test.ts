import { expect } from 'chai';
import { type FlexibleFit, FlexibleModel, flexibleShape } from '../../src/fitting/flexible.js';
import { noiseScale } from '../../src/fitting/flexible-solver.js';
import { RandomStream } from '../../src/math/random.js';
import { evaluateEam } from '../../src/potentials/evaluate-eam.js';
import type { Frame } from '../../src/structures/structure.js';
import { crystal, displaced, frame, strained } from '../datasets/audit/copper.js';

describe('flexible model of energies', () => {
  const random = RandomStream.fromSeed(21);
  const frames: Frame[] = Array.from({ length: 90 }, (_, k) => {
    const s = 0.03 * random.normal();
    return frame(displaced(strained(crystal(), [s, 0, 0, 0, s, 0, 0, 0, s + 0.02 * random.normal()]), 0.001 * k, random));
  });
  const energies = Float64Array.from(frames, (f) => f.energy! / f.species.length);
  const use = new Uint8Array(frames.length).fill(1);
  let model: FlexibleModel;
  let fit: FlexibleFit;

  before(() => {
    model = new FlexibleModel(frames, { shortest: 1.5, cutoff: 6 });
    fit = model.fit({ energies, use });
  });

  const sizes = (values: Float64Array) => Float64Array.from(values, (e, s) => Math.abs(e - energies[s]!)).sort();

  it('follows the energies of an analytic potential to about a millielectronvolt, also of structures that it has not seen', () => {
    expect(sizes(fit.energies)[45]).to.be.below(1e-3);
    const held = model.crossValidate(
      { energies, use },
      fit,
      frames.map((_, i) => i % 5),
    );
    const errors = sizes(held);
    expect(errors[45]).to.be.below(1.5e-3);
    expect(errors[85]).to.be.below(0.02);
    expect(Array.from(held)).to.not.deep.equal(Array.from(fit.energies));
  });

  it('is not bent by wrong energies, a tenth of all', () => {
    const wrong = energies.map((e, s) => (s % 10 === 3 ? e + 0.1 + 0.02 * s : e));
    const bent = model.fit({ energies: wrong, use });
    const residuals = bent.energies.map((e, s) => e - wrong[s]!);
    const largest = Array.from(residuals.keys())
      .sort((a, b) => Math.abs(residuals[b]!) - Math.abs(residuals[a]!))
      .slice(0, 9);
    expect(largest.sort((a, b) => a - b)).to.deep.equal([3, 13, 23, 33, 43, 53, 63, 73, 83]);
    expect(sizes(bent.energies)[45]).to.be.below(1.5e-3);
  });

  it('tells the difference of two energy zeros and how sure it is', () => {
    const zeroOf = Int32Array.from(frames, (_, s) => s % 2);
    const shifted = energies.map((e, s) => e + 0.4 * (s % 2));
    const { zeros, zeroErrors } = model.fit({ energies: shifted, use, zeroOf });
    expect(zeros[1]! - zeros[0]!).to.be.closeTo(0.4, 1e-3);
    expect(zeroErrors[1]).to.be.within(1e-6, 2e-3);
  });

  it('has exact derivatives', () => {
    const p = fit.parameters;
    const n = p.length;
    const at = new Float64Array(frames.length);
    const jacobian = new Float64Array(frames.length * n);
    model.evaluate(p, undefined, at, jacobian);
    for (let q = 0; q < n; q += 2) {
      const h = 1e-5 * Math.max(1, Math.abs(p[q]!));
      const [up, down] = [h, -h].map((d) => model.energies(p.map((v, k) => (k === q ? v + d : v))));
      for (let s = 0; s < frames.length; s += 13)
        expect(jacobian[s * n + q]).to.be.closeTo((up![s]! - down![s]!) / (2 * h), 1e-5 * (1 + Math.abs(jacobian[s * n + q]!)));
    }
  });

  it('gives a potential with the same energies, and forces near those of the analytic one', () => {
    const potential = model.potential(fit, 'Cu');
    for (const s of [10, 40, 80]) {
      const { energy, forces } = evaluateEam(potential, frames[s]!);
      expect(energy / frames[s]!.species.length + fit.zeros[0]!).to.be.closeTo(fit.energies[s]!, 1e-4);
      let product = 0;
      let a = 0;
      let b = 0;
      forces.forEach((f, k) => {
        product += f * frames[s]!.forces![k]!;
        a += f * f;
        b += frames[s]!.forces![k]! ** 2;
      });
      expect(product / Math.sqrt(a * b)).to.be.above(0.97);
    }
  });

  it('has fewer numbers for fewer structures', () => {
    expect(flexibleShape(1000)).to.deep.equal({ pair: 16, density: 10, embedding: 6, ridge: 1e-2 });
    for (const count of [15, 40, 100]) {
      const { pair, density, embedding } = flexibleShape(count);
      expect(pair + density + embedding).to.be.at.most(Math.max(9, count / 3));
    }
  });

  it('does not let wrong energies near equilibrium raise their own noise scale', () => {
    const task = { energies: Float64Array.from({ length: 100 }, (_, s) => s / 100), use: new Uint8Array(100).fill(1) };
    const residuals = Float64Array.from({ length: 100 }, (_, s) => (s < 40 ? 0.5 : 0.002));
    const sigma = noiseScale(residuals, task);
    expect(sigma[0]).to.be.closeTo(0.002 / 0.6745, 1e-9);
    expect(sigma[99]).to.equal(sigma[0]);
  });
});
