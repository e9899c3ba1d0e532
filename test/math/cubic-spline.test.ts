import { expect } from 'chai';
import fc from 'fast-check';
import { CubicSpline, hermiteMatrix } from '../../src/math/cubic-spline.js';

const number = fc.double({ min: -3, max: 3, noNaN: true });

describe('math/cubic-spline', () => {
  const slope = new Float64Array(1);

  it('gives back every cubic whose values and end slopes it is made from', () => {
    fc.assert(
      fc.property(fc.array(number, { minLength: 4, maxLength: 4 }), fc.integer({ min: 2, max: 12 }), number, ([a, b, c, d], n, x) => {
        const f = (t: number): number => a! + t * (b! + t * (c! + t * d!));
        const g = (t: number): number => b! + t * (2 * c! + 3 * t * d!);
        const values = Float64Array.from({ length: n }, (_, k) => f(-1 + (3 * k) / (n - 1)));
        const spline = new CubicSpline({ first: -1, last: 2, values, slopes: [g(-1), g(2)] });
        const inside = -1 + (Math.abs(x) / 3) * 3;
        expect(spline.evaluate(inside, slope)).to.be.closeTo(f(inside), 1e-9);
        expect(slope[0]).to.be.closeTo(g(inside), 1e-9);
        spline.curvatures().forEach((curvature, k) => {
          expect(curvature).to.be.closeTo(2 * c! + 6 * d! * (-1 + (3 * k) / (n - 1)), 1e-8);
        });
        // straight past both ends
        expect(spline.evaluate(3, slope)).to.be.closeTo(f(2) + g(2), 1e-9);
        expect(spline.evaluate(-1.5, slope)).to.be.closeTo(f(-1) - 0.5 * g(-1), 1e-9);
      }),
    );
  });

  it('is twice continuously differentiable at the knots', () => {
    const spline = new CubicSpline({ first: 0, last: 5, values: Float64Array.of(1, -2, 0.5, 3, 0, 1), slopes: [-4, 2] });
    for (let k = 1; k < 5; k++) {
      const h = 1e-4;
      const second = (x: number): number => {
        spline.evaluate(x + h, slope);
        const right = slope[0]!;
        spline.evaluate(x - h, slope);
        return (right - slope[0]!) / (2 * h);
      };
      expect(second(k - 2 * h)).to.be.closeTo(second(k + 2 * h), 0.05);
      expect(spline.curvatures()[k]).to.be.closeTo(second(k), 0.05);
    }
  });

  it('has knot values and slopes that are linear in its parameters', () => {
    fc.assert(
      fc.property(fc.array(number, { minLength: 4, maxLength: 11 }), (parameters) => {
        const n = parameters.length - 2;
        const spacing = 0.37;
        const spline = new CubicSpline({
          first: 1,
          last: 1 + spacing * (n - 1),
          values: Float64Array.from(parameters.slice(0, n)),
          slopes: [parameters[n]!, parameters[n + 1]!],
        });
        const matrix = hermiteMatrix(n, spacing);
        for (let k = 0; k < n; k++)
          for (const part of [0, 1]) {
            let sum = 0;
            for (let c = 0; c < n + 2; c++) sum += matrix[(2 * k + part) * (n + 2) + c]! * parameters[c]!;
            expect(sum).to.be.closeTo(part === 0 ? parameters[k]! : spline.scaled[k]!, 1e-10);
          }
      }),
    );
  });
});
