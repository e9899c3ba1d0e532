import { expect } from 'chai';
import fc from 'fast-check';
import { complexity } from '../../src/expressions/complexity.js';
import { EquationNetwork, type EquationNetworkSettings } from '../../src/fitting/equation-network.js';
import {
  exchangeTerms,
  type FrontEntry,
  type FrontTask,
  networkComplexity,
  paretoFront,
  prunePath,
  removeOne,
} from '../../src/fitting/front.js';
import { openObjective } from '../../src/fitting/problem.js';
import { activeParameters, refine } from '../../src/fitting/refine.js';
import { RandomStream } from '../../src/math/random.js';
import { between } from '../math/arbitrary.js';
import { bondedParameters, OUTER, SMALL } from './networks.js';
import { problemOf } from './problems.js';
import { randomCells } from './structures.js';

const random = RandomStream.fromSeed(91);
const structures = randomCells(random, 16);
const entry = (nodes: number, loss: number): FrontEntry => ({ parameters: new Float64Array(1), complexity: nodes, loss });

function taskOf(settings: EquationNetworkSettings, noise = 0.005): { task: FrontTask; start: FrontEntry } {
  const network = new EquationNetwork(settings);
  const truth = bondedParameters(network, random);
  const { objective } = openObjective(problemOf(settings, structures, truth, { noise, random, nodes: 20 }));
  const task: FrontTask = {
    network,
    objective,
    refine: { optimiser: 'levenberg-marquardt', learningRate: 1e-4, steps: 30 },
    fitReference: true,
  };
  const refined = refine(objective, truth, activeParameters(network, truth, true), task.refine);
  return { task, start: { ...refined, complexity: networkComplexity(network, refined.parameters) } };
}

/** first-layer weights and second-layer weights that are on, for each network */
const termsOn = (network: EquationNetwork, p: Float64Array): number[] => {
  const active = activeParameters(network, p, true);
  return (['pair', 'density', 'embedding'] as const).map(
    (name) => network[name].parameters.filter(({ role }, q) => role !== 'inner' && active[network.offset[name] + q]).length,
  );
};

describe('paretoFront', () => {
  it('holds exactly the entries that no other one beats', () => {
    const entries = fc.array(fc.tuple(fc.integer({ min: 5, max: 12 }), between(0.01, 1)), { maxLength: 20 });
    fc.assert(
      fc.property(entries, (pairs) => {
        const all = pairs.map(([nodes, loss]) => entry(nodes, loss));
        const front = paretoFront(all);
        front.forEach((member, k) => {
          if (k > 0) {
            expect(member.complexity).to.be.above(front[k - 1]!.complexity);
            expect(member.loss).to.be.below(front[k - 1]!.loss);
          }
        });
        // everything left out is matched, up to a millionth, by something no more complex
        for (const other of all)
          expect(front.some((member) => member.complexity <= other.complexity && member.loss <= other.loss * (1 + 2e-6))).to.equal(true);
        for (const member of front) expect(all).to.include(member);
      }),
    );
  });

  it('holds exactly the entries that no other one beats where they differ in cost as well', () => {
    const entries = fc.array(fc.tuple(fc.integer({ min: 5, max: 9 }), between(0.01, 1), fc.integer({ min: 1, max: 4 })), { maxLength: 20 });
    fc.assert(
      fc.property(entries, (list) => {
        const all = list.map(([nodes, loss, cost]) => ({ ...entry(nodes, loss), cost }));
        const front = paretoFront(all, ({ cost }) => cost);
        const beats = (a: (typeof all)[number], b: (typeof all)[number], by: number): boolean =>
          a.complexity <= b.complexity && a.cost <= b.cost && a.loss <= b.loss * (1 + by);
        for (const member of front)
          for (const other of all) expect(other !== member && beats(other, member, -1e-5) && !beats(member, other, 0)).to.equal(false);
        for (const other of all) expect(front.some((member) => beats(member, other, 2e-6))).to.equal(true);
      }),
    );
  });

  it('leaves out what is forbidden', () => {
    expect(paretoFront([entry(5, Infinity), entry(6, Number.NaN), entry(7, 1)])).to.deep.equal([entry(7, 1)]);
    expect(paretoFront([])).to.deep.equal([]);
  });
});

describe('networkComplexity', () => {
  it('counts the nodes of the three printed equations', () => {
    const network = new EquationNetwork(SMALL);
    const p = bondedParameters(network, random);
    const { pair, density, embedding } = network.equations(p);
    expect(networkComplexity(network, p)).to.equal(complexity(pair) + complexity(density) + complexity(embedding));
    // fewer terms, fewer nodes
    const less = p.slice();
    less[1] = 0;
    expect(networkComplexity(network, less)).to.be.below(networkComplexity(network, p));
  });
});

describe('pruning', () => {
  for (const [name, settings] of [
    ['one layer', SMALL],
    ['a second layer', OUTER],
  ] as const)
    it(`takes one term after the other out of a network with ${name} and leaves one in each part`, () => {
      const { task, start } = taskOf(settings);
      const path = prunePath(task, start);
      expect(path[0]).to.deep.equal(start);
      let before = termsOn(task.network, start.parameters);
      for (const { parameters, loss, complexity: nodes } of path.slice(1)) {
        const now = termsOn(task.network, parameters);
        const gone = before.reduce((total, n, k) => total + n - now[k]!, 0);
        expect(gone).to.equal(1);
        for (const n of now) expect(n).to.be.at.least(1);
        expect(nodes).to.equal(networkComplexity(task.network, parameters));
        expect(loss).to.equal(task.objective.loss(parameters));
        before = now;
      }
      const last = path[path.length - 1]!;
      // the second layer keeps its one function with one term inside
      expect(termsOn(task.network, last.parameters)).to.deep.equal(name === 'one layer' ? [1, 1, 1] : [2, 1, 1]);
      const { pair, density, embedding } = task.network.equations(last.parameters);
      for (const equation of [pair, density, embedding]) expect(equation.kind).not.to.equal('constant');
    });

  it('removes the term that is missed least', () => {
    // r^-9 in the pair part has next to no weight in the truth
    const settings: EquationNetworkSettings = { ...SMALL, density: { basis: ['r^-6'] }, embedding: { basis: ['rho^0.5'] } };
    const network = new EquationNetwork(settings);
    const truth = Float64Array.of(3, 0.4, 0.3, 1e-5, 1, -1, 0.2);
    const { objective } = openObjective(problemOf(settings, structures, truth, { noise: 0.002, random, nodes: 20 }));
    const task: FrontTask = {
      network,
      objective,
      refine: { optimiser: 'levenberg-marquardt', learningRate: 1e-4, steps: 30 },
      fitReference: true,
    };
    const next = removeOne(task, { parameters: truth, loss: objective.loss(truth) })!;
    expect(next.parameters[3]).to.equal(0);
    expect(next.parameters[1]).not.to.equal(0);
  });

  it('ends when there is nothing left to remove, or when told to', () => {
    const settings: EquationNetworkSettings = {
      ...SMALL,
      pair: { basis: ['r^-9'] },
      density: { basis: ['r^-6'] },
      embedding: { basis: ['rho^0.5'] },
    };
    const { task, start } = taskOf(settings);
    expect(removeOne(task, start)).to.equal(undefined);
    expect(prunePath(task, start).length).to.equal(1);
    const long = taskOf(SMALL);
    let asked = 0;
    expect(prunePath({ ...long.task, stop: () => ++asked > 2 }, long.start).length).to.equal(3);
  });
});

describe('exchangeTerms', () => {
  it('finds the term that belongs there instead of the one that does not, and does not grow', () => {
    // the data know r^-6 and exp(-r) in the pair part; the start has r^-9 for r^-6
    const settings: EquationNetworkSettings = { ...SMALL, density: { basis: ['r^-6'] }, embedding: { basis: ['rho^0.5'] } };
    const network = new EquationNetwork(settings);
    const truth = Float64Array.of(3, 0.4, -0.3, 0, 1, -1, 0.2);
    const own = RandomStream.fromSeed(2);
    const { objective } = openObjective(problemOf(settings, randomCells(own, 30), truth, { noise: 0.0005, random: own, nodes: 24 }));
    const task: FrontTask = { network, objective, refine: { optimiser: 'levenberg-marquardt', learningRate: 1e-4 }, fitReference: true };
    const wrong = Float64Array.of(3, 0.4, 0, -0.1, 1, -1, 0.2);
    const refined = refine(objective, wrong, activeParameters(network, wrong, true), task.refine);
    const start: FrontEntry = { ...refined, complexity: networkComplexity(network, refined.parameters) };
    const kept = start.parameters.slice();
    const found = exchangeTerms(task, start);
    expect(start.parameters).to.deep.equal(kept);
    expect(found.loss).to.be.below(0.1 * start.loss);
    expect(found.complexity).to.be.at.most(start.complexity);
    expect(found.complexity).to.equal(networkComplexity(network, found.parameters));
    expect(found.parameters[2]).not.to.equal(0);
    expect(found.parameters[3]).to.equal(0);
  });

  it('never ends above its start, and may grow up to the complexity allowed', () => {
    const { task, start } = taskOf(SMALL);
    const path = prunePath(task, start);
    const from = path[path.length - 2]!;
    const same = exchangeTerms(task, from);
    expect(same.loss).to.be.at.most(from.loss);
    expect(same.complexity).to.be.at.most(from.complexity);
    const more = exchangeTerms(task, from, from.complexity + 8);
    expect(more.loss).to.be.at.most(from.loss);
    expect(more.complexity).to.be.at.most(from.complexity + 8);
    expect(exchangeTerms({ ...task, stop: () => true }, from)).to.equal(from);
  });
});
