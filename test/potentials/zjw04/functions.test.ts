import { existsSync, readFileSync } from 'node:fs';
import { expect } from 'chai';
import { RandomStream } from '../../../src/math/random.js';
import { readTabulatedEam } from '../../../src/potentials/tabulated-eam.js';
import { Zjw04Form, type Zjw04Settings } from '../../../src/potentials/zjw04/form.js';
import type { ParametricFunction } from '../../../src/potentials/zjw04/parametric.js';
import { publishedZjw04 } from '../../../src/potentials/zjw04/published.js';
import { alloyParameters } from './parameters.js';

const ALLOY: Zjw04Settings = { elements: ['Ni', 'Mo'], kind: 'adp', cross: 'free', cutoff: 6, taperWidth: 1 };

/** Largest difference between derivatives and central differences, relative to their size. */
function worst(f: ParametricFunction, x: number, p: Float64Array): number {
  const out = new Float64Array(1 + f.parameters.length);
  const other = out.slice();
  f.evaluate(x, p, out);
  const slope = (f.evaluate(x + 1e-5, p, other) - f.evaluate(x - 1e-5, p, other)) / 2e-5;
  let most = Math.abs(slope - out[0]!) / (1 + Math.abs(slope));
  f.parameters.forEach((q, k) => {
    const step = 1e-6 * Math.max(1, Math.abs(p[q]!));
    const [up, down] = [p.slice(), p.slice()];
    up[q]! += step;
    down[q]! -= step;
    const expected = (f.evaluate(x, up, other) - f.evaluate(x, down, other)) / (2 * step);
    most = Math.max(most, Math.abs(expected - out[1 + k]!) / (1 + Math.abs(expected)));
  });
  return most;
}

describe('potentials/zjw04', () => {
  for (const cross of ['free', 'mixed'] as const)
    it(`has the derivatives of central differences, along distance or density and every parameter (cross: ${cross})`, () => {
      const form = new Zjw04Form({ ...ALLOY, cross });
      const p = alloyParameters(form);
      const random = RandomStream.fromSeed(1);
      for (const f of [...form.density, ...form.pair, ...form.dipole, ...form.quadrupole])
        for (let k = 0; k < 10; k++) expect(worst(f, random.range(1.8, 5.95), p)).to.be.below(2e-7);
      // all three branches and both switches
      for (const f of form.embedding) for (let k = 0; k < 20; k++) expect(worst(f, random.range(2, 70), p)).to.be.below(2e-7);
    });

  it('vanishes at the cutoff and beyond, with its slope', () => {
    const form = new Zjw04Form(ALLOY);
    const p = alloyParameters(form);
    for (const f of [...form.density, ...form.pair, ...form.dipole, ...form.quadrupole]) {
      const out = new Float64Array(1 + f.parameters.length);
      expect(Math.abs(f.evaluate(6 - 1e-4, p, out))).to.be.below(1e-9);
      expect(Math.abs(out[0]!)).to.be.below(1e-6);
      expect(f.evaluate(6, p, out)).to.equal(0);
      expect([...out].every((x) => x === 0)).to.equal(true);
    }
  });

  it('has no energy without neighbours, whatever the scale of the densities', () => {
    const form = new Zjw04Form(ALLOY);
    for (const scale of [0.05, 0.1, 0.5, 1]) {
      const p = alloyParameters(form).map((x, q) => (['fe', 'rho_e', 'rho_s'].includes(form.parameters[q]!.name) ? scale * x : x));
      for (const f of form.embedding) {
        const out = new Float64Array(1 + f.parameters.length);
        expect(Math.abs(f.evaluate(0, p, out))).to.be.below(1e-15);
        for (const x of out.subarray(1)) expect(Math.abs(x)).to.be.below(1e-12);
        for (const rho of [0.2, 1.3]) expect(worst(f, rho, p)).to.be.below(2e-7);
      }
    }
  });

  it('mixes pair energies to those of the elements where both are the same (equation 17)', () => {
    const form = new Zjw04Form({ ...ALLOY, kind: 'eam', cross: 'mixed' });
    const p = new Float64Array(form.size);
    form.parameters.forEach(({ name }, q) => {
      p[q] = publishedZjw04('Ni')[form.at('Ni', name)]!;
    });
    const out = new Float64Array(20);
    for (const r of [2, 2.7, 4.4, 5.5]) expect(form.pair[1]!.evaluate(r, p, out)).to.be.closeTo(form.pair[0]!.evaluate(r, p, out), 1e-12);
  });

  it('is the published potential: density and pair energy of tungsten as in LAMMPS', function () {
    const file = '/usr/share/lammps/potentials/W_zhou.eam.alloy';
    if (!existsSync(file)) {
      console.log(`      no ${file}: the published functions are not compared`);
      this.skip();
    }
    const published = readTabulatedEam(readFileSync(file, 'utf8'), { file });
    const form = new Zjw04Form({ elements: ['W'], kind: 'eam', cross: 'free', cutoff: 20, taperWidth: 1 });
    const p = publishedZjw04('W');
    const out = new Float64Array(20);
    for (const r of [2, 2.5, 3, 4, 5, 6.5]) {
      expect(form.density[0]!.evaluate(r, p, out)).to.be.closeTo(published.density(0, 0).evaluate(r, out), 1e-9);
      expect(form.pair[0]!.evaluate(r, p, out)).to.be.closeTo(published.pair(0, 0).evaluate(r, out), 1e-9);
    }
    // below the first switch
    for (const rho of [2, 10, 20])
      expect(form.embedding[0]!.evaluate(rho, p, out)).to.be.closeTo(published.embedding(0).evaluate(rho, out), 1e-8);
  });
});
