import { expect } from 'chai';
import fc from 'fast-check';
import { InputError } from '../../../src/errors.js';
import { compile, type Expression } from '../../../src/expressions/expression.js';
import { parseExpression } from '../../../src/expressions/parse.js';
import { searchAlloy } from '../../../src/fitting/alloy/fit.js';
import { AlloyForm, type AlloyFunction } from '../../../src/fitting/alloy/form.js';
import { setEquations } from '../../../src/fitting/alloy/from-equations.js';
import { fixAlloyGauge } from '../../../src/fitting/alloy/gauge.js';
import { AlloyObjective } from '../../../src/fitting/alloy/objective.js';
import { RandomStream } from '../../../src/math/random.js';
import { suttonChenAlloy } from '../../potentials/alloy/sutton-chen.js';
import { alloyFrames, alloyProblem, alloySettings } from './problem.js';

const valueAt = (expression: Expression, x: number): number => compile(expression)(x, new Float64Array(1));

describe('fitting/alloy/from-equations', () => {
  const form = new AlloyForm({ ...alloySettings('own'), pair: ['exp(-r)', 'exp(-r^2)', 'r^-6', 'r^-9', 'r^-10.5', 'r^-12'] });
  const truth = suttonChenAlloy(5.5, 2);
  const frames = alloyFrames(truth, 15, 1);

  it('reads back the equations that a form prints, in any gauge', () => {
    const objective = new AlloyObjective({ ...alloyProblem(form.settings, frames.slice(0, 3)), form: form.settings });
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1000 }), (seed) => {
        const random = RandomStream.fromSeed(seed);
        const p = new Float64Array(objective.size);
        for (const { kind, weights, inner } of form.functions)
          weights.forEach((weight, term) => {
            if (term > 0 && random.uniform() < 0.4) return;
            p[weight] = kind === 'density' ? 0.5 : kind === 'embedding' && term === 0 ? -1 : 0.1 * random.normal();
            if (inner[term]! >= 0) p[inner[term]!] = 1 + random.uniform();
          });
        const gauged = fixAlloyGauge(form, p);
        const equations = gauged.form.equations(gauged.parameters);
        const back = new Float64Array(objective.size);
        const set = setEquations(form, back, {
          densityFloor: gauged.form.settings.densityFloor,
          equation: ({ kind, of }) => equations[form.functions.findIndex((f) => f.kind === kind && f.of === of)],
        });
        expect(set).to.have.length(form.size);
        const [a, b] = [objective.predict(p), objective.predict(back)];
        a.energies.forEach((energy, s) => {
          expect(b.energies[s]).to.be.closeTo(energy, 1e-9);
        });
        expect([...form.active(back)]).to.deep.equal([...form.active(p)]);
      }),
      { numRuns: 20 },
    );
  });

  it('changes no energy where the density floor is another, whatever the terms of F', () => {
    const basis = ['rho^0.5', 'rho', 'rho*log(rho)', 'exp(-rho)', 'exp(-rho^2)'];
    const own = new AlloyForm({ ...alloySettings('own'), embedding: basis });
    const { densityFloor } = own.settings;
    const embedding = (text: string, floor: number) => {
      const p = new Float64Array(own.size);
      setEquations(own, p, {
        densityFloor: floor,
        equation: ({ kind, of }) => (kind === 'embedding' && of === 'Cu' ? parseExpression(text, 'rho') : undefined),
      });
      return own.equations(p)[own.functions.findIndex(({ kind, of }) => kind === 'embedding' && of === 'Cu')]!;
    };
    const texts = ['-1.5*sqrt(rho) + 0.3*exp(-2*rho)', '0.4*rho + 0.2*exp(-1.3*rho^2)'];
    for (const text of texts)
      for (const rho of [0.3, 1, 2]) {
        const found = embedding(text, 4 * densityFloor);
        // densities become a quarter
        expect(valueAt(found, rho / 4), text).to.be.closeTo(valueAt(parseExpression(text, 'rho'), rho), 1e-12);
      }
    expect(valueAt(embedding('2*rho*log(rho)', densityFloor), 0.7)).to.be.closeTo(1.4 * Math.log(0.7), 1e-12);
    expect(() => embedding('2*rho*log(rho)', 4 * densityFloor)).to.throw(InputError, 'logarithm');
  });

  it('names a term that the networks do not have', () => {
    for (const text of ['3/r^7', 'exp(-2*r)/r', '2', 'exp(exp(r))', '3/r^6 + 2/r^6*exp(-r)'])
      expect(
        () =>
          setEquations(form, new Float64Array(form.size), {
            densityFloor: 0.01,
            equation: ({ kind, of }: AlloyFunction) => (kind === 'pair' && of === 'Cu-Cu' ? parseExpression(text, 'r') : undefined),
          }),
        text,
      ).to.throw(InputError, 'Cu-Cu');
  });

  it('lets a search begin with the equations of the elements', () => {
    const settings = alloySettings('own');
    const networks = new AlloyForm(settings);
    const parameters = new Float64Array(networks.size);
    const known = new Uint8Array(networks.size);
    const at = { 'Cu-Cu': truth.pair[0]!, 'Ag-Ag': truth.pair[2]! };
    const set = setEquations(networks, parameters, {
      densityFloor: truth.densityFloor,
      equation: ({ kind, of }) => (kind === 'pair' ? at[of as keyof typeof at] : truth[kind][of === 'Cu' ? 0 : 1]),
    });
    for (const q of set) known[q] = 1;
    const search = { seed: 1, coarseSteps: 20, steps: 20, coarseAtoms: 70, tolerance: 1.05, terms: 3 };
    const { parameters: found, loss, front } = searchAlloy({ ...alloyProblem(settings, frames), start: { parameters, known } }, search, 0);
    expect(loss).to.be.below(1e-5);
    expect(front!.length).to.be.at.most(settings.pair.length);
    expect(networks.equations(found).map((equation) => (equation.kind === 'sum' ? equation.terms.length : 1))).to.deep.equal(
      new Array(7).fill(1),
    );
  });
});
