import { expect } from 'chai';
import { embeddingAtFloor, embeddingDerivatives, embeddingTables } from '../../src/fitting/embedding.js';
import { EquationNetwork } from '../../src/fitting/equation-network.js';
import { RandomStream } from '../../src/math/random.js';
import { bondedParameters, LOGARITHM, SMALL } from './networks.js';

const networks: [string, EquationNetwork][] = [
  ['powers of sqrt(rho)', new EquationNetwork(SMALL)],
  ['other functions', new EquationNetwork(LOGARITHM)],
  ['a second layer', new EquationNetwork({ ...SMALL, embedding: { basis: ['rho^0.5', 'rho'], outer: ['exp'] } })],
];

describe('embeddingDerivatives', () => {
  for (const [name, network] of networks)
    describe(`of ${name}`, () => {
      const p = bondedParameters(network, RandomStream.fromSeed(3));
      const rho = Float64Array.of(0.05, 0.4, 1.3, 6);
      const at = embeddingDerivatives(network, p, rho);
      const n = rho.length;
      const size = network.embedding.size;

      it('has values, slopes and curvatures', () => {
        const value = (x: number): number => embeddingDerivatives(network, p, Float64Array.of(x)).values[0]!;
        const f = new Float64Array(n);
        network.embedding.evaluate(p, network.offset.embedding, rho, f);
        for (let i = 0; i < n; i++) {
          const h = 1e-3 * rho[i]!;
          expect(at.values[i]).to.be.closeTo(f[i]!, 1e-13);
          const slope = (8 * (value(rho[i]! + h) - value(rho[i]! - h)) - (value(rho[i]! + 2 * h) - value(rho[i]! - 2 * h))) / (12 * h);
          expect(at.slopes[i]! / slope).to.be.closeTo(1, 1e-6);
          const curvature = (value(rho[i]! + h) - 2 * value(rho[i]!) + value(rho[i]! - h)) / (h * h);
          expect(at.curvatures[i]! / curvature).to.be.closeTo(1, 1e-4);
        }
      });

      it('has derivatives along the parameters', () => {
        const h = 1e-5;
        for (let q = 0; q < size; q++) {
          const [up, down] = [h, -h].map((step) => {
            const moved = p.slice();
            moved[network.offset.embedding + q]! += step;
            return embeddingDerivatives(network, moved, rho);
          }) as [ReturnType<typeof embeddingDerivatives>, ReturnType<typeof embeddingDerivatives>];
          for (let i = 0; i < n; i++) {
            const byParameter = (up.values[i]! - down.values[i]!) / (2 * h);
            expect(at.byParameter[q * n + i]).to.be.closeTo(byParameter, 1e-7 * (1 + Math.abs(byParameter)));
            const mixed = (up.slopes[i]! - down.slopes[i]!) / (2 * h);
            expect(at.slopesByParameter[q * n + i]).to.be.closeTo(mixed, 2e-6 * (1 + Math.abs(mixed)));
          }
        }
      });

      it('is finite for an atom without neighbours', () => {
        const alone = embeddingDerivatives(network, p, Float64Array.of(0, 1));
        for (const part of Object.values(alone)) for (const value of part) expect(Number.isFinite(value)).to.equal(true);
      });
    });
});

describe('embeddingAtFloor', () => {
  it('is the energy and its derivatives at the floor, and zero without one', () => {
    for (const [, network] of networks) {
      const p = bondedParameters(network, RandomStream.fromSeed(4));
      const by = new Float64Array(network.embedding.size);
      const expected = embeddingDerivatives(network, p, Float64Array.of(SMALL.densityFloor));
      expect(embeddingAtFloor(network, p, by)).to.be.closeTo(expected.values[0]!, 1e-14);
      by.forEach((value, q) => {
        expect(value).to.be.closeTo(expected.byParameter[q]!, 1e-14);
      });
      // without a floor it is F(0), which is zero for powers of rho only
      const bare = new EquationNetwork({ ...network.settings, densityFloor: 0 });
      const f = new Float64Array(1);
      network.embedding.evaluate(p, network.offset.embedding, new Float64Array(1), f);
      by.fill(7);
      expect(embeddingAtFloor(bare, p, by)).to.equal(f[0]);
      if (network.sqrtPowers) {
        expect(f[0]).to.equal(0);
        expect([...by].every((value) => value === 0)).to.equal(true);
      }
    }
  });

  it('is zero where there is no finite value, as in the printed potential', () => {
    const network = new EquationNetwork({ ...SMALL, embedding: { basis: ['rho^0.5', 'rho^-1'] }, densityFloor: 0 });
    const p = bondedParameters(network, RandomStream.fromSeed(4));
    const by = new Float64Array(2);
    expect(embeddingAtFloor(network, p, by)).to.equal(0);
    p[network.offset.embedding + 1] = 0;
    expect(embeddingAtFloor(network, p, by)).to.equal(0);
    expect([...by]).to.deep.equal([0, 0]);
  });
});

describe('embeddingTables', () => {
  it('follow the functions over the whole range of densities', () => {
    const network = networks[1]![1];
    const random = RandomStream.fromSeed(5);
    const candidates = Array.from({ length: 6 }, () => bondedParameters(network, random));
    const highest = 20;
    const { intervals, step, values } = embeddingTables(network, candidates, highest);
    expect((intervals * step) ** 2).to.be.closeTo(highest, 1e-9);
    // a whole number of blocks of four
    expect(values.length).to.equal(8 * (intervals + 1) * 2);
    candidates.forEach((p, c) => {
      for (const rho of [0.001, 0.02, 0.3, 1, 5, 19.9]) {
        const t = Math.sqrt(rho) / step;
        const i = Math.min(Math.floor(t), intervals - 1);
        const x = t - i;
        const [f0, g0, f1, g1] = values.subarray((c * (intervals + 1) + i) * 2) as unknown as [number, number, number, number];
        const rise = f1 - f0;
        const found = f0 + x * (g0 + x * (3 * rise - 2 * g0 - g1 + x * (g0 + g1 - 2 * rise)));
        const exact = new Float64Array(1);
        network.embedding.evaluate(p, network.offset.embedding, Float64Array.of(rho), exact);
        expect(found, `rho ${rho}`).to.be.closeTo(exact[0]!, 1e-6);
      }
    });
  });
});
