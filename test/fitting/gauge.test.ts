import { expect } from 'chai';
import { EquationNetwork, type EquationNetworkSettings } from '../../src/fitting/equation-network.js';
import { fixGauge } from '../../src/fitting/gauge.js';
import { RandomStream } from '../../src/math/random.js';
import { evaluateEam } from '../../src/potentials/evaluate-eam.js';
import { bondedParameters, LOGARITHM, OUTER, SMALL, VARIANTS } from './networks.js';
import { potentialOf } from './problems.js';
import { randomCells } from './structures.js';

const random = RandomStream.fromSeed(71);
const structures = randomCells(random, 5);

/** energies, forces and stresses of the test structures */
const observed = (network: EquationNetwork, p: Float64Array): number[] => {
  const potential = potentialOf(network, p);
  return structures.flatMap((structure) => {
    const { energy, forces, stress } = evaluateEam(potential, structure);
    return [energy, ...forces, ...stress!];
  });
};

function expectSame(found: readonly number[], expected: readonly number[]): void {
  found.forEach((value, k) => {
    expect(value).to.be.closeTo(expected[k]!, 1e-9 * (1 + Math.abs(expected[k]!)));
  });
}

/** density terms that the pair part has too, none with an inner parameter: a linear term can move */
const MOVABLE: EquationNetworkSettings = { ...SMALL, pair: { basis: ['r^-6', 'r^-9', 'r^-1'] }, density: { basis: ['r^-6', 'r^-1'] } };

describe('fixGauge', () => {
  for (const [name, settings] of [...VARIANTS, ['movable linear term', MOVABLE] as const])
    it(`leaves energies, forces and stresses of a network with ${name} unchanged`, () => {
      const network = new EquationNetwork(settings);
      for (let round = 0; round < 6; round++) {
        const p = bondedParameters(network, random);
        // some terms off, as after a search
        if (round > 2)
          network.embedding.parameters.forEach((_, q) => {
            if (q > 0 && random.uniform() < 0.5) p[network.offset.embedding + q] = 0;
          });
        const kept = p.slice();
        const gauged = fixGauge(network, p);
        expect(p).to.deep.equal(kept);
        expectSame(observed(gauged.network, gauged.parameters), observed(network, p));
        expect(gauged.parameters[network.size]).to.equal(p[network.size]);
        const again = fixGauge(gauged.network, gauged.parameters);
        again.parameters.forEach((value, q) => {
          expect(value).to.be.closeTo(gauged.parameters[q]!, 1e-12 * (1 + Math.abs(value)));
        });
      }
    });

  it('makes the coefficient of sqrt(rho) one in size, as in the Sutton-Chen model', () => {
    const network = new EquationNetwork(SMALL);
    for (let round = 0; round < 5; round++) {
      const p = bondedParameters(network, random);
      const { parameters, network: gauged, notes } = fixGauge(network, p);
      expect(parameters[network.offset.embedding]).to.equal(-1);
      // F = -c sqrt(rho): the density carries c^2
      const factor = p[network.offset.embedding]! ** 2;
      expect(parameters[network.offset.density + 1]).to.be.closeTo(p[network.offset.density + 1]! * factor, 1e-12);
      expect(gauged.settings.densityFloor).to.be.closeTo(SMALL.densityFloor * factor, 1e-12);
      expect(notes.join()).to.include('density scaled by');
    }
  });

  it('takes the first embedding term where there is no sqrt(rho)', () => {
    const network = new EquationNetwork({ ...SMALL, embedding: { basis: ['rho', 'rho^2'] } });
    const p = bondedParameters(network, random);
    p[network.offset.embedding] = 0;
    p[network.offset.embedding + 1] = 0.3;
    expect(fixGauge(network, p).parameters[network.offset.embedding + 1]).to.equal(1);
  });

  it('moves a linear term where the pair part has the terms of the density, and only there', () => {
    const network = new EquationNetwork(MOVABLE);
    const linear = network.offset.embedding + 1;
    const p = bondedParameters(network, random);
    const moved = fixGauge(network, p);
    expect(moved.parameters[linear]).to.equal(0);
    expect(moved.notes.join()).to.include('moved into the pair term');
    // the pair part lacks r^-1: the equation would grow
    const without = p.slice();
    without[2] = 0;
    expect(fixGauge(network, without).parameters[linear]).not.to.equal(0);
    // a linear term alone is not moved: F would be empty
    const only = p.slice();
    only[network.offset.embedding] = 0;
    only[network.offset.embedding + 2] = 0;
    expect(Math.abs(fixGauge(network, only).parameters[linear]!)).to.equal(1);
    // exponentials have exponents of their own
    const inner = new EquationNetwork(SMALL);
    expect(fixGauge(inner, bondedParameters(inner, random)).parameters[inner.offset.embedding + 1]).not.to.equal(0);
  });

  it('leaves alone what has no such freedom', () => {
    const network = new EquationNetwork(LOGARITHM);
    const p = bondedParameters(network, random);
    const { parameters, network: same, notes } = fixGauge(network, p);
    expect(parameters).to.deep.equal(p);
    expect(same).to.equal(network);
    expect(notes).to.deep.equal([]);
    const empty = new Float64Array(new EquationNetwork(OUTER).size + 1);
    expect(fixGauge(new EquationNetwork(OUTER), empty).parameters).to.deep.equal(empty);
  });
});
