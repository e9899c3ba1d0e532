import { expect } from 'chai';
import { readVasprun } from '../../src/datasets/vasprun/read.js';
import { fuzz, inputError } from './helpers/check.js';
import { exampleRun, vasprunText } from './helpers/vasp.js';

const read = (text: string, options = {}) => readVasprun(text, { file: 'file', ...options });

describe('vasprun.xml', () => {
  it('gives one frame a step, in our units and signs', () => {
    const { frames, warnings } = read(vasprunText(exampleRun()));
    expect(warnings).to.deep.equal([]);
    expect(frames).to.have.length(3);
    const frame = frames[1]!;
    // "r" of VASP is Zr
    expect(frame.species).to.deep.equal(['Zr', 'O', 'O', 'O']);
    expect(frame.energy).to.equal(-34.36815582);
    expect([...frame.cell]).to.deep.equal([4.01, 0, 0, 0.1, 4.1, 0, 0, 0.2, 4.2]);
    // fractional (0.5, 0.5, 0.01): rows are lattice vectors
    expect(frame.positions[3]).to.be.closeTo(0.5 * 4.01 + 0.5 * 0.1, 1e-12);
    expect(frame.positions[4]).to.be.closeTo(0.5 * 4.1 + 0.01 * 0.2, 1e-12);
    expect(frame.positions[5]).to.be.closeTo(0.01 * 4.2, 1e-12);
    expect([...frame.forces!.slice(0, 3)]).to.deep.equal([1.1, -0.2, 0.3]);
    // 13.5 kB of compression in xx = 1.35 GPa; 1 eV/Å³ = 160.2176634 GPa (CODATA 2018); tension is positive
    expect(frame.stress![0]).to.be.closeTo(-1.35 / 160.2176634, 1e-15);
    expect(frame.stress![1]).to.be.closeTo(-0.45 / 160.2176634, 1e-15);
    expect(frame.stress![5]).to.be.closeTo(-1.2 / 160.2176634, 1e-15);
    expect(frame.stress![6]).to.be.closeTo(0.025 / 160.2176634, 1e-15);
    expect(frame.origin.line).to.be.greaterThan(frames[0]!.origin.line!);
    expect(vasprunText(exampleRun()).split('\n')[frame.origin.line! - 1]).to.equal(' <calculation>');
  });

  it("extrapolates to zero smearing by option, past VASP 5's wrong e_0_energy", () => {
    for (const version5 of [true, false]) {
      const { frames } = read(vasprunText(exampleRun(), { version5 }), { energyKind: 'sigma0' });
      expect(frames[2]!.energy).to.be.closeTo(-35.36836054, 1e-12);
    }
  });

  it('gives no stress where there is none', () => {
    const run = exampleRun();
    for (const step of run.steps) delete step.stress;
    expect(read(vasprunText(run)).frames.every((frame) => frame.stress === undefined)).to.equal(true);
  });

  it('leaves out steps that did not converge, loudly, unless told to keep them', () => {
    const run = exampleRun();
    run.nelm = 5;
    run.steps[1]!.electronicSteps = 5;
    const { frames, warnings } = read(vasprunText(run));
    expect(frames.map((f) => f.energy)).to.deep.equal([-33.36815582, -35.36815582]);
    expect(warnings.join()).to.match(/file:\d+: .*NELM = 5/);
    expect(read(vasprunText(run), { keepUnconverged: true }).frames).to.have.length(3);
  });

  it('leaves out overflowed numbers, and warns of a pressure setting', () => {
    const text = vasprunText(exampleRun(), { psteps: 10 }).replace('<v>       1.10000000', '<v> ***************');
    const { frames, warnings } = read(text);
    expect(frames).to.have.length(2);
    expect(warnings.join())
      .to.match(/not finite/)
      .and.match(/PSTRESS = 10/);
  });

  it('reads the complete steps of a file cut at any byte, never a half step', function () {
    this.timeout(30_000);
    const text = vasprunText(exampleRun());
    const whole = read(text).frames;
    const ends = [...text.matchAll(/<\/calculation>/g)].map((m) => m.index + m[0].length);
    expect(ends).to.have.length(3);
    for (let length = 0; length < text.length - 1; length++) {
      const part = text.slice(0, length);
      const complete = ends.filter((end) => end <= length).length;
      if (complete === 0) {
        const error = inputError(() => read(part));
        expect(error.place).to.have.property('line').that.is.a('number');
        expect(error.message).to.match(/^file:\d+: /);
        continue;
      }
      const { frames, warnings } = read(part);
      expect(frames.length, `cut at ${length}`).to.equal(complete);
      if (frames.length < 3 && length % 7 === 0) expect(frames).to.deep.equal(whole.slice(0, complete));
      if (length < text.lastIndexOf('</modeling>')) expect(warnings.join(), `cut at ${length}`).to.match(/file:\d+: the file ends before/);
    }
  });

  it('reads the steps before a place that is not XML', () => {
    const text = vasprunText(exampleRun());
    const at = text.lastIndexOf('<varray name="forces"');
    const { frames, warnings } = read(`${text.slice(0, at)}<<<&&${text.slice(at)}`);
    expect(frames).to.have.length(2);
    expect(warnings.join()).to.match(/file:\d+: not well-formed XML/);
  });

  it('survives damage at random places', () => {
    fuzz(vasprunText(exampleRun()), read, 1500);
  });

  it('says that another XML file is none of VASP', () => {
    expect(inputError(() => read('<?xml version="1.0"?>\n<html></html>')).message).to.match(/^file:1: there is no <modeling>/);
  });
});
