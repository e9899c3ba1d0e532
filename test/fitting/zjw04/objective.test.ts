import { expect } from 'chai';
import { Zjw04Objective, type Zjw04Problem } from '../../../src/fitting/zjw04/objective.js';
import { RandomStream } from '../../../src/math/random.js';
import { evaluateEam } from '../../../src/potentials/evaluate-eam.js';
import { Zjw04Form, type Zjw04Settings } from '../../../src/potentials/zjw04/form.js';
import { zjw04Potential } from '../../../src/potentials/zjw04/model.js';
import { cubic } from '../../../src/structures/lattices.js';
import { repeat } from '../../../src/structures/structure.js';
import { alloyParameters } from '../../potentials/zjw04/parameters.js';
import { modelOf, problemOf } from './problem.js';

describe('fitting/zjw04/objective', () => {
  const settings = (kind: 'eam' | 'adp', cross: 'free' | 'mixed' = 'free'): Zjw04Settings => ({
    elements: ['Ni', 'Mo'],
    kind,
    cross,
    cutoff: 5.2,
    taperWidth: 1,
  });

  for (const [kind, cross] of [
    ['eam', 'free'],
    ['adp', 'free'],
    // derivatives of a pair energy along parameters of both elements
    ['eam', 'mixed'],
  ] as const) {
    it(`predicts what the exact functions give (${kind}, ${cross})`, () => {
      const problem = problemOf(settings(kind, cross), 4, 1);
      const objective = new Zjw04Objective(problem);
      const p = alloyParameters(objective.form);
      const potential = zjw04Potential(modelOf(problem.form, p));
      const { energies, forces } = objective.predict(objective.point([...p, -1, -2]));
      problem.frames.forEach((frame, s) => {
        const exact = evaluateEam(potential, frame);
        const reference = frame.species.reduce((sum, symbol) => sum + (symbol === 'Ni' ? -1 : -2), 0);
        expect(energies[s]).to.be.closeTo((exact.energy + reference) / frame.species.length, 1e-7);
        forces[s]!.forEach((force, k) => {
          expect(force).to.be.closeTo(exact.forces[k]!, 1e-5);
        });
      });
    });

    it(`has the gradient of central differences, stresses, targets and the prior included (${kind}, ${cross})`, () => {
      const problem = problemOf(settings(kind, cross), 4, 1);
      const cell = cubic('fcc', 'Ni', 3.5);
      const target = {
        name: 'x',
        unit: 'eV/atom',
        offset: 0.1,
        terms: [{ structure: 0, coefficient: 1 }],
        value: 0,
        tolerance: 0.5,
        weight: 0.3,
      };
      const objective = new Zjw04Objective({ ...problem, targets: { list: [target], structures: [repeat(cell, [1, 1, 2])] } });
      const point = objective.point([...alloyParameters(objective.form).map((x, q) => x * (1 + 0.03 * Math.cos(q))), -1, -2]);
      const gradient = new Float64Array(objective.size);
      const loss = objective.gradient(point, gradient);
      expect(loss).to.be.closeTo(objective.loss(point), 1e-12);
      const size = Math.max(...gradient.map(Math.abs));
      // the scale of the densities is held
      expect(objective.form.parameters.filter((_, q) => !objective.active[q])).to.deep.equal([{ of: 'Ni', name: 'rho_e' }]);
      for (let q = 0; q < objective.size; q++) {
        if (!objective.active[q]) {
          expect(gradient[q]).to.equal(0);
          continue;
        }
        const step = 1e-5 * Math.max(1, Math.abs(point[q]!));
        const [up, down] = [point.slice(), point.slice()];
        up[q]! += step;
        down[q]! -= step;
        const expected = (objective.loss(up) - objective.loss(down)) / (2 * step);
        expect(gradient[q], `parameter ${q}`).to.be.closeTo(expected, 1e-6 * size);
      }
    });
  }

  it('has the Gauss-Newton matrix of all parameters in which that of some is found, and one that sums the gradient of single frames', () => {
    const problem = problemOf(settings('adp'), 3, 2);
    const objective = new Zjw04Objective(problem);
    const n = objective.size;
    const point = objective.point([...alloyParameters(objective.form), -1, -2]);
    const [g, h, some, part] = [new Float64Array(n), new Float64Array(n * n), new Float64Array(n), new Float64Array(n * n)];
    objective.linearise(point, g, h);
    objective.linearise(point, some, part, objective.linear);
    for (let a = 0; a < n; a++) {
      if (!objective.linear[a]) continue;
      expect(some[a]).to.be.closeTo(g[a]!, 1e-9);
      for (let b = 0; b < n; b++) if (objective.linear[b]) expect(part[a * n + b]).to.be.closeTo(h[a * n + b]!, 1e-9);
      expect(h[a * n + a]).to.be.at.least(0);
    }
    const sum = new Float64Array(n);
    for (let s = 0; s < 3; s++) {
      const one = new Float64Array(n);
      objective.batchGradient(point, one, [s]);
      one.forEach((x, q) => {
        sum[q]! += x / 3;
      });
    }
    sum.forEach((x, q) => {
      expect(x).to.be.closeTo(g[q]!, 1e-9);
    });
  });

  it('forbids parameters that are no numbers, and has none that are not positive where they have to be', () => {
    const problem: Zjw04Problem = problemOf(settings('eam'), 3, 3);
    const objective = new Zjw04Objective(problem);
    const point = objective.point([...alloyParameters(objective.form), 0, 0]);
    point[3] = Number.NaN;
    expect(objective.loss(point)).to.equal(Infinity);
    const far = RandomStream.fromSeed(1);
    const form = new Zjw04Form(problem.form);
    const parameters = objective.parameters(point.map(() => 3 * far.normal()));
    form.positive.forEach((on, q) => {
      if (on) expect(parameters[q]).to.be.above(0);
    });
  });
});
