import { expect } from 'chai';
import { readMlearn } from '../../src/datasets/mlearn/read.js';
import { fuzz, inputError } from './helpers/check.js';

const read = (text: string, options = {}) => readMlearn(text, { file: 'file', ...options });

interface Options {
  cell?: number[][];
  stress?: number[] | number[][];
  [key: string]: unknown;
}

/** A record in the layout of mlearn's data/Mo/training.json. */
function record({
  cell = [
    [4, 0, 0],
    [0, 5, 0],
    [0, 0, 6],
  ],
  stress = [50.97085, 51.18426, 51.20837, 5.72081, 5.79388, 4.89313],
  ...rest
}: Options = {}) {
  const site = (abc: number[]) => ({
    species: [{ element: 'Mo', occu: 1 }],
    abc,
    xyz: [0, 1, 2].map((d) => abc[0]! * cell[0]![d]! + abc[1]! * cell[1]![d]! + abc[2]! * cell[2]![d]!),
    label: 'Mo',
  });
  return {
    structure: {
      '@module': 'pymatgen.core.structure',
      '@class': 'Structure',
      charge: 0,
      lattice: { matrix: cell, a: 4, b: 5, c: 6, alpha: 90, beta: 90, gamma: 90, volume: 120 },
      sites: [site([0, 0, 0]), site([0.25, 0.5, 0.5])],
    },
    num_atoms: 2,
    element: 'Mo',
    group: 'Vacancy',
    outputs: {
      energy: -21.5,
      forces: [
        [0.1, 0.2, 0.3],
        [-0.1, -0.2, -0.3],
      ],
      virial_stress: stress,
    },
    tag: 'train',
    description: 'Snapshot 1 of 12',
    ...rest,
  };
}

const sheared = (plane: 'xy' | 'yz' | 'xz', stress: number[]) => {
  const cell = [
    [4, 0, 0],
    [0, 5, 0],
    [0, 0, 6],
  ];
  const [a, b] = [...plane].map((axis) => 'xyz'.indexOf(axis)) as [number, number];
  cell[b]![a] = 0.2;
  return record({ cell, stress });
};

describe('mlearn JSON', () => {
  it('reads structure, energy, forces and stress in our units and signs', () => {
    const { frames, warnings } = read(JSON.stringify([record()]));
    const frame = frames[0]!;
    expect([...frame.positions]).to.deep.equal([0, 0, 0, 1, 2.5, 3]);
    expect([frame.energy, frame.configType, frame.source, frame.species.join('')]).to.deep.equal([
      -21.5,
      'Vacancy',
      'Snapshot 1 of 12',
      'MoMo',
    ]);
    expect([...frame.forces!]).to.deep.equal([0.1, 0.2, 0.3, -0.1, -0.2, -0.3]);
    // kB, compression positive, xx yy zz xy yz xz (mlearn/potentials/gap.py); 1 kB = 0.1 GPa
    const expected = [50.97085, 5.72081, 4.89313, 5.72081, 51.18426, 5.79388, 4.89313, 5.79388, 51.20837].map((x) => -x / 1602.176634);
    frame.stress!.forEach((x, c) => {
      expect(x).to.be.closeTo(expected[c]!, 1e-15);
    });
    expect(warnings.join()).to.match(/shear stresses are read as xy yz xz; no sheared cells/);
  });

  it('reads the older layout of SNAP, and 3x3 stress', () => {
    const { outputs, ...rest } = record();
    const stress = [
      [10, 1, 2],
      [1, 20, 3],
      [2, 3, 30],
    ];
    const { frames } = read(
      JSON.stringify([{ ...rest, data: { energy_per_atom: -10.75, forces: outputs.forces, virial_stress: stress } }]),
    );
    expect(frames[0]!.energy).to.equal(-21.5);
    expect(frames[0]!.stress![5]).to.be.closeTo(-3 / 1602.176634, 1e-15);
  });

  it('takes tags where the group is only the composition', () => {
    const type = (extra: object) => read(JSON.stringify([record({ ...extra })])).frames[0]!.configType;
    expect(type({ group: 'Mo', tags: ['Strain'] })).to.equal('Strain');
    expect(type({ group: 'Elastic', tags: ['Strain'] })).to.equal('Elastic');
    expect(type({ group: undefined, tag: 'test' })).to.equal('test');
    const named = read(JSON.stringify([record()]), { labels: { configType: 'tag' } });
    expect([named.frames[0]!.configType, named.inventory!.found.configType]).to.deep.equal(['train', 1]);
  });

  it('finds the order of shear stresses from sheared cells', () => {
    const inOrder = (order: string) =>
      JSON.stringify(
        (['xy', 'yz', 'xz'] as const).map((plane) => {
          const stress = [1, 2, 3, 0.1, 0.1, 0.1];
          stress[3 + order.split(' ').indexOf(plane)] = -60;
          return sheared(plane, stress);
        }),
      );
    for (const order of ['xy yz xz', 'xy xz yz', 'yz xz xy']) {
      const { frames, warnings } = read(inOrder(order));
      expect(
        frames.map((f) => [f.stress![1]! > 0.03, f.stress![5]! > 0.03, f.stress![2]! > 0.03]),
        order,
      ).to.deep.equal([
        [true, false, false],
        [false, true, false],
        [false, false, true],
      ]);
      expect(warnings.some((w) => w.includes('sheared cells prove it'))).to.equal(order !== 'xy yz xz');
    }
    const forced = read(inOrder('xy xz yz'), { shearOrder: 'xy yz xz' });
    expect(forced.frames[1]!.stress![5]).to.be.lessThan(0.001);
    expect(forced.warnings.join()).to.match(/say that shear stresses are listed as xy xz yz/);
  });

  it('names file and line of everything that is wrong', () => {
    const pretty = (value: unknown) => JSON.stringify(value, null, 1);
    const bad = (change: (r: ReturnType<typeof record>) => void) => {
      const second = record();
      change(second);
      return pretty([record(), second]);
    };
    const second = pretty([record(), record()]).split('\n').indexOf(' {', 3) + 1;
    const cases: [string, string, number | undefined, RegExp][] = [
      ['element', bad((r) => (r.structure.sites[1]!.species[0]!.element = 'Mx')), second, /record 2: site 2: "Mx" is not an element/],
      ['occupation', bad((r) => (r.structure.sites[0]!.species[0]!.occu = 0.5)), second, /occupation 0.5/],
      ['forces', bad((r) => r.outputs.forces.pop()), second, /forces has 3 numbers, not 6/],
      ['null', bad((r) => ((r.outputs as { energy: unknown }).energy = null)), second, /energy holds null/],
      ['no structure', bad((r) => delete (r as Partial<typeof r>).structure), second, /"structure" is missing/],
      [
        'no volume',
        bad(
          (r) =>
            (r.structure.lattice.matrix = [
              [1, 0, 0],
              [2, 0, 0],
              [0, 0, 1],
            ]),
        ),
        second,
        /no volume/,
      ],
      ['NaN', pretty([record()]).replace('-21.5', 'NaN'), undefined, /not valid JSON/],
      ['cut', pretty([record()]).slice(0, -30), undefined, /the file ends inside the record/],
      ['no end', pretty([record()]).slice(0, -2), undefined, /before the closing \]/],
      ['not JSON', '[1, oops]', 1, /record 1: the record is missing or not an object|not valid JSON/],
    ];
    for (const [name, text, line, message] of cases) {
      const error = inputError(() => read(text));
      expect(error.message, name).to.match(message);
      expect(error.place.file).to.equal('file');
      if (line === undefined) expect(error.place.line).to.be.a('number');
      else expect(error.place.line, `${name}: ${error.message}`).to.equal(line);
    }
  });

  it('survives damage at random places', () => {
    fuzz(JSON.stringify([record(), sheared('xy', [1, 2, 3, 4, 5, 6])], null, 1), read, 1500);
  });
});
