import { expect } from 'chai';
import fc from 'fast-check';
import { AlloyForm } from '../../../src/fitting/alloy/form.js';
import { fixAlloyGauge } from '../../../src/fitting/alloy/gauge.js';
import { AlloyObjective } from '../../../src/fitting/alloy/objective.js';
import { AlloyWalls } from '../../../src/fitting/alloy/walls.js';
import { RandomStream } from '../../../src/math/random.js';
import { type AlloyModel, AlloyPotential } from '../../../src/potentials/alloy/model.js';
import { evaluateEam } from '../../../src/potentials/evaluate-eam.js';
import { suttonChenAlloy } from '../../potentials/alloy/sutton-chen.js';
import { alloyFrames, alloyProblem, alloySettings } from './problem.js';

describe('fitting/alloy/objective', () => {
  const frames = alloyFrames(suttonChenAlloy(5.5, 2), 4, 1);
  const problem = { ...alloyProblem(alloySettings('own'), frames), stiffness: 1e-3 };
  const objective = new AlloyObjective(problem);
  const { form } = objective;

  /** Positive densities, and terms of all kinds. */
  const pointOf = (seed: number): Float64Array => {
    const random = RandomStream.fromSeed(seed);
    const p = new Float64Array(objective.size);
    for (const { kind, weights, inner, basis } of form.functions)
      weights.forEach((weight, term) => {
        const x = random.normal();
        p[weight] = kind === 'density' ? 0.3 + 0.2 * Math.abs(x) : kind === 'pair' ? 0.05 * x : 0.3 * x - (term === 0 ? 1 : 0);
        if (inner[term]! >= 0) p[inner[term]!] = basis[term]!.innerStart + 0.5 * random.normal();
      });
    p.set([-1, -2], form.size);
    return p;
  };

  const modelOf = (networks: AlloyForm, p: Float64Array): AlloyModel => {
    const equations = networks.equations(p);
    const of = (kind: string) => equations.filter((_, k) => networks.functions[k]!.kind === kind);
    return {
      ...suttonChenAlloy(5.5, 2),
      pair: of('pair'),
      density: of('density'),
      embedding: of('embedding'),
      densityFloor: networks.settings.densityFloor,
    };
  };

  it('predicts what the printed equations give, in any gauge', () => {
    const p = pointOf(1);
    const gauged = fixAlloyGauge(form, p);
    expect(gauged.form.settings.densityFloor).to.not.equal(form.settings.densityFloor);
    const { energies, forces } = objective.predict(p);
    for (const model of [modelOf(form, p), modelOf(gauged.form, gauged.parameters)]) {
      const potential = new AlloyPotential(model);
      frames.forEach((frame, s) => {
        const exact = evaluateEam(potential, frame);
        const reference = frame.species.reduce((sum, symbol) => sum + (symbol === 'Cu' ? -1 : -2), 0);
        expect(energies[s]).to.be.closeTo((exact.energy + reference) / frame.species.length, 1e-6);
        forces[s]!.forEach((force, k) => {
          expect(force).to.be.closeTo(exact.forces[k]!, 2e-5);
        });
      });
    }
  });

  it('has the gradient of central differences', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1000 }), (seed) => {
        const point = pointOf(seed);
        const gradient = new Float64Array(objective.size);
        const loss = objective.gradient(point, gradient);
        expect(loss).to.be.closeTo(objective.loss(point), 1e-10 * loss);
        const size = Math.max(...gradient.map(Math.abs));
        for (let q = 0; q < objective.size; q++) {
          const [up, down] = [point.slice(), point.slice()];
          up[q]! += 1e-5;
          down[q]! -= 1e-5;
          expect(gradient[q], `parameter ${q}`).to.be.closeTo((objective.loss(up) - objective.loss(down)) / 2e-5, 2e-6 * size);
        }
      }),
      { numRuns: 3 },
    );
  });

  it('has walls with the gradient of central differences, and a Gauss-Newton matrix that is its square', () => {
    const walls = new AlloyWalls(form, [1.2, 1.9, 2.4], { negativeDensity: true, negativePair: true });
    const point = pointOf(2);
    for (const { kind, weights } of form.functions) if (kind === 'density') point[weights[1]!] = -2;
    const gradient = new Float64Array(objective.size);
    const hessian = new Float64Array(objective.size ** 2);
    expect(walls.add(point, gradient, hessian)).to.equal(walls.add(point));
    const size = Math.max(...gradient.map(Math.abs));
    for (let q = 0; q < form.size; q++) {
      const [up, down] = [point.slice(), point.slice()];
      up[q]! += 1e-6;
      down[q]! -= 1e-6;
      expect(gradient[q], `parameter ${q}`).to.be.closeTo((walls.add(up) - walls.add(down)) / 2e-6, 1e-5 * size);
      for (let k = 0; k < q; k++)
        expect(hessian[q * objective.size + k]! / (hessian[k * objective.size + q]! || 1)).to.be.within(0, 1 + 1e-9);
    }
    const quiet = new AlloyWalls(form, [2.6, 2.6, 2.6], { negativeDensity: false, negativePair: false });
    expect(quiet.add(point)).to.equal(0);
  });

  it('has a finite gradient where a density is as good as none, whatever the floor', () => {
    const settings = { ...alloySettings('own'), densityFloor: 1e-4 };
    const { stress: _, ...labelled } = frames[0]!;
    const dimer = { ...labelled, cell: new Float64Array(9), pbc: [false, false, false] as [boolean, boolean, boolean] };
    const far = {
      ...dimer,
      species: ['Cu', 'Ag'],
      positions: Float64Array.of(0, 0, 0, settings.cutoff - 0.01, 0, 0),
      forces: new Float64Array(6),
    };
    const sparse = new AlloyObjective(alloyProblem(settings, [frames[0]!, { ...far, energy: 0 }]));
    const gradient = new Float64Array(sparse.size);
    const hessian = new Float64Array(sparse.size ** 2);
    const point = [1, 2, 3, 4, 5, 6, 7, 8].map(pointOf).find((p) => Number.isFinite(sparse.loss(p)))!;
    expect(sparse.linearise(point, gradient, hessian)).to.satisfy(Number.isFinite);
    expect(gradient.every(Number.isFinite) && hessian.every(Number.isFinite)).to.equal(true);
  });

  it('does not tell elements apart that have the same functions', () => {
    const p = pointOf(3);
    for (const kind of ['pair', 'density', 'embedding'] as const) {
      const [first, ...others] = form.functions.filter((f) => f.kind === kind);
      for (const f of others)
        f.weights.forEach((weight, term) => {
          p[weight] = p[first!.weights[term]!]!;
          if (f.inner[term]! >= 0) p[f.inner[term]!] = p[first!.inner[term]!]!;
        });
    }
    const same = new AlloyObjective(alloyProblem({ ...alloySettings('own'), lengthUnits: [2.7, 2.7] }, frames));
    const swapped = frames.map((frame) => ({ ...frame, species: frame.species.map((symbol) => (symbol === 'Cu' ? 'Ag' : 'Cu')) }));
    const other = new AlloyObjective(alloyProblem({ ...alloySettings('own'), lengthUnits: [2.7, 2.7] }, swapped));
    p.set([-1, -1], form.size);
    const [a, b] = [same.predict(p), other.predict(p)];
    a.energies.forEach((energy, s) => {
      expect(energy).to.be.closeTo(b.energies[s]!, 1e-12);
    });
  });

  it('switches shared terms together and own ones alone', () => {
    const shared = new AlloyForm(alloySettings('shared'));
    expect(shared.groups).to.have.length(5 + 3 + 3);
    expect(shared.weightsOf(shared.groups[0]!)).to.have.length(3);
    expect(form.groups).to.have.length(3 * 5 + 2 * 3 + 2 * 3);
    const p = pointOf(4);
    p[form.functions[0]!.weights[0]!] = 0;
    const active = form.active(p);
    expect(active[form.functions[0]!.inner[0]!]).to.equal(0);
    expect(active[form.functions[1]!.inner[0]!]).to.equal(1);
  });
});
