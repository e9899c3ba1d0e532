import { expect } from 'chai';
import fc from 'fast-check';
import { InputError } from '../../src/errors.js';
import { parseExpression } from '../../src/expressions/parse.js';
import { BUILTIN_NAMES, builtinModel } from '../../src/potentials/builtin.js';
import { CUTOFF_STYLES } from '../../src/potentials/cutoffs/index.js';
import { type EquationModel, EquationPotential, readModel, writeModel } from '../../src/potentials/equation-potential.js';
import { evaluateEam } from '../../src/potentials/evaluate-eam.js';
import { cubic } from '../../src/structures/lattices.js';
import { between } from '../math/arbitrary.js';
import { expectDerivative, expectSmoothAt } from '../math/smoothness.js';

const model = (changes: Partial<EquationModel> = {}): EquationModel => ({
  ...builtinModel('sr2', { cutoff: 5.5 }),
  cutoffStyle: 'quintic',
  taperWidth: 2.1,
  ...changes,
});
const d = new Float64Array(1);
const alone = { ...cubic('sc', 'Cu', 40), pbc: [false, false, false] as [boolean, boolean, boolean] };

describe('EquationPotential', () => {
  for (const cutoffStyle of CUTOFF_STYLES)
    describe(`with cutoff style ${cutoffStyle}`, () => {
      const potential = new EquationPotential(model({ cutoffStyle, taperWidth: cutoffStyle === 'mishin' ? 1 : 2.1 }));

      it('is zero from the cutoff on, and continuous there', () => {
        for (const f of [potential.pair(), potential.density()]) {
          for (const r of [5.5, 5.6, 8]) {
            expect(f.evaluate(r, d)).to.equal(0);
            expect(d[0]).to.equal(0);
          }
          // a shift leaves a kink, a taper two continuous derivatives
          expectSmoothAt((r, derivative) => f.evaluate(r, derivative), 5.5, cutoffStyle === 'shift' ? 0 : 2);
        }
      });

      it('has its derivatives', () => {
        const radii = [1.9, 2.5, 3.39, 3.41, 4.4, 5.2, 5.49];
        expectDerivative((r, derivative) => potential.pair().evaluate(r, derivative), radii, 1e-6);
        expectDerivative((r, derivative) => potential.density().evaluate(r, derivative), radii, 1e-6);
        expectDerivative((rho, derivative) => potential.embedding().evaluate(rho, derivative), [0.3, 1, 4, 12], 1e-6);
      });
    });

  it('shifts by the value at the cutoff, as the paper does', () => {
    const shifted = new EquationPotential(model({ cutoffStyle: 'shift', pair: parseExpression('3/r^2', 'r') }));
    expect(shifted.pair().evaluate(2, d)).to.be.closeTo(3 / 4 - 3 / 5.5 ** 2, 1e-15);
    expect(d[0]).to.be.closeTo(-6 / 8, 1e-15);
  });

  it('multiplies by the taper', () => {
    const tapered = new EquationPotential(model({ cutoffStyle: 'polynomial', pair: parseExpression('3/r^2', 'r') }));
    expect(tapered.pair().evaluate(2, d)).to.be.closeTo((3 / 4) * (1 - (2 / 5.5) ** 2) ** 3, 1e-15);
  });

  it('counts the energy from the free atom, whatever the density floor', () => {
    fc.assert(
      fc.property(fc.oneof(fc.constant(0), between(1e-4, 2)), (densityFloor) => {
        const potential = new EquationPotential(model({ densityFloor }));
        expect(potential.embedding().evaluate(0, d)).to.equal(0);
        expect(evaluateEam(potential, alone).energy).to.equal(0);
        const rho = 3.7;
        const plain = new EquationPotential(model()).embedding();
        expect(potential.embedding().evaluate(rho, d)).to.be.closeTo(
          plain.evaluate(rho + densityFloor, d) - plain.evaluate(densityFloor, d),
          1e-12,
        );
      }),
    );
  });

  it('gives a free atom zero energy for rho log rho without a floor', () => {
    const potential = new EquationPotential(model({ embedding: parseExpression('0.3*rho*log(rho) - sqrt(rho)', 'rho') }));
    expect(potential.embedding().evaluate(0, d)).to.equal(0);
    expect(evaluateEam(potential, alone).energy).to.equal(0);
  });

  it('knows its element', () => {
    expect(new EquationPotential(model({ element: 'Ni' })).elements).to.deep.equal(['Ni']);
    expect(() => new EquationPotential(model({ element: 'Qq' }))).to.throw(InputError, 'no chemical symbol');
  });
});

describe('model.json', () => {
  const full = (): EquationModel =>
    model({
      core: { kind: 'zbl', inner: 1.5, outer: 2 },
      densityFloor: 0.002,
      referenceEnergies: { Cu: -0.2412 },
      range: { shortest: 1.93, lowestDensity: 0.4, highestDensity: 3.1 },
    });

  it('reads back what was written', () => {
    for (const original of [full(), model(), ...BUILTIN_NAMES.map((name) => builtinModel(name))])
      expect(readModel(writeModel(original), 'model.json')).to.deep.equal(original);
  });

  const broken: [string, (json: Record<string, unknown>) => unknown, string][] = [
    ['another format', (json) => ({ ...json, format: 'lammps' }), '"format" is not "eqpot-model"'],
    ['a later version', (json) => ({ ...json, version: 2 }), 'version 2 is not known'],
    ['a missing equation', (json) => ({ ...json, equations: { pair: '1/r', density: '1/r' } }), 'equations.embedding is missing'],
    ['no equations', (json) => ({ ...json, equations: undefined }), 'equations.pair is missing'],
    [
      'a wrong equation',
      (json) => ({ ...json, equations: { pair: '1/x', density: '1/r', embedding: 'rho' } }),
      'equations.pair: "x" is neither',
    ],
    ['a text for a number', (json) => ({ ...json, cutoff: '5.5' }), '"cutoff" must be a number'],
    ['a negative cutoff', (json) => ({ ...json, cutoff: -1 }), '"cutoff" must be larger than 0'],
    ['a taper without width', (json) => ({ ...json, taperWidth: 0 }), '"taperWidth" must be larger than 0'],
    ['an unknown cutoff style', (json) => ({ ...json, cutoffStyle: 'cosine' }), 'must be one of shift, quintic, mishin, polynomial'],
    ['a core inside out', (json) => ({ ...json, core: { kind: 'zbl', inner: 2, outer: 1 } }), '0 < inner < outer'],
    ['an unknown core', (json) => ({ ...json, core: { kind: 'hard' } }), '"core" must be of kind'],
    ['no element', (json) => ({ ...json, element: undefined }), '"element" is missing'],
    ['null', () => null, '"format" is not'],
    ['a list', () => [], '"format" is not'],
  ];
  for (const [what, change, message] of broken)
    it(`refuses ${what}`, () => {
      const json = JSON.parse(writeModel(full())) as Record<string, unknown>;
      const text = JSON.stringify(change(json));
      expect(() => readModel(text, 'some/model.json')).to.throw(InputError, message);
      expect(() => readModel(text, 'some/model.json')).to.throw(InputError, 'some/model.json');
    });

  it('refuses what is no JSON', () => {
    expect(() => readModel('{', 'model.json')).to.throw(InputError, 'model.json: this is not valid JSON');
  });
});
