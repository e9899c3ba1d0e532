import { expect } from 'chai';
import type { SplineTerms } from '../../../src/fitting/splines/form.js';
import { SplineObjective } from '../../../src/fitting/splines/objective.js';
import { printedGauge, scaleDensity, startParameters, stretchEmbedding } from '../../../src/fitting/splines/start.js';
import { RandomStream } from '../../../src/math/random.js';
import { SMeamPotential } from '../../../src/potentials/s-meam.js';
import { type Frame, repeat } from '../../../src/structures/structure.js';
import { randomSMeam } from '../../potentials/splines.js';
import { labelledFrames, problemOf } from './problem.js';

const ELEMENTS = ['Ti', 'O'];

describe('fitting/splines/objective', () => {
  const frames = labelledFrames(randomSMeam(ELEMENTS, 'all', RandomStream.fromSeed(3)), 3, 5, 1);
  const objectiveOf = (terms: SplineTerms) => new SplineObjective(problemOf(frames, ELEMENTS, terms));
  const startOf = (objective: SplineObjective) => {
    const random = RandomStream.fromSeed(9);
    // away from the straight U and the zero phi of a start
    return startParameters(objective, 2.6, random).map((x) => x + 0.05 * random.normal());
  };

  for (const terms of ['phi', 'phi+rho+U', 'phi+f+g+U', 'all'] as SplineTerms[])
    it(`has a gradient along all parameters that finite differences have: ${terms}`, () => {
      const objective = objectiveOf(terms);
      const p = startOf(objective);
      const gradient = new Float64Array(objective.size);
      const loss = objective.gradient(p, gradient);
      expect(loss).to.be.closeTo(objective.loss(p), 1e-12 * loss);
      const h = 1e-6;
      const points = Array.from(p, (_, q) => [h, -h].map((by) => p.map((x, k) => (k === q ? x + by : x)))).flat();
      const losses = objective.losses(points);
      const size = Math.max(...gradient.map(Math.abs));
      gradient.forEach((g, q) => {
        expect(g, `parameter ${q}`).to.be.closeTo((losses[2 * q]! - losses[2 * q + 1]!) / (2 * h), 1e-5 * size);
      });
      // the same along the parameters in which energies are linear alone, and with a matrix that is symmetric and not negative
      const [g, matrix] = [new Float64Array(objective.size), new Float64Array(objective.size ** 2)];
      objective.linearise(p, g, matrix, objective.linear);
      objective.linear.forEach((on, q) => {
        if (on) expect(g[q]).to.be.closeTo(gradient[q]!, 1e-9 * size);
      });
      objective.linearise(p, g, matrix);
      for (let a = 0; a < objective.size; a++) {
        expect(matrix[a * objective.size + a]).to.be.at.least(0);
        for (let b = 0; b < a; b++) expect(matrix[a * objective.size + b]).to.equal(matrix[b * objective.size + a]);
      }
    });

  it('predicts what the potential with these functions gives', () => {
    const objective = objectiveOf('all');
    const p = startOf(objective);
    const { energies, forces, densities } = objective.predict(p);
    const potential = new SMeamPotential({
      ...randomSMeam(ELEMENTS, 'all', RandomStream.fromSeed(1)),
      functions: objective.form.functions(p),
    });
    frames.forEach((frame, s) => {
      const { energy, forces: expected, densities: rho } = potential.evaluate(frame);
      const reference = frame.species.reduce((sum, symbol) => sum + p[objective.form.size + ELEMENTS.indexOf(symbol)]!, 0);
      expect(energies[s]).to.be.closeTo((energy + reference) / frame.species.length, 1e-9);
      expected.forEach((force, k) => {
        expect(forces[s]![k]).to.be.closeTo(force, 1e-9);
      });
      expect(Math.min(...rho)).to.be.at.least(densities[0] - 1e-12);
      expect(Math.max(...rho)).to.be.at.most(densities[1] + 1e-12);
    });
  });

  it('has the loss and the forces of whole frames where it sees only what they repeat', () => {
    const model = randomSMeam(ELEMENTS, 'all', RandomStream.fromSeed(3));
    const potential = new SMeamPotential(model);
    const whole = frames.slice(0, 2).map((frame): Frame => {
      const structure = repeat(frame, [2, 1, 2]);
      const { energy, forces, stress } = potential.evaluate(structure);
      return { ...frame, ...structure, energy, forces, stress: stress! };
    });
    const reduced = problemOf(whole, ELEMENTS, 'all');
    expect(reduced.units.map(({ count }) => count)).to.deep.equal([4, 4]);
    const plain = { ...reduced, units: whole.map((frame) => ({ frame, of: Int32Array.from(frame.species.keys()), count: 1 })) };
    const [one, other] = [new SplineObjective(reduced), new SplineObjective(plain)];
    const p = startOf(one);
    const [g, h] = [new Float64Array(one.size), new Float64Array(one.size)];
    expect(one.gradient(p, g)).to.be.closeTo(other.gradient(p, h), 1e-10);
    expect(one.loss(p)).to.be.closeTo(other.loss(p), 1e-10);
    g.forEach((x, q) => {
      expect(x).to.be.closeTo(h[q]!, 1e-8);
    });
    const [a, b] = [one.predict(p), other.predict(p)];
    b.forces.forEach((forces, s) => {
      expect(a.forces[s]).to.have.length(forces.length);
      forces.forEach((force, k) => {
        expect(a.forces[s]![k]).to.be.closeTo(force, 1e-9);
      });
    });
  });

  it('starts with densities that fill the domain of U, two-body and three-body parts alike', () => {
    for (const terms of ['phi+rho+U', 'phi+f+g+U', 'all'] as SplineTerms[]) {
      const objective = objectiveOf(terms);
      const { densities } = objective.predict(startParameters(objective, 2.6, RandomStream.fromSeed(2)));
      expect(Math.max(...densities.map(Math.abs))).to.be.closeTo(0.9, 1e-9);
    }
  });

  it('keeps the loss in the printed gauge, and U falls there', () => {
    const objective = new SplineObjective(
      problemOf(labelledFrames(randomSMeam(['Ti'], 'all', RandomStream.fromSeed(3)), 3, 5, 1), ['Ti'], 'all'),
    );
    const p = startOf(objective);
    const [from, to] = objective.form.range('u');
    for (const sign of [1, -1]) {
      const turned = p.map((x, q) => (q >= from && q < to ? sign * x : x));
      const printed = printedGauge(objective, turned);
      const before = objective.predict(turned);
      const after = objective.predict(printed);
      after.energies.forEach((energy, s) => {
        expect(energy).to.be.closeTo(before.energies[s]!, 1e-9);
      });
      const { u, f } = objective.form.functions(printed);
      expect(u[0]!.values.at(-1)!).to.be.below(u[0]!.values[0]!);
      expect(Math.max(...f[0]!.values)).to.equal(1);
    }
  });

  it('scales densities and stretches U together without changing straight embedding functions', () => {
    const objective = objectiveOf('all');
    const p = startOf(objective);
    const straight = objective.form.parameters((kind, index) => ({
      evaluate(x, derivative) {
        derivative[0] = -2 - index;
        return kind === 'u' ? (-2 - index) * x : 0;
      },
    }));
    const [from, to] = objective.form.range('u');
    p.set(straight.subarray(from, to), from);
    const before = objective.predict(p);
    scaleDensity(objective, p, 0.5);
    stretchEmbedding(objective, p, 0.5);
    const after = objective.predict(p);
    expect(after.densities[1]).to.be.closeTo(0.5 * before.densities[1], 1e-12);
    after.energies.forEach((energy, s) => {
      expect(energy).to.be.closeTo(before.energies[s]!, 1e-9);
    });
  });
});
