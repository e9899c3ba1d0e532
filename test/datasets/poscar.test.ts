import { expect } from 'chai';
import { poscar } from '../../src/datasets/poscar/schema.js';

const read = (text: string) => poscar.read(text, { file: 'POSCAR' }).frames[0]!;

describe('POSCAR', () => {
  const head = 'NaCl\n-64\n2 0 0\n0 2 0\n0 0 2\nNa_pv Cl/abc\n1 1\n';

  it('is read with a scale that is a volume, Direct or Cartesian, with selective dynamics', () => {
    const direct = read(`${head}Selective dynamics\nDirect\n0 0 0 T T T\n.5 .5 .5 F F F\n`);
    expect([...direct.cell]).to.deep.equal([4, 0, 0, 0, 4, 0, 0, 0, 4]);
    expect(direct.species).to.deep.equal(['Na', 'Cl']);
    expect([...direct.positions]).to.deep.equal([0, 0, 0, 2, 2, 2]);
    expect(read(`${head}Cartesian\n0 0 0\n1 1 1\n`).positions).to.deep.equal(direct.positions);
    expect(direct.energy).to.equal(undefined);
  });

  it('is known by its name, and refused with the line', () => {
    for (const name of ['POSCAR', 'CONTCAR.3', 'cu.poscar', 'x.vasp']) expect(poscar.sniff(name, ''), name).to.equal(true);
    expect(poscar.sniff('cu.extxyz', '')).to.equal(false);
    expect(() => read(head.replace('Na_pv', 'Qq'))).to.throw(/POSCAR:6: "Qq" is not the symbol/);
    expect(() => read(`${head}Direct\n0 0 0\n`)).to.throw(/POSCAR:10: expected 3 numbers/);
    expect(() => read(`${head}Direct\n0 0 0\n.5 x .5\n`)).to.throw(/POSCAR:10/);
    expect(() => read(`${head.replace('0 0 2', '0 2 0')}Direct\n0 0 0\n.5 .5 .5\n`)).to.throw(/no volume/);
    expect(() => read(`${head.replace('Na_pv Cl/abc\n', '')}Direct\n`)).to.throw(/POSCAR:6: expected chemical symbols/);
  });
});
