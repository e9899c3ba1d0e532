import { expect } from 'chai';
import fc from 'fast-check';
import { solveCholesky } from '../../src/math/linear.js';

const entry = fc.double({ min: -1, max: 1, noNaN: true });

describe('solveCholesky', () => {
  it('solves every positive definite system', () => {
    const system = fc
      .integer({ min: 1, max: 7 })
      .chain((n) =>
        fc.tuple(fc.constant(n), fc.array(entry, { minLength: n * n, maxLength: n * n }), fc.array(entry, { minLength: n, maxLength: n })),
      );
    fc.assert(
      fc.property(system, ([n, half, x]) => {
        // A = B B^T + 1/10
        const a = new Float64Array(n * n);
        for (let i = 0; i < n; i++)
          for (let j = 0; j < n; j++) {
            for (let k = 0; k < n; k++) a[i * n + j]! += half[i * n + k]! * half[j * n + k]!;
            if (i === j) a[i * n + j]! += 0.1;
          }
        const b = Float64Array.from({ length: n }, (_, i) => x.reduce((total, value, j) => total + a[i * n + j]! * value, 0));
        const kept = b.slice();
        const found = solveCholesky(a.slice(), b, n)!;
        expect(b).to.deep.equal(kept);
        found.forEach((value, k) => {
          expect(value).to.be.closeTo(x[k]!, 1e-9);
        });
      }),
    );
  });

  it('solves a small system to the hand-computed answer', () => {
    // 4 x + 2 y = 2, 2 x + 3 y = 5  ->  x = -1/2, y = 2
    const x = solveCholesky(Float64Array.of(4, 2, 2, 3), Float64Array.of(2, 5), 2)!;
    expect(x[0]).to.be.closeTo(-0.5, 1e-14);
    expect(x[1]).to.be.closeTo(2, 1e-14);
  });

  it('returns undefined for what is not positive definite', () => {
    expect(solveCholesky(Float64Array.of(1, 2, 2, 1), Float64Array.of(1, 1), 2)).to.equal(undefined);
    expect(solveCholesky(Float64Array.of(0), Float64Array.of(1), 1)).to.equal(undefined);
    expect(solveCholesky(Float64Array.of(Number.NaN), Float64Array.of(1), 1)).to.equal(undefined);
  });
});
