import { expect } from 'chai';
import { compile } from '../../src/expressions/expression.js';
import { printText } from '../../src/expressions/print.js';
import { type NetworkShape, SubNetwork } from '../../src/fitting/subnetwork.js';
import { RandomStream } from '../../src/math/random.js';

const shapes: [string, NetworkShape, string, number][] = [
  ['one layer of powers', { basis: ['r^-6', 'r^-1', 'r'] }, 'r', 2.5],
  ['one layer with inner parameters', { basis: ['exp(-r)', 'r^-6', 'exp(-r^2)'] }, 'r', 2.5],
  ['a second layer', { basis: ['exp(-r)', 'r^-1', 'r^-6'], outer: ['exp'] }, 'r', 2.5],
  ['a second layer of two functions', { basis: ['exp(-r)', 'r^-2'], outer: ['exp', 'exp'] }, 'r', 2.5],
  ['an embedding', { basis: ['rho^0.5', 'rho', 'rho^2', 'rho*log(rho)'] }, 'rho', 1],
  ['the same basis function twice', { basis: ['exp(-r)', 'exp(-r)'] }, 'r', 2.5],
];

describe('SubNetwork', () => {
  for (const [name, shape, variable, unit] of shapes)
    describe(`of ${name}`, () => {
      const net = new SubNetwork(shape, variable, unit);
      const random = RandomStream.fromSeed(5);
      const points = Float64Array.of(0.7, 0.9, 1.3, 2);
      const at = 3;
      const parameters = (): Float64Array =>
        Float64Array.from({ length: at + net.size }, (_, q) => {
          const parameter = net.parameters[q - at];
          return parameter?.role === 'inner' ? random.range(0.5, 3) : random.range(-1, 1);
        });
      const values = (p: Float64Array): Float64Array => {
        const out = new Float64Array(points.length);
        net.evaluate(p, at, points, out);
        return out;
      };

      it('has the derivatives along all of its parameters', () => {
        for (let round = 0; round < 5; round++) {
          const p = parameters();
          const withJacobian = new Float64Array(points.length);
          const jacobian = new Float64Array(net.size * points.length).fill(Number.NaN);
          net.evaluate(p, at, points, withJacobian, jacobian);
          values(p).forEach((value, k) => {
            expect(withJacobian[k]).to.be.closeTo(value, 1e-13 * (1 + Math.abs(value)));
          });
          const h = 1e-6;
          for (let q = 0; q < net.size; q++) {
            const [up, down] = [p.slice(), p.slice()];
            up[at + q]! += h;
            down[at + q]! -= h;
            const [a, b] = [values(up), values(down)];
            for (let k = 0; k < points.length; k++) {
              const slope = (a[k]! - b[k]!) / (2 * h);
              expect(jacobian[q * points.length + k], `${net.parameters[q]!.name} at ${points[k]}`).to.be.closeTo(
                slope,
                1e-7 * (1 + Math.abs(slope)),
              );
            }
          }
        }
      });

      it('prints an equation of the same value', () => {
        for (let round = 0; round < 10; round++) {
          const p = parameters();
          // some terms off
          if (round > 4)
            net.parameters.forEach(({ role }, q) => {
              if (role !== 'inner' && random.uniform() < 0.4) p[at + q] = 0;
            });
          const f = compile(net.expression(p, at));
          const expected = values(p);
          points.forEach((x, k) => {
            const printed = f(x * unit, new Float64Array(1));
            expect(printed, printText(net.expression(p, at), 'x')).to.be.closeTo(expected[k]!, 1e-10 * (1 + Math.abs(expected[k]!)));
          });
        }
      });

      it('differentiates a term of weight zero along its weight', () => {
        const p = parameters();
        const q = net.firstWeight;
        p[at + q] = 0;
        const jacobian = new Float64Array(net.size * points.length);
        net.evaluate(p, at, points, new Float64Array(points.length), jacobian);
        const up = p.slice();
        up[at + q] = 1e-6;
        const [a, b] = [values(up), values(p)];
        points.forEach((_, k) => {
          expect(jacobian[q * points.length + k]).to.be.closeTo(
            (a[k]! - b[k]!) / 1e-6,
            1e-4 * (1 + Math.abs(jacobian[q * points.length + k]!)),
          );
        });
      });
    });

  it('lays its parameters out as inner, weights unit by unit, outer', () => {
    const net = new SubNetwork({ basis: ['exp(-r)', 'r^-1'], outer: ['exp', 'exp'] }, 'r', 2, 3);
    expect(net.parameters.map(({ name, role, term, unit }) => [name, role, term, unit])).to.deep.equal([
      ['a[exp(-r)]', 'inner', 0, 0],
      ['w[exp(-r)]', 'weight', 0, 0],
      ['w[r^-1]', 'weight', 1, 0],
      ['w[exp(-r)]', 'weight', 0, 1],
      ['w[r^-1]', 'weight', 1, 1],
      ['v[exp]', 'outer', 0, 0],
      ['v[exp]', 'outer', 1, 1],
    ]);
    expect(net.firstWeight).to.equal(1);
    expect(net.parameters[1]!.bounds).to.deep.equal([-3, 3]);
  });

  it('writes SR1 as its equation', () => {
    // the pair term of SR1 has a second layer: v exp(sum of terms)
    const net = new SubNetwork({ basis: ['r^-9', 'r^-1'], outer: ['exp'] }, 'r', 1);
    expect(printText(net.expression([-2.5, 10, 0.04]), 'r')).to.equal('0.04*exp(-2.5/r^9 + 10/r)');
    expect(printText(net.expression([-2.5, 10, 0]), 'r')).to.equal('0');
  });

  it('follows a change of its points', () => {
    const net = new SubNetwork({ basis: ['r^-1'] }, 'r', 1);
    const out = new Float64Array(1);
    for (const x of [2, 4, 5, 2]) {
      net.evaluate([1], 0, Float64Array.of(x), out);
      expect(out[0]).to.equal(1 / x);
    }
  });
});
