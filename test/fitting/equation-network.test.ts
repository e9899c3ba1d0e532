import { expect } from 'chai';
import { EquationNetwork, NodalEvaluator } from '../../src/fitting/equation-network.js';
import { RandomStream } from '../../src/math/random.js';
import { builtinModel } from '../../src/potentials/builtin.js';
import { EquationPotential } from '../../src/potentials/equation-potential.js';
import { bondedParameters, SMALL, VARIANTS } from './networks.js';

const distances = [1.9, 2.2, 2.59, 2.61, 3, 3.5, 4.1, 4.19];

describe('EquationNetwork', () => {
  for (const [name, settings] of VARIANTS)
    describe(`with ${name}`, () => {
      const network = new EquationNetwork(settings);
      const random = RandomStream.fromSeed(8);
      const nodal = new NodalEvaluator(network, distances);

      it('has the derivatives of its radial functions along all parameters', () => {
        const p = bondedParameters(network, random);
        nodal.evaluate(p, true);
        const n = distances.length;
        const parts = [
          { size: network.pair.size, at: network.offset.pair, values: () => nodal.pair.slice(), jacobian: nodal.pairJacobian.slice() },
          {
            size: network.density.size,
            at: network.offset.density,
            values: () => nodal.density.slice(),
            jacobian: nodal.densityJacobian.slice(),
          },
        ];
        const h = 1e-6;
        for (const { size, at, values, jacobian } of parts)
          for (let q = 0; q < size; q++) {
            const shifted = [h, -h].map((step) => {
              const moved = p.slice();
              moved[at + q]! += step;
              nodal.evaluate(moved, false);
              return values();
            });
            for (let k = 0; k < n; k++) {
              const slope = (shifted[0]![k]! - shifted[1]![k]!) / (2 * h);
              expect(jacobian[q * n + k], `${network.parameters[at + q]!.name} at ${distances[k]}`).to.be.closeTo(
                slope,
                1e-7 * (1 + Math.abs(slope)),
              );
            }
          }
      });

      it('is the potential that its printed equations define', () => {
        for (let round = 0; round < 5; round++) {
          const p = bondedParameters(network, random);
          nodal.evaluate(p, false);
          const { cutoff, cutoffStyle, taperWidth, densityFloor } = settings;
          const model = { ...builtinModel('sr1'), ...network.equations(p), cutoff, cutoffStyle, taperWidth, densityFloor };
          const potential = new EquationPotential(model);
          const d = new Float64Array(1);
          distances.forEach((r, k) => {
            expect(nodal.pair[k]).to.be.closeTo(potential.pair().evaluate(r, d), 1e-11 * (1 + Math.abs(nodal.pair[k]!)));
            expect(nodal.density[k]).to.be.closeTo(potential.density().evaluate(r, d), 1e-11 * (1 + Math.abs(nodal.density[k]!)));
          });
          const rho = Float64Array.of(0.3 + densityFloor, densityFloor);
          const f = new Float64Array(2);
          network.embedding.evaluate(p, network.offset.embedding, rho, f);
          if (densityFloor > 0) expect(f[0]! - f[1]!).to.be.closeTo(potential.embedding().evaluate(0.3, d), 1e-11);
        }
      });
    });

  it('knows which embedding terms are powers of sqrt(rho)', () => {
    const powersOf = (...basis: string[]): readonly number[] | undefined =>
      new EquationNetwork({ ...SMALL, embedding: { basis } }).sqrtPowers;
    expect(powersOf('rho^0.5', 'rho', 'rho^2', 'rho^4')).to.deep.equal([1, 2, 4, 8]);
    expect(powersOf('sqrt(rho)', 'rho^1.5')).to.deep.equal([1, 3]);
    expect(powersOf('rho^0.5', 'rho*log(rho)')).to.equal(undefined);
    expect(powersOf('rho^0.3')).to.equal(undefined);
    expect(powersOf('rho^5')).to.equal(undefined);
    expect(powersOf('rho^-1')).to.equal(undefined);
    expect(new EquationNetwork({ ...SMALL, embedding: { basis: ['rho'], outer: ['exp'] } }).sqrtPowers).to.equal(undefined);
  });

  it('numbers parameters pair, density, embedding without gaps', () => {
    const network = new EquationNetwork(SMALL);
    expect(network.offset).to.deep.equal({ pair: 0, density: 4, embedding: 7 });
    expect(network.size).to.equal(10);
    expect(network.parameters.map(({ network: part }) => part)).to.deep.equal([
      ...Array.from({ length: 4 }, () => 'pair'),
      ...Array.from({ length: 3 }, () => 'density'),
      ...Array.from({ length: 3 }, () => 'embedding'),
    ]);
  });

  it('is zero at and past the cutoff, save for a shift', () => {
    const network = new EquationNetwork(SMALL);
    const nodal = new NodalEvaluator(network, [4.2, 4.3]);
    nodal.evaluate(bondedParameters(network, RandomStream.fromSeed(1)), false);
    expect([...nodal.pair, ...nodal.density]).to.deep.equal([0, 0, 0, 0]);
  });
});
