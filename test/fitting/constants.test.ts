import { expect } from 'chai';
import { constantsReport } from '../../src/fitting/constants.js';
import { EquationNetwork } from '../../src/fitting/equation-network.js';
import { openObjective } from '../../src/fitting/problem.js';
import { activeParameters, refine } from '../../src/fitting/refine.js';
import { resampled } from '../../src/fitting/resample.js';
import { RandomStream } from '../../src/math/random.js';
import { bondedParameters } from './networks.js';
import { problemOf } from './problems.js';
import { randomCells } from './structures.js';

// few terms that are not alike, so that each constant is determined
const SETTINGS = {
  pair: { basis: ['r^-9'] },
  density: { basis: ['exp(-r)'] },
  embedding: { basis: ['rho^0.5'] },
  cutoff: 4.2,
  cutoffStyle: 'quintic' as const,
  taperWidth: 1.6,
  lengthUnit: 2.5,
  densityFloor: 0.02,
};
const REFINE = { optimiser: 'levenberg-marquardt' as const, learningRate: 0 };

describe('constantsReport', () => {
  for (const forces of [0, 0.3])
    it(`gives the standard errors that refits to resamples have, where errors are small and normal${forces > 0 ? ', with forces' : ''}`, () => {
      const random = RandomStream.fromSeed(17);
      const network = new EquationNetwork(SETTINGS);
      const truth = bondedParameters(network, random);
      // errors well below the smoothing of the loss: it is a sum of squares there
      const problem = problemOf(SETTINGS, randomCells(random, 60, 4), truth, { noise: 1e-4, random, loss: { forces, nearWeight: 1 } });
      const active = activeParameters(network, truth, true);
      // the gauge: the density's scale stays
      active[network.offset.embedding] = 0;
      const best = refine(openObjective(problem).objective, truth, active, REFINE).parameters;
      const members = Array.from(
        { length: 40 },
        (_, k) => refine(openObjective(resampled(problem, RandomStream.fromSeed(k))).objective, best, active, REFINE).parameters,
      );
      const { list, correlations } = constantsReport(problem, best, active, members);
      expect(list.map(({ part, role }) => `${part} ${role}`)).to.deep.equal([
        'density exponent',
        'density prefactor',
        'pair prefactor',
        'reference energy',
      ]);
      for (const { term, sandwich, bootstrap, value } of list) {
        expect(sandwich, term).to.be.above(0);
        expect(sandwich, term).to.be.below(0.1 * Math.abs(value));
        expect(bootstrap! / sandwich, term).to.be.within(0.6, 1.6);
      }
      correlations.forEach((row, a) => {
        expect(row[a]).to.equal(1);
        row.forEach((value, b) => {
          expect(value).to.be.closeTo(correlations[b]![a]!, 1e-9);
          expect(Math.abs(value)).to.be.at.most(1 + 1e-9);
        });
      });
      // printed values are those of the equation
      const { pair } = network.equations(best);
      expect(JSON.stringify(pair)).to.contain(String(list[2]!.value).slice(0, 12));
      expect(list[0]!.term).to.match(/\*exp\(-[\d.]+\*r\)$/);
    });

  it('gives constants that the data do not determine a large error', () => {
    const random = RandomStream.fromSeed(9);
    const settings = { ...SETTINGS, pair: { basis: ['r^-9', 'r^-9.001'] } };
    const network = new EquationNetwork(settings);
    const truth = bondedParameters(network, random);
    const problem = problemOf(settings, randomCells(random, 30, 4), truth, { noise: 1e-4, random });
    const active = activeParameters(network, truth, true);
    active[network.offset.embedding] = 0;
    const { list, correlations } = constantsReport(problem, truth, active);
    const [a, b] = list.flatMap(({ part }, k) => (part === 'pair' ? [k] : [])) as [number, number];
    expect(list[a]!.sandwich / Math.abs(list[a]!.value)).to.be.above(0.5);
    expect(correlations[a]![b]).to.be.below(-0.999);
    expect(list[a]!.bootstrap).to.equal(undefined);
  });
});
