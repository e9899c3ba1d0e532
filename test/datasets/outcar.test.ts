import { expect } from 'chai';
import { readOutcar } from '../../src/datasets/outcar/read.js';
import { readVasprun } from '../../src/datasets/vasprun/read.js';
import { fuzz, inputError } from './helpers/check.js';
import { exampleRun, outcarText, vasprunText } from './helpers/vasp.js';

const read = (text: string, options = {}) => readOutcar(text, { file: 'file', ...options });

describe('OUTCAR', () => {
  it('agrees with the vasprun.xml of the same run, to the five decimals of its positions', () => {
    const { frames, warnings } = read(outcarText(exampleRun()));
    const others = readVasprun(vasprunText(exampleRun()), { file: 'file' }).frames;
    expect(warnings).to.deep.equal([]);
    expect(frames).to.have.length(3);
    frames.forEach((frame, k) => {
      const other = others[k]!;
      expect(frame.species).to.deep.equal(other.species);
      expect(frame.energy).to.equal(other.energy);
      expect([...frame.cell]).to.deep.equal([...other.cell]);
      expect([...frame.forces!]).to.deep.equal([...other.forces!]);
      frame.stress!.forEach((x, c) => {
        expect(x).to.be.closeTo(other.stress![c]!, 1e-15);
      });
      frame.positions.forEach((x, c) => {
        expect(x).to.be.closeTo(other.positions[c]!, 5.1e-6);
      });
    });
  });

  it('takes in kB as xx yy zz xy yz zx with the sign turned', () => {
    const stress = read(outcarText(exampleRun())).frames[0]!.stress!;
    // kB of the example: 12.5 -1.5 2.75 4.5 13 -0.25
    const expected = [12.5, 4.5, -0.25, 4.5, -1.5, 13, -0.25, 13, 2.75].map((x) => -x / 1602.176634);
    stress.forEach((x, c) => {
      expect(x).to.be.closeTo(expected[c]!, 1e-15);
    });
  });

  it('gives energy(sigma->0) by option', () => {
    expect(read(outcarText(exampleRun()), { energyKind: 'sigma0' }).frames[1]!.energy).to.equal(-34.36836054);
  });

  it('reads numbers that a minus sign joins', () => {
    const text = outcarText(exampleRun()).replace('4.000000000  0.000000000  0.000000000', '4.000000000 -0.000000000-10.000000000');
    expect(text).to.include('-0.000000000-10.000000000');
    // the first lattice is that of the header, which the first step's replaces
    expect(read(text).frames[0]!.cell[2]).to.equal(0);
    const both = outcarText(exampleRun()).replaceAll('4.000000000  0.000000000  0.000000000', '4.000000000 -0.000000000-10.000000000');
    expect(read(both).frames[0]!.cell[2]).to.equal(-10);
  });

  it('leaves out steps without positions (NWRITE = 0), never pairing old positions with new energies', () => {
    const { frames, warnings } = read(outcarText(exampleRun(), { nwrite0: true }));
    expect(frames.map((f) => f.energy)).to.deep.equal([-33.36815582]);
    expect(warnings.join()).to.match(/without a table of positions left out.*2 times/);
  });

  it('keeps steps of the machine-learned force field apart', () => {
    const { frames, warnings } = read(outcarText(exampleRun(), { machineLearned: true }));
    expect(frames).to.have.length(3);
    expect(frames[2]!.forces!.includes(9)).to.equal(false);
    expect(frames[2]!.stress![0]).to.be.closeTo(-14.5 / 1602.176634, 1e-15);
    expect(warnings.join()).to.match(/machine-learned.*3 times/);
  });

  it('leaves out steps that did not converge', () => {
    const run = exampleRun();
    run.nelm = 5;
    run.steps[0]!.electronicSteps = 5;
    const { frames, warnings } = read(outcarText(run));
    expect(frames.map((f) => f.energy)).to.deep.equal([-34.36815582, -35.36815582]);
    expect(warnings.join()).to.match(/NELM = 5/);
    expect(read(outcarText(run), { keepUnconverged: true }).frames).to.have.length(3);
    const version6 = outcarText(exampleRun()).replace(
      'aborting loop because EDIFF is reached',
      'aborting loop EDIFF was not reached (unconverged)',
    );
    expect(read(version6).frames).to.have.length(2);
  });

  it('reads the complete steps of a file cut at any byte, never a half step', function () {
    this.timeout(30_000);
    const text = outcarText(exampleRun());
    const whole = read(text).frames;
    // a step is complete with the line break after energy(sigma->0)
    const ends = [...text.matchAll(/energy {2}without entropy=.*\n/g)].map((m) => m.index + m[0].length);
    expect(ends).to.have.length(3);
    for (let length = 0; length < text.length; length++) {
      const part = text.slice(0, length);
      const complete = ends.filter((end) => end <= length).length;
      if (complete === 0) {
        expect(inputError(() => read(part)).message, `cut at ${length}`).to.match(/^file:\d+: there is no complete ionic step/);
        continue;
      }
      const { frames } = read(part);
      expect(frames.length, `cut at ${length}`).to.equal(complete);
      if (length % 7 === 0) expect(frames).to.deep.equal(whole.slice(0, complete));
    }
  });

  it('survives damage at random places', () => {
    fuzz(outcarText(exampleRun()), read, 1500);
  });

  it('refuses a header that contradicts itself', () => {
    const text = outcarText(exampleRun()).replace(/NIONS = +4/, 'NIONS =     48');
    expect(inputError(() => read(text)).message).to.match(/^file:\d+: "ions per type" adds up to 4, but NIONS = 48/);
  });
});
