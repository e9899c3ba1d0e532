import { expect } from 'chai';
import { InputError } from '../../src/errors.js';
import { PROPERTIES } from '../../src/properties/registry.js';
import { knownNames } from '../../src/workflows/validate/choose.js';
import { parseReference } from '../../src/workflows/validate/reference.js';

const read = (text: string) => parseReference(text, 'reference.yaml', knownNames(PROPERTIES));

describe('workflows/validate/reference', () => {
  it('reads values in the unit of the property, tolerances as numbers or shares', () => {
    const { values, structure, curves } = read(`
structure: fcc
default_tolerance: 5 %
curves: { equation_of_state: [{ label: DFT, source: f, points: [[11.8, 0], [X, 1, 2]] }] }
properties:
  lattice_constant: { value: 3.6, unit: A, tolerance: 0.02, source: a book }
  c11: { value: 1.7, unit: Mbar, tolerance: 0.01, source: b }
  surface_111: { value: 1.3, unit: J/m^2, source: c, others: [{ value: 1.4, source: d }] }
  surface_774: { value: 1300, tolerance: none, source: e }
`);
    expect(structure).to.equal('fcc');
    expect(curves.equation_of_state).to.deep.equal([
      {
        label: 'DFT',
        source: 'f',
        points: [
          [11.8, 0],
          ['X', 1, 2],
        ],
      },
    ]);
    expect(values.get('lattice_constant')).to.deep.include({ value: 3.6, unit: 'Å', tolerance: 0.02 });
    expect(values.get('c11')!.value).to.be.closeTo(170, 1e-9);
    expect(values.get('c11')!.tolerance).to.be.closeTo(1, 1e-9);
    expect(values.get('surface_111')).to.deep.include({ value: 1300, unit: 'mJ/m²', tolerance: 65 });
    expect(values.get('surface_111')!.others[0]!.value).to.equal(1400);
    expect(values.get('surface_774')!.tolerance).to.equal(undefined);
  });

  const wrong: [string, string, RegExp][] = [
    [
      'an unknown name',
      'properties:\n  surfce_111: { value: 1, source: a }\n',
      /reference\.yaml:2:3: there is no property 'surfce_111'; did you mean 'surface_111'/,
    ],
    [
      'points of a property that is none',
      'properties: {}\ncurves:\n  phonon: [{ label: a, source: b, points: [[1, 2]] }]\n',
      /reference\.yaml:3:3: there is no property 'phonon'/,
    ],
    ['a point without a value', 'properties: {}\ncurves:\n  elastic: [{ label: a, source: b, points: [[1]] }]\n', /reference\.yaml:3:/],
    ['a missing source', 'properties:\n  c11: { value: 1 }\n', /'source' is missing/],
    ['a wrong unit', 'properties:\n  c11: { value: 1, unit: eV, source: a }\n', /reference\.yaml:2:26: c11 is in GPa, not in 'eV'/],
    ['an unknown key', 'properties:\n  c11: { value: 1, tolerence: 1, source: a }\n', /tolerence/],
    ['broken YAML', 'properties: [\n', /reference\.yaml:/],
    ['an empty file', '', /empty/],
  ];
  for (const [what, text, message] of wrong)
    it(`says where ${what} stands`, () => {
      expect(() => read(text)).to.throw(InputError, message);
    });
});
