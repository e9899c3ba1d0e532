import { expect } from 'chai';
import { constants, type Expression } from '../../../src/expressions/expression.js';
import { printText } from '../../../src/expressions/print.js';
import { descendAlloy, finishAlloy, searchAlloy } from '../../../src/fitting/alloy/fit.js';
import { AlloyForm } from '../../../src/fitting/alloy/form.js';
import { setEquations } from '../../../src/fitting/alloy/from-equations.js';
import { fixAlloyGauge } from '../../../src/fitting/alloy/gauge.js';
import { AlloyObjective } from '../../../src/fitting/alloy/objective.js';
import { roundAlloy } from '../../../src/fitting/alloy/rounding.js';
import { suttonChenAlloy } from '../../potentials/alloy/sutton-chen.js';
import { alloyFrames, alloyProblem, alloySettings } from './problem.js';

describe('fitting/alloy/fit', () => {
  const truth = suttonChenAlloy(5.5, 2);
  const frames = alloyFrames(truth, 15, 1);
  const search = { seed: 1, coarseSteps: 40, steps: 20, coarseAtoms: 200, tolerance: 1.05, terms: 3 };
  const shape = (equation: Expression) => printText(equation, 'x').replace(/-?\d+(\.\d+)?(?=[*/]|\*)/, 'c');

  it('finds exponents and constants of a Sutton-Chen alloy back', () => {
    const form = { ...alloySettings('own'), densityFloor: 0.01 };
    const problem = alloyProblem(form, frames);
    const start = searchAlloy(problem, search, 4);
    expect(start.front!.length).to.be.above(10);
    const found = finishAlloy(problem, search, start.parameters);
    const gauged = fixAlloyGauge(new AlloyForm(form), found.parameters.subarray(0, new AlloyForm(form).size));
    const equations = gauged.form.equations(gauged.parameters);
    const expected = [...truth.pair, ...truth.density, ...truth.embedding];
    equations.forEach((equation, k) => {
      expect(shape(equation)).to.equal(shape(expected[k]!));
      const [got, want] = [constants(equation), constants(expected[k]!)];
      want.forEach((value, c) => {
        expect(got[c]! / value, printText(equation, 'x')).to.be.closeTo(1, 0.01);
      });
    });
  });

  it('rounds printed constants to the digits that the loss asks for', () => {
    const form = alloySettings('own');
    const noisy = frames.map((frame, s) => ({ ...frame, energy: frame.energy! * (1 + 0.003 * Math.sin(7 * s)) }));
    const objective = new AlloyObjective(alloyProblem(form, noisy));
    const begun = new Float64Array(objective.size);
    setEquations(objective.form, begun, {
      densityFloor: truth.densityFloor,
      equation: (f) => [...truth.pair, ...truth.density, ...truth.embedding][objective.form.functions.indexOf(f)],
    });
    begun.set([-1, -2], objective.form.size);
    const { parameters } = descendAlloy(objective, begun, 10);
    const rounded = roundAlloy(objective, parameters);
    expect(objective.loss(rounded)).to.be.at.most(1.002 * objective.loss(parameters));
    const gauged = fixAlloyGauge(objective.form, rounded);
    const digits = gauged.form.equations(gauged.parameters).flatMap((equation) =>
      constants(equation).map(
        (x) =>
          x
            .toPrecision(12)
            .replace(/e.*/, '')
            .replace(/[-.]/g, '')
            .replace(/^0+|0+$/g, '').length,
      ),
    );
    expect(Math.max(...digits)).to.be.at.most(8);
    expect(Math.min(...digits)).to.be.at.least(1);
  });

  it('keeps the same terms in all functions of a kind where they share them, and ends when it is asked to', () => {
    const form = alloySettings('shared');
    const problem = alloyProblem(form, frames);
    const { functions } = new AlloyForm(form);
    let calls = 0;
    const stopped = searchAlloy(problem, search, 1, { onStep: () => ++calls === 5 });
    expect(calls).to.equal(5);
    expect(stopped.front).to.equal(undefined);
    const { parameters, front } = searchAlloy(problem, { ...search, coarseSteps: 15, coarseAtoms: 60, terms: 2 }, 1);
    for (const p of [parameters, ...front!.map((entry) => entry.parameters)])
      for (const kind of ['pair', 'density', 'embedding']) {
        const terms = functions.filter((f) => f.kind === kind).map(({ weights }) => weights.map((weight) => p[weight] !== 0).join());
        expect(new Set(terms).size).to.equal(1);
      }
    const count = functions.reduce((sum, { weights }) => sum + weights.filter((weight) => parameters[weight] !== 0).length, 0);
    expect(count).to.be.at.most(2 * functions.length);
  });
});
