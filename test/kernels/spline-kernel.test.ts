import { expect } from 'chai';
import { SplineKernel } from '../../src/kernels/spline-kernel.js';
import { SplineLayout, type SplineShape } from '../../src/kernels/spline-layout.js';
import { RandomStream } from '../../src/math/random.js';
import { S_MEAM_KINDS, type SMeamFunctions, type SMeamModel, SMeamPotential } from '../../src/potentials/s-meam.js';
import { randomSMeam, smallStructure, type Terms } from '../potentials/splines.js';

const VOIGT = [0, 4, 8, 5, 2, 1];

/** The grids of a model. */
function layoutOf({ elements, functions }: SMeamModel): SplineLayout {
  const shapes = S_MEAM_KINDS.map((kind) => [
    kind,
    functions[kind].map(({ first, last, values }) => ({ first, last, count: values.length })),
  ]);
  return new SplineLayout(elements, Object.fromEntries(shapes) as SMeamFunctions<SplineShape>);
}

describe('kernels/spline-kernel', () => {
  for (const terms of ['phi', 'phi rho', 'phi f', 'all'] as Terms[])
    it(`gives the energies, forces, virials and densities of the reference, for an odd number of candidates: ${terms}`, () => {
      const random = RandomStream.fromSeed(2);
      const elements = ['Ti', 'O', 'H'];
      const models = Array.from({ length: 5 }, () => randomSMeam(elements, terms, random));
      const structures = [5, 9].map((n) => smallStructure(elements, n, random));
      const layout = layoutOf(models[0]!);
      const kernel = new SplineKernel(layout, structures);
      const nodal = models.map(({ functions }) => layout.nodal(functions));
      let seen = 0;
      kernel.batch(nodal, true, (f, { energies, forces, virials, densities }) => {
        const structure = structures[f]!;
        models.forEach((model, c) => {
          seen++;
          const { energy, forces: expected, stress, densities: rho } = new SMeamPotential(model).evaluate(structure);
          const [block, lane] = [Math.floor(c / 2), c % 2];
          expect(energies[c]).to.be.closeTo(energy, 1e-9);
          expected.forEach((force, k) => {
            expect(forces[2 * (block * expected.length + k) + lane]).to.be.closeTo(force, 1e-9);
          });
          VOIGT.forEach((at, k) => {
            expect(virials[2 * (6 * block + k) + lane]).to.be.closeTo(stress![at]! * kernel.frames[f]!.volume, 1e-9);
          });
          if (terms === 'phi') return;
          expect(densities[4 * block + lane]).to.be.closeTo(Math.min(...rho), 1e-10);
          expect(densities[4 * block + 2 + lane]).to.be.closeTo(Math.max(...rho), 1e-10);
        });
      });
      expect(seen).to.equal(10);
    });

  it('leaves out angles beyond the reach of f without a difference where f vanishes there', () => {
    const random = RandomStream.fromSeed(3);
    const model = randomSMeam(['Ti'], 'all', random);
    const structure = smallStructure(['Ti'], 8, random);
    const layout = layoutOf(model);
    const nodal = [layout.nodal(model.functions)];
    const found = [layout.cutoff, model.functions.f[0]!.last].map((reach) => {
      let energy = 0;
      let forces: number[] = [];
      new SplineKernel(layout, [structure], reach).batch(nodal, false, (_, result) => {
        energy = result.energies[0]!;
        forces = [...result.forces];
      });
      return { energy, forces };
    });
    expect(found[1]!.energy).to.be.closeTo(found[0]!.energy, 1e-10);
    found[1]!.forces.forEach((force, k) => {
      expect(force).to.be.closeTo(found[0]!.forces[k]!, 1e-10);
    });
  });
});
