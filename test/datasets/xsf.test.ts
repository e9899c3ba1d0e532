import { expect } from 'chai';
import { readXsf } from '../../src/datasets/xsf/read.js';
import { fuzz, inputError } from './helpers/check.js';

const read = (text: string) => readXsf(text, { file: 'file' });
const VECTORS = '4.0 0.0 0.0\n0.5 5.0 0.0\n0.0 0.0 6.0';

/** as aenet writes it, and the data of the SR1 paper */
const AENET = `# total energy = -850.2747802 eV

CRYSTAL
PRIMVEC
${VECTORS}
PRIMCOORD
2 1
Cu 0.0 0.0 0.0 0.1 -0.2 0.3
Cu 1.0 2.0 3.0 -0.1 0.2 -0.3
`;

describe('XSF', () => {
  it("reads aenet's files: energy from the comment, forces in eV/Å", () => {
    const { frames, warnings } = read(AENET);
    expect(warnings).to.deep.equal([]);
    expect(frames).to.have.length(1);
    const frame = frames[0]!;
    expect(frame.energy).to.equal(-850.2747802);
    expect([...frame.cell]).to.deep.equal([4, 0, 0, 0.5, 5, 0, 0, 0, 6]);
    expect([...frame.forces!]).to.deep.equal([0.1, -0.2, 0.3, -0.1, 0.2, -0.3]);
    expect(frame.pbc).to.deep.equal([true, true, true]);
    expect(frame.stress).to.equal(undefined);
  });

  it("takes forces without that comment as hartree/Å, XCrySDen's unit, and says so", () => {
    const { frames, warnings } = read(AENET.replace(/^#.*\n/, ''));
    // 1 hartree = 27.211386245988 eV (CODATA 2018)
    expect(frames[0]!.forces![0]).to.be.closeTo(2.7211386245988, 1e-12);
    expect(frames[0]!.energy).to.equal(undefined);
    expect(warnings.join()).to.match(/hartree/);
  });

  it('takes forces that are all zero as placeholders', () => {
    const { frames, warnings } = read(AENET.replace('0.1 -0.2 0.3', '0 0 0').replace('-0.1 0.2 -0.3', '0.0 0.0 -0.0'));
    expect(frames[0]!.forces).to.equal(undefined);
    expect(warnings.join()).to.match(/exactly zero/);
  });

  it('reads slabs, polymers, molecules, atomic numbers and ignores what is no structure', () => {
    const body = `PRIMVEC\n${VECTORS}\nCONVVEC\n${VECTORS}\nPRIMCOORD\n1 1\n29 0 0 0\nCONVCOORD\n2 1\nCu 0 0 0\nCu 1 1 1\nBEGIN_BLOCK_DATAGRID_3D\n1 2 3\nEND_BLOCK_DATAGRID_3D\n`;
    expect(read(`SLAB\n${body}`).frames.map((f) => [f.pbc, f.species])).to.deep.equal([[[true, true, false], ['Cu']]]);
    expect(read(`POLYMER\n${body}`).frames[0]!.pbc).to.deep.equal([true, false, false]);
    expect(read(`DIM-GROUP\n2 1\n${body}`).frames[0]!.pbc).to.deep.equal([true, true, false]);
    const molecule = read('# a molecule\n ATOMS\n 6 2.3 -0.1 0.03\n 1 2.3 -0.3 1.07\n').frames[0]!;
    expect([molecule.species, molecule.pbc]).to.deep.equal([
      ['C', 'H'],
      [false, false, false],
    ]);
  });

  it('reads animations of fixed and of changing cell', () => {
    const coordinates = (step: number) => `PRIMCOORD ${step}\n1 1\nCu 0 0 ${step}\n`;
    const fixed = read(`ANIMSTEPS 2\nCRYSTAL\nPRIMVEC\n${VECTORS}\n${coordinates(1)}${coordinates(2)}`).frames;
    expect(fixed.map((f) => [f.positions[2], f.cell[8]])).to.deep.equal([
      [1, 6],
      [2, 6],
    ]);
    const changing = read(
      `ANIMSTEPS 2\nCRYSTAL\n# total energy = -1 eV\nPRIMVEC 1\n${VECTORS}\n${coordinates(1)}# total energy = -2 eV\nPRIMVEC 2\n${VECTORS.replace('6.0', '7.0')}\n${coordinates(2)}`,
    ).frames;
    expect(changing.map((f) => [f.positions[2], f.cell[8], f.energy, f.origin.index])).to.deep.equal([
      [1, 6, -1, 0],
      [2, 7, -2, 1],
    ]);
  });

  it('names file and line of everything that is wrong', () => {
    const cases: [string, string, number, RegExp][] = [
      ['no structure', `CRYSTAL\nPRIMVEC\n${VECTORS}\n`, 6, /without a structure/],
      ['cut', AENET.split('\n').slice(0, 10).join('\n'), 10, /PRIMCOORD ends after 1 of its 2 atoms/],
      ['number', AENET.replace('-0.3\n', 'NaN\n'), 11, /"NaN" is not a finite number/],
      ['element', AENET.replace('Cu 1.0', 'cu 1.0'), 11, /"cu" is not an element\n.*write "Cu"/],
      ['columns', AENET.replace('-0.1 0.2 -0.3', '-0.1 0.2'), 11, /has 6 columns/],
      ['mixed', AENET.replace(' -0.1 0.2 -0.3', ''), 11, /has 4 columns/],
      ['section', AENET.replace('CRYSTAL', 'CRYSTAAL'), 3, /"CRYSTAAL" is not a section/],
      ['unit', AENET.replace('eV', 'Ry'), 1, /total energy is in "Ry"/],
      ['no cell', 'CRYSTAL\nPRIMCOORD\n1 1\nCu 0 0 0\n', 2, /without PRIMVEC/],
      ['no volume', AENET.replace('0.5 5.0 0.0', '8.0 0.0 0.0'), 8, /no volume/],
      ['vectors', AENET.replace('0.5 5.0 0.0\n', ''), 7, /PRIMVEC needs three lines/],
      ['animation', `ANIMSTEPS 3\n${AENET}`, 13, /after 1 structures, but ANIMSTEPS says 3/],
      ['open block', `${AENET}BEGIN_BLOCK_DATAGRID_3D\n1\n`, 12, /no END_BLOCK_DATAGRID_3D/],
    ];
    for (const [name, text, line, message] of cases) {
      const error = inputError(() => read(text));
      expect(error.message, name).to.match(message);
      expect([error.place.file, error.place.line], `${name}: ${error.message}`).to.deep.equal(['file', line]);
    }
  });

  it('survives damage at random places', () => {
    fuzz(AENET, read, 2000);
  });
});
