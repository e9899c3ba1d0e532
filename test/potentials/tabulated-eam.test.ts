import { existsSync, readFileSync } from 'node:fs';
import { expect } from 'chai';
import { InputError } from '../../src/errors.js';
import { isAdp } from '../../src/potentials/adp.js';
import { evaluateEam } from '../../src/potentials/evaluate-eam.js';
import { LammpsSpline } from '../../src/potentials/lammps-spline.js';
import { readTabulatedEam } from '../../src/potentials/tabulated-eam.js';
import { cubic } from '../../src/structures/lattices.js';

const PUBLISHED = '/usr/share/lammps/potentials';

/** A tiny valid eam/fs file of two elements, one value a line. */
function tiny(change: (lines: string[]) => void = () => {}): string {
  const ramp = (start: number) => Array.from({ length: 6 }, (_, i) => String(start + i));
  const lines = ['one', 'two', 'three', '2 Cu Zr', '6 0.5 6 1.0 5.0'];
  lines.push('29 63.5 3.6 fcc', ...ramp(0), ...ramp(100), ...ramp(200));
  lines.push('40 91.2 3.2 hcp', ...ramp(10), ...ramp(300), ...ramp(400));
  lines.push(...ramp(1), ...ramp(2), ...ramp(3));
  change(lines);
  return `${lines.join('\n')}\n`;
}

describe('potentials/tabulated-eam', () => {
  const slope = new Float64Array(1);

  it('interpolates as LAMMPS does', () => {
    // cubics are exact inside, where the slopes are five-point estimates
    const f = (x: number) => 1 - 2 * x + 0.5 * x ** 2 - 0.1 * x ** 3;
    const spline = new LammpsSpline(
      Float64Array.from({ length: 11 }, (_, i) => f(i * 0.5)),
      0.5,
      'line',
    );
    expect(spline.evaluate(2.3, slope)).to.be.closeTo(f(2.3), 1e-12);
    expect(slope[0]).to.be.closeTo(-2 + 2.3 - 0.3 * 2.3 ** 2, 1e-12);
    // first piece by hand: slopes f1 - f0 and (f2 - f0)/2
    const [f0, f1, f2] = [f(0), f(0.5), f(1)];
    expect(spline.evaluate(0.25, slope)).to.be.closeTo((f0 + f1) / 2 + (f1 - f0 - (f2 - f0) / 2) / 8, 1e-12);
    const end = spline.evaluate(5, slope);
    const last = slope[0]!;
    expect(spline.evaluate(7, slope)).to.be.closeTo(end + 2 * last, 1e-12);
  });

  it('puts the sections of a two-element eam/fs file where LAMMPS puts them', () => {
    const potential = readTabulatedEam(tiny(), { file: 'x.eam.fs' });
    expect(potential.elements).to.deep.equal(['Cu', 'Zr']);
    // section of Cu, second list: what Cu brings to the site of Zr
    expect(potential.density(1, 0).evaluate(2, slope)).to.be.closeTo(202, 1e-12);
    expect(potential.density(0, 1).evaluate(2, slope)).to.be.closeTo(302, 1e-12);
    expect(potential.pair(0, 1).evaluate(2, slope)).to.be.closeTo(4 / 2, 1e-12);
    expect(potential.pair(1, 1).evaluate(2, slope)).to.be.closeTo(5 / 2, 1e-12);
    expect(potential.embedding(1).evaluate(1, slope)).to.be.closeTo(12, 1e-12);
    expect(readTabulatedEam(tiny()).format).to.equal('eam/fs');
  });

  for (const [what, change, expected] of [
    [
      'a word among the values',
      (lines: string[]) => (lines[8] = 'abc'),
      /x\.eam\.fs:9: 'abc' is no finite number .*embedding function of Cu/,
    ],
    ['NaN', (lines: string[]) => (lines[14] = 'nan'), /x\.eam\.fs:15: .*density of Cu at Cu/],
    ['a missing value', (lines: string[]) => lines.splice(9, 1), /x\.eam\.fs:/],
    ['a truncated file', (lines: string[]) => lines.splice(50), /the file ends after/],
    ['too many values', (lines: string[]) => lines.push('1'), /left over/],
    ['a bad grid', (lines: string[]) => (lines[4] = '6 0.5 6 -1.0 5.0'), /x\.eam\.fs:5: expected 'nrho drho nr dr cutoff'/],
    ['too few symbols', (lines: string[]) => (lines[3] = '2 Cu'), /x\.eam\.fs:4: .*number of elements/],
    ['a bad header', (lines: string[]) => (lines[5] = 'Cu 63.5'), /x\.eam\.fs:6: .*atomic number/],
    ['an empty file', (lines: string[]) => lines.splice(0), /x\.eam\.fs/],
  ] as const)
    it(`names ${what} with its line`, () => {
      expect(() => readTabulatedEam(tiny(change), { file: 'x.eam.fs' })).to.throw(InputError, expected);
    });

  it('puts the sections of an adp file where LAMMPS puts them, and knows one by its size', () => {
    const ramp = (start: number) => Array.from({ length: 6 }, (_, i) => String(start + i));
    const lines = ['one', 'two', 'three', '2 Al Cu', '6 0.5 6 1.0 5.0', '13 27.0 4.05 fcc', ...ramp(0), ...ramp(100)];
    lines.push('29 63.5 3.6 fcc', ...ramp(10), ...ramp(300), ...[1, 2, 3, 1000, 2000, 3000, 4000, 5000, 6000].flatMap(ramp));
    const potential = readTabulatedEam(lines.join('\n'));
    expect(potential.format).to.equal('adp');
    if (!isAdp(potential)) throw new Error('no angular terms');
    expect(potential.density(0, 1).evaluate(2, slope)).to.be.closeTo(302, 1e-12);
    expect(potential.density(1, 1).evaluate(2, slope)).to.be.closeTo(302, 1e-12);
    expect(potential.pair(1, 0).evaluate(2, slope)).to.be.closeTo(4 / 2, 1e-12);
    expect(potential.dipole(0, 1).evaluate(2, slope)).to.be.closeTo(2002, 1e-12);
    expect(potential.dipole(1, 1).evaluate(2, slope)).to.be.closeTo(3002, 1e-12);
    expect(potential.quadrupole(0, 0).evaluate(2, slope)).to.be.closeTo(4002, 1e-12);
    expect(potential.quadrupole(1, 0).evaluate(2, slope)).to.be.closeTo(5002, 1e-12);
    // past the end of the table LAMMPS keeps the energy of an adp file, not that of an EAM file
    expect(potential.embedding(0).evaluate(7, slope)).to.equal(5);
    expect(() => readTabulatedEam(lines.slice(0, -1).join('\n'), { format: 'adp' })).to.throw(
      InputError,
      /quadrupole function of Cu and Cu/,
    );
    expect(() => readTabulatedEam(lines.join('\n'), { format: 'eam/alloy' })).to.throw(InputError, /left over/);
  });

  it('says so when an eam/fs file is read as eam/alloy', () => {
    expect(() => readTabulatedEam(tiny(), { format: 'eam/alloy' })).to.throw(InputError, /atomic number|left over/);
  });

  it('gives the energies of published copper potentials', function () {
    if (!existsSync(`${PUBLISHED}/Cu_mishin1.eam.alloy`)) {
      console.log(`      skipped: no potentials in ${PUBLISHED} (Debian package lammps-data)`);
      this.skip();
    }
    const energy = (file: string, a: number) =>
      evaluateEam(readTabulatedEam(readFileSync(`${PUBLISHED}/${file}`, 'utf8'), { file }), cubic('fcc', 'Cu', a)).energy / 4;
    // cohesive energies the potentials were fitted to: Mishin et al., PRB 63, 224106 (2001); Foiles et al., PRB 33, 7983 (1986)
    expect(energy('Cu_mishin1.eam.alloy', 3.615)).to.be.closeTo(-3.54, 1e-3);
    expect(energy('Cu_u3.eam', 3.615)).to.be.closeTo(-3.54, 1e-3);
    // LAMMPS 29 Sep 2021, units metal, fcc 3.615, run 0: E_pair of 4 atoms -14.1608732419487 (with 27.2 x 0.529: Cu_u3 -14.1600000091)
    expect(energy('Cu_mishin1.eam.alloy', 3.615) * 4).to.be.closeTo(-14.1608732419487, 1e-10);
    expect(energy('Cu_u3.eam', 3.615) * 4).to.be.closeTo(-14.1600000091194, 1e-10);
  });
});
