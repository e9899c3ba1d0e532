import { expect } from 'chai';
import fc from 'fast-check';
import { parseComment } from '../../src/datasets/extxyz/comment.js';
import { readExtxyz } from '../../src/datasets/extxyz/read.js';
import { writeExtxyz } from '../../src/datasets/extxyz/write.js';
import type { LabelKeys } from '../../src/datasets/format.js';
import { numberFrom } from '../../src/datasets/numbers.js';
import type { Frame } from '../../src/structures/structure.js';
import { fuzz, inputError } from './helpers/check.js';

const read = (text: string, labels?: LabelKeys) => readExtxyz(text, { file: 'file', ...(labels && { labels }) });
const CELL = 'Lattice="4 0 0 0 5 0 0 0 6"';
const PLAIN = 'Properties=species:S:1:pos:R:3';
const frameText = (comment: string, atoms = ['Cu 0 0 0', 'Cu 1 2 3']) => `${atoms.length}\n${comment}\n${atoms.join('\n')}\n`;
const values = (comment: string) => Object.fromEntries([...parseComment(comment, {})].map(([key, entry]) => [key, entry.value]));

const number = fc.oneof(fc.double({ noNaN: true, noDefaultInfinity: true }), fc.constantFrom(0, -0, 1e-300, 5e-324, 0.1));
const vector = (n: number) => fc.array(number, { minLength: n, maxLength: n }).map((list) => Float64Array.from(list));
const frames: fc.Arbitrary<Frame> = fc.integer({ min: 1, max: 4 }).chain((n) =>
  fc.record(
    {
      // a cell that has a volume, with one row of arbitrary direction
      cell: fc.double({ min: 0.5, max: 50, noNaN: true }).map((a) => Float64Array.of(a, a / 3, 0, 0, a, 0, 0.1, -0, a)),
      pbc: fc.tuple(fc.boolean(), fc.boolean(), fc.boolean()),
      species: fc.array(fc.constantFrom('H', 'Cu', 'Mo', 'Ni'), { minLength: n, maxLength: n }),
      positions: vector(3 * n),
      energy: number,
      forces: vector(3 * n),
      stress: vector(9),
      configType: fc.string({ minLength: 1 }),
      source: fc.oneof(fc.string(), fc.string({ unit: 'binary' })),
      origin: fc.constant({ file: 'file', index: 0 }),
      labelOrigin: fc.record(
        {
          engine: fc.string({ minLength: 1 }),
          version: fc.string(),
          settings: fc.string({ minLength: 1 }),
          input: fc.string(),
          wallSeconds: fc.constantFrom(0, 0.0012, 1.5, 3600),
          changed: fc.constantFrom<Record<string, string>>({ ALGO: 'All' }, { NELM: '400', 'a "b"': "it's = \\ so" }),
        },
        { requiredKeys: ['engine', 'version', 'settings', 'input'] },
      ),
    },
    { requiredKeys: ['cell', 'pbc', 'species', 'positions', 'configType', 'source', 'origin'] },
  ),
);

describe('extended XYZ', () => {
  it('reads back every bit of what it writes', () => {
    fc.assert(
      fc.property(fc.array(frames, { minLength: 1, maxLength: 3 }), (list) => {
        const back = read(writeExtxyz(list)).frames;
        expect(back).to.have.length(list.length);
        back.forEach((frame, k) => {
          const { origin, ...rest } = frame;
          const { origin: _, ...wanted } = list[k]!;
          expect(origin.index).to.equal(k);
          // deep equality of chai tells -0 from 0
          expect(rest).to.deep.equal(wanted);
        });
      }),
      { numRuns: 300 },
    );
  });

  it('reads numbers as JavaScript does, to the last bit, and nothing that is not a number', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (x) =>
        Object.is(numberFrom(Object.is(x, -0) ? '-0' : String(x)), x),
      ),
      { numRuns: 2000 },
    );
    fc.assert(
      fc.property(
        fc.bigInt({ min: -(10n ** 20n), max: 10n ** 20n }),
        fc.integer({ min: 0, max: 30 }),
        fc.integer({ min: -40, max: 40 }),
        (m, d, e) => {
          const digits = String(m)
            .replace('-', '')
            .padStart(d + 1, '0');
          const text = `${m < 0n ? '-' : ''}${digits.slice(0, digits.length - d)}.${digits.slice(digits.length - d)}e${e}`;
          return Object.is(numberFrom(text), Number(text));
        },
      ),
      { numRuns: 2000 },
    );
    expect(['1.5D-3', '+.5', '7.', '-0', '1E+05'].map(numberFrom)).to.deep.equal([1.5e-3, 0.5, 7, -0, 1e5]);
    for (const token of ['', '-', '.', 'NaN', 'inf', '-Infinity', '1e999', '0x10', '1e', '1.2.3', '1_0', '12a', 'e5', '--1'])
      expect(numberFrom(token), token).to.be.NaN;
  });

  it('understands quotes, escapes, arrays of both styles, flags and spaces', () => {
    expect(values(`a="x \\"y\\" \\\\ z" b='it is' c=[1, 2, [3]] d={1 2} e f = 5 "g h"=6 i="1 2 3" j=T k="" l= m=1`)).to.deep.equal({
      a: 'x "y" \\ z',
      b: 'it is',
      c: '[1, 2, [3]]',
      d: '{1 2}',
      e: 'T',
      f: '5',
      'g h': '6',
      i: '1 2 3',
      j: 'T',
      k: '',
      l: '',
      m: '1',
    });
    expect(Object.keys(values('LATTICE="1" properties=x PBC=T Energy=1'))).to.deep.equal(['Lattice', 'Properties', 'pbc', 'Energy']);
    for (const [text, column] of [
      ['a="b', 3],
      ['ab=[1 2', 4],
      ['a=1 a=2', 5],
      ['a="b"c', 6],
      ['=3', 1],
      ['a=[1}', 5],
    ] as const)
      expect(inputError(() => parseComment(text, { file: 'f', line: 3 })).place, text).to.deep.equal({ file: 'f', line: 3, column });
  });

  it('reads the cell and its periodicity in all their spellings', () => {
    const cell = [4, 0, 0, 0, 5, 0, 0, 0, 6];
    for (const lattice of [
      'Lattice="4 0 0 0 5 0 0 0 6"',
      'lattice={4 0 0 0 5 0 0 0 6}',
      'LATTICE=[[4,0,0],[0,5,0],[0,0,6]]',
      'Lattice="4 5 6"',
    ])
      expect([...read(frameText(`${lattice} ${PLAIN}`)).frames[0]!.cell], lattice).to.deep.equal(cell);
    const pbc = (entry: string) => read(frameText(`${CELL} ${PLAIN} ${entry}`)).frames[0]!.pbc;
    expect(pbc('')).to.deep.equal([true, true, true]);
    expect(pbc('pbc="T F true"')).to.deep.equal([true, false, true]);
    expect(pbc('PBC=[False, 1, 0]')).to.deep.equal([false, true, false]);
    const molecule = read(frameText(PLAIN)).frames[0]!;
    expect(molecule.pbc).to.deep.equal([false, false, false]);
    expect(molecule.cell.every((x) => x === 0)).to.equal(true);
  });

  it('finds species, positions and forces in any layout of columns', () => {
    const comment = `${CELL} Properties=tag:I:1:forces:R:3:species:S:1:magmom:R:2:pos:R:3:frozen:L:1`;
    const frame = read(frameText(comment, ['7 1 2 3 Cu nan 9 0.5 0.25 0.125 T', '8 4 5 6 Ni 9 inf 1 2 3 F'])).frames[0]!;
    expect(frame.species).to.deep.equal(['Cu', 'Ni']);
    expect([...frame.positions]).to.deep.equal([0.5, 0.25, 0.125, 1, 2, 3]);
    expect([...frame.forces!]).to.deep.equal([1, 2, 3, 4, 5, 6]);
    expect(read(frameText(`${CELL} Properties=Z:I:1:pos:R:3`, ['29 0 0 0', '28 1 1 1'])).frames[0]!.species).to.deep.equal(['Cu', 'Ni']);
  });

  it('reads plain XYZ, whatever its comment says', () => {
    const { frames: list, warnings } = read("2\nit's a water, at t = 3\n O 0 0 0\n\tH 0 0 1 0.5\r\n1\n\nHe 0 0 0");
    expect(list.map((f) => f.species.join(''))).to.deep.equal(['OH', 'He']);
    expect(warnings.join())
      .to.match(/columns after species x y z are not read/)
      .and.match(/does not end with a line break/);
  });

  it('prefers REF_ keys, and says when others differ', () => {
    const both = `${CELL} Properties=species:S:1:pos:R:3:forces:R:3:REF_forces:R:3 energy=-1 REF_energy=-2`;
    const { frames: list, warnings } = read(frameText(both, ['Cu 0 0 0 1 1 1 2 2 2', 'Cu 1 1 1 -1 -1 -1 -2 -2 -2']));
    expect(list[0]!.energy).to.equal(-2);
    expect(list[0]!.forces![0]).to.equal(2);
    expect(warnings).to.have.length(2);
    const chosen = read(frameText(both, ['Cu 0 0 0 1 1 1 2 2 2']), { energy: 'energy', forces: 'forces' });
    expect([chosen.frames[0]!.energy, chosen.frames[0]!.forces![0]]).to.deep.equal([-1, 1]);
    expect(chosen.inventory!.found).to.deep.equal({ energy: 1, forces: 1 });
    expect(read(frameText(`${CELL} ${PLAIN} Energy=3`)).frames[0]!.energy).to.equal(3);
    expect(read(frameText(`${CELL} ${PLAIN} foo=3`), { energy: 'foo' }).frames[0]!.energy).to.equal(3);
    expect(read(frameText(`${CELL} ${PLAIN} energy=3`), { energy: 'foo' }).frames[0]!.energy).to.equal(undefined);
  });

  it('warns of a free energy that differs, and takes it when asked to', () => {
    const text = frameText(`${CELL} ${PLAIN} energy=-1 free_energy=-1.5`);
    expect(read(text).frames[0]!.energy).to.equal(-1);
    expect(read(text).warnings.join()).to.match(/free_energy/);
    const free = readExtxyz(text, { file: 'file', energyKind: 'free' });
    expect([free.frames[0]!.energy, free.warnings.length]).to.deep.equal([-1.5, 0]);
  });

  it('reads stress as 3x3 or Voigt, and virials as -stress times volume', () => {
    const stress = (entry: string, labels?: LabelKeys) => read(frameText(`${CELL} ${PLAIN} ${entry}`), labels);
    const full = [1, 6, 5, 6, 2, 4, 5, 4, 3];
    expect([...stress('stress="1 6 5 6 2 4 5 4 3"').frames[0]!.stress!]).to.deep.equal(full);
    // ASE's Voigt order: xx yy zz yz xz xy
    expect([...stress('stress=[1,2,3,4,5,6]').frames[0]!.stress!]).to.deep.equal(full);
    // volume 120 Å³
    const virial = `virial="${full.map((x) => -120 * x).join(' ')}"`;
    expect([...stress(virial).frames[0]!.stress!]).to.deep.equal(full);
    expect(stress(`${virial} stress="1 2 3 4 5 6"`).warnings).to.deep.equal([]);
    expect(stress(`${virial} stress="-1 -2 -3 -4 -5 -6"`).warnings.join()).to.match(/opposite sign/);
    expect(stress(`${virial} stress="9 9 9 0 0 0"`, { virial: 'virial' }).frames[0]!.stress![0]).to.equal(1);
    expect(stress('stress="1 2 3 0 1 0 0 0 1"').warnings.join()).to.match(/not symmetric/);
    expect(read(frameText(`${PLAIN} virial="1 2 3 4 5 6"`)).warnings.join()).to.match(/without a cell/);
  });

  it('takes groups and sources', () => {
    const frame = read(frameText(`${CELL} ${PLAIN} config_type="two words" source=Cu_1`)).frames[0]!;
    expect([frame.configType, frame.source]).to.deep.equal(['two words', 'Cu_1']);
    const bare = read(frameText(`${CELL} ${PLAIN} kind=melt`), { configType: 'kind' }).frames[0]!;
    expect([bare.configType, bare.source]).to.deep.equal(['melt', '']);
  });

  it('names file and line of everything that is wrong', () => {
    const good = frameText(`${CELL} ${PLAIN}`);
    const cases: [string, string, number, RegExp][] = [
      ['count', `${good}2.5\n`, 5, /expected the number of atoms of frame 2, found "2\.5"/],
      ['count zero', '0\n\n', 1, /number of atoms of frame 1/],
      ['column missing', frameText(`${CELL} ${PLAIN}`, ['Cu 0 0 0', 'Cu 0 0']), 4, /has 3 of 4 columns \(species, pos\)/],
      ['column too many', frameText(`${CELL} ${PLAIN}`, ['Cu 0 0 0 0', 'Cu 0 0 0']), 3, /more than 4 columns/],
      ['NaN', frameText(`${CELL} ${PLAIN}`, ['Cu 0 NaN 0', 'Cu 0 0 0']), 3, /"NaN" is not a finite number/],
      ['Inf', frameText(`${CELL} ${PLAIN}`, ['Cu 0 0 0', 'Cu 0 0 -inf']), 4, /"-inf" is not a finite number/],
      ['element', frameText(`${CELL} ${PLAIN}`, ['CU 0 0 0', 'Cu 0 0 0']), 3, /"CU" is not the symbol of an element\n.*write "Cu"/],
      ['energy', frameText(`${CELL} ${PLAIN} energy=nan`), 2, /"nan" in energy is not a finite number/],
      ['two energies', frameText(`${CELL} ${PLAIN} energy="1 2"`), 2, /energy has 2 numbers/],
      ['stress', frameText(`${CELL} ${PLAIN} stress="1 2 3"`), 2, /stress has 3 numbers/],
      ['no lattice', frameText(`${PLAIN} pbc="T T T"`), 2, /periodic but has no Lattice/],
      ['short lattice', frameText(`Lattice="1 0 0 0" ${PLAIN}`), 2, /Lattice has 4 numbers/],
      ['no volume', frameText(`Lattice="1 0 0 2 0 0 0 0 1" ${PLAIN}`), 2, /no volume/],
      ['no area', frameText(`Lattice="1 1 0 2 2 0 0 0 1" pbc="T T F" ${PLAIN}`), 2, /no volume/],
      ['zero vector', frameText(`Lattice="1 0 0 0 0 0 0 0 1" ${PLAIN}`), 2, /lattice vector 2 is zero/],
      ['duplicate key', frameText(`${CELL} ${PLAIN} energy=1 energy=2`), 2, /"energy" is given twice/],
      ['duplicate lattice', frameText(`${CELL} ${PLAIN} lattice="1 2 3"`), 2, /"Lattice" is given twice/],
      ['duplicate column', frameText(`${CELL} ${PLAIN}:pos:R:3`), 2, /"pos" twice/],
      ['bad properties', frameText(`${CELL} Properties=species:S:pos:R:3`), 2, /Properties has the part/],
      ['no positions', frameText(`${CELL} Properties=species:S:1`), 2, /no positions/],
      ['scalar forces', frameText(`${CELL} ${PLAIN}:forces:R:1`, ['Cu 0 0 0 0']), 2, /forces:R:1/],
      ['pbc', frameText(`${CELL} ${PLAIN} pbc="T T"`), 2, /pbc="T T" is not understood/],
      ['open quote', frameText(`${CELL} ${PLAIN} source="a`), 2, /never closed/],
      ['cut after count', `${good}2\n`, 5, /ends in frame 2 \(from line 5\), after 0 of its 2 atoms/],
      ['cut in frame 2', `${good}3\n${CELL} ${PLAIN}\nCu 0 0 0\n`, 7, /ends in frame 2 \(from line 5\), after 1 of its 3 atoms/],
      ['absurd count', `99999999\n${CELL} ${PLAIN}\nCu 0 0 0\n`, 3, /after 1 of its 99999999 atoms/],
      [
        'too many atoms',
        `${frameText(`${CELL} ${PLAIN}`, ['Cu 0 0 0', 'Cu 0 0 0', 'Cu 1 1 1']).replace('3', '2')}`,
        5,
        /is the atom count of the frame before it right/,
      ],
    ];
    for (const [name, text, line, message] of cases) {
      const error = inputError(() => read(text));
      expect(error.message, name).to.match(message);
      expect([error.place.file, error.place.line], `${name}: ${error.message}`).to.deep.equal(['file', line]);
    }
  });

  it('refuses a file cut at any place, unless the cut leaves whole frames or whole last numbers', () => {
    const text = frameText(`${CELL} ${PLAIN} energy=-1.25`).repeat(2);
    const first = text.length / 2;
    for (let length = first + 1; length < text.length - 1; length++) {
      let warnings: string[];
      try {
        const result = read(text.slice(0, length));
        warnings = result.warnings;
        // only white space, or a shortened last number: the latter is warned of
        if (result.frames.length === 1) expect(text.slice(first, length).trim(), String(length)).to.equal('');
        else expect(warnings.join()).to.match(/does not end with a line break/);
      } catch (error) {
        expect((error as Error).message, String(length)).to.match(/^file:\d+/);
      }
    }
  });

  it('survives damage at random places', () => {
    fuzz(
      frameText(`${CELL} Properties=species:S:1:pos:R:3:forces:R:3 energy=-1.25 stress="1 2 3 4 5 6" pbc="T T F"`, [
        'Cu 0 0 0 1 2 3',
        'Ni 1 2 3 4 5 6',
      ]).repeat(2),
      read,
      3000,
    );
  });
});
