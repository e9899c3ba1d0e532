import { expect } from 'chai';
import { SplineColumns } from '../../src/kernels/spline-columns.js';
import { SplineKernel } from '../../src/kernels/spline-kernel.js';
import { SplineLayout, type SplineShape } from '../../src/kernels/spline-layout.js';
import { RandomStream } from '../../src/math/random.js';
import { S_MEAM_KINDS, type SMeamFunctions, type SMeamModel } from '../../src/potentials/s-meam.js';
import { randomSMeam, smallStructure, type Terms } from '../potentials/splines.js';

function layoutOf({ elements, functions }: SMeamModel): SplineLayout {
  const shapes = S_MEAM_KINDS.map((kind) => [
    kind,
    functions[kind].map(({ first, last, values }) => ({ first, last, count: values.length })),
  ]);
  return new SplineLayout(elements, Object.fromEntries(shapes) as SMeamFunctions<SplineShape>);
}

describe('kernels/spline-columns', () => {
  for (const terms of ['phi', 'phi rho', 'phi f', 'all'] as Terms[])
    it(`has the derivatives along every value and slope that finite differences have: ${terms}`, () => {
      const random = RandomStream.fromSeed(6);
      const elements = ['Ti', 'O'];
      const model = randomSMeam(elements, terms, random);
      const structures = [4, 6].map((n) => smallStructure(elements, n, random));
      const layout = layoutOf(model);
      const reach = model.functions.f[0]?.last ?? layout.cutoff;
      const identity = Float64Array.from({ length: layout.size ** 2 }, (_, k) => (k % (layout.size + 1) === 0 ? 1 : 0));
      const block = { from: 0, count: layout.size, to: 0, width: layout.size, matrix: identity };
      const maps = [true, false].map((all) => ({ columns: layout.size, blocks: [block], all }));
      const kernel = new SplineColumns(layout, structures, reach, maps);
      const plain = new SplineKernel(layout, structures, reach);
      const nodal = layout.nodal(model.functions);
      const atoms = kernel.atomStart[2]!;
      const weights = (n: number) => Float64Array.from({ length: n }, () => random.normal());
      const [forceFirst, virialFirst] = [weights(3 * atoms), weights(12)];
      const residuals = {
        forceSquare: new Float64Array(3 * atoms).fill(1),
        forceFirst,
        virialSquare: new Float64Array(12).fill(1),
        virialFirst,
      };
      // a linear functional of forces and virials, and the energies
      const h = 1e-5;
      const predictions = (p: Float64Array): Float64Array => {
        const out = new Float64Array(2 + 3 * atoms + 12);
        plain.batch([p], true, (f, { energies, forces, virials }) => {
          out[f] = energies[0]!;
          const count = 3 * plain.frames[f]!.atoms;
          for (let k = 0; k < count; k++) out[2 + 3 * kernel.atomStart[f]! + k] = forces[2 * k]!;
          for (let k = 0; k < 6; k++) out[2 + 3 * atoms + 6 * f + k] = virials[2 * k]!;
        });
        return out;
      };
      const found = kernel.normalEquations(nodal, 0, residuals);
      const linear = kernel.normalEquations(nodal, 1, residuals);
      const columns = Array.from(nodal, (_, q) => {
        const moved = (by: number) => predictions(nodal.map((value, k) => (k === q ? value + by : value)));
        const [high, low] = [moved(h), moved(-h)];
        return high.map((value, k) => (value - low[k]!) / (2 * h));
      });
      const kinds = new Map(
        layout.all.flatMap(({ kind, at, count }) => Array.from({ length: 2 * count }, (_, k) => [at + k, kind] as const)),
      );
      const size = layout.size;
      let worst = 0;
      columns.forEach((column, q) => {
        for (const f of [0, 1]) {
          const expected = column[f]!;
          expect(found.energies[f * size + q], `energy ${kinds.get(q)} ${q}`).to.be.closeTo(
            expected,
            1e-6 * Math.max(1, Math.abs(expected)),
          );
        }
        let first = 0;
        for (let k = 0; k < 3 * atoms; k++) first += forceFirst[k]! * column[2 + k]!;
        for (let k = 0; k < 12; k++) first += virialFirst[k]! * column[2 + 3 * atoms + k]!;
        expect(found.gradient[q], `gradient ${kinds.get(q)} ${q}`).to.be.closeTo(first, 1e-5 * Math.max(1, Math.abs(first)));
        const isLinear = kinds.get(q) === 'phi' || kinds.get(q) === 'u';
        if (isLinear) expect(linear.gradient[q]).to.be.closeTo(found.gradient[q]!, 1e-9 * Math.max(1, Math.abs(first)));
        for (let r = q; r < size; r++) {
          let square = 0;
          for (let k = 2; k < column.length; k++) square += column[k]! * columns[r]![k]!;
          worst = Math.max(worst, Math.abs(found.matrix[q * size + r]! - square) / Math.max(1, Math.abs(square)));
        }
      });
      expect(worst).to.be.below(1e-4);
    });
});
