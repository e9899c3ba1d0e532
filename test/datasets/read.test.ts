import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { expect } from 'chai';
import { Command } from 'commander';
import { register } from '../../src/cli/commands/convert.js';
import { convertFrames } from '../../src/datasets/convert.js';
import { formatSummary } from '../../src/datasets/format-summary.js';
import { readFrames } from '../../src/datasets/read.js';
import { summarise } from '../../src/datasets/summary.js';
import { writeFileAtomic } from '../../src/engines/files.js';
import { inputError } from './helpers/check.js';
import { exampleRun, outcarText, vasprunText } from './helpers/vasp.js';

const XYZ = '2\nLattice="4 0 0 0 5 0 0 0 6" Properties=species:S:1:pos:R:3 energy=-7 config_type=bulk\nCu 0 0 0\nCu 2 0 0\n';
const XSF = '# total energy = -3.5 eV\nCRYSTAL\nPRIMVEC\n4 0 0\n0 4 0\n0 0 4\nPRIMCOORD\n1 1\nNi 0 0 0 0 0 0.5\n';

describe('data files', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'eqpot-data-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));
  const put = (name: string, content: string | Uint8Array) => {
    writeFileSync(join(folder, name), content);
    return join(folder, name);
  };

  it('are recognised by name or beginning, packed or not, and read in order', () => {
    const paths = [
      put('run.xml', vasprunText(exampleRun())),
      put('OUTCAR.gz', gzipSync(outcarText(exampleRun()))),
      put('a.extxyz', XYZ),
      put('no-suffix', XYZ.replace('-7', '-8')),
      put('b.xsf', XSF),
      put(
        'c.json',
        '[{"structure":{"lattice":{"matrix":[[4,0,0],[0,4,0],[0,0,4]]},"sites":[{"species":[{"element":"Cu","occu":1}],"abc":[0,0,0]}]},"outputs":{"energy":-1}}]',
      ),
    ];
    const set = readFrames(paths);
    expect(set.files.map((f) => [f.format, f.frames])).to.deep.equal([
      ['vasprun', 3],
      ['outcar', 3],
      ['extxyz', 1],
      ['extxyz', 1],
      ['xsf', 1],
      ['mlearn', 1],
    ]);
    expect(set.frames.map((f) => f.origin.file)).to.deep.equal([0, 0, 0, 1, 1, 1, 2, 3, 4, 5].map((k) => paths[k]));
    expect(set.files[2]).to.deep.include({ path: paths[2], bytes: XYZ.length, sha256: createHash('sha256').update(XYZ).digest('hex') });
    expect(set.warnings).to.deep.equal([]);
  });

  it('that cannot be used are named, with what to do', () => {
    const cases: [string, () => unknown, RegExp][] = [
      ['missing', () => readFrames([join(folder, 'nope')]), /nope: there is no such file/],
      ['missing, below a file', () => readFrames([join(put('x', XYZ), 'nope')]), /there is no such file/],
      ['folder', () => readFrames([folder]), /is a folder/],
      ['empty', () => readFrames([put('empty.xyz', '')]), /empty\.xyz: the file is empty/],
      ['empty gz', () => readFrames([put('empty.xyz.gz', gzipSync(''))]), /the file is empty/],
      ['blank', () => readFrames([put('blank.xyz', '\n\n')]), /holds no frames/],
      ['cut gz', () => readFrames([put('cut.gz', gzipSync(XYZ).subarray(0, 40))]), /cannot be unpacked/],
      [
        'unknown',
        () => readFrames([put('x.bin', 'hello\n')]),
        /not recognised\n {2}say which it is: vasprun, outcar, poscar, mlearn, xsf, extxyz/,
      ],
      ['format', () => readFrames([put('x.xyz', XYZ)], { format: 'cif' }), /unknown data format "cif"/],
      ['no paths', () => readFrames([]), /no data files/],
      ['wrong format', () => readFrames([put('y.xyz', XYZ)], { format: 'vasprun' }), /y\.xyz:\d+: not well-formed XML/],
    ];
    for (const [name, action, message] of cases) expect(inputError(action).message, name).to.match(message);
  });

  it('given twice are warned of', () => {
    expect(readFrames([put('a.xyz', XYZ), put('b.xyz', XYZ)]).warnings.join()).to.match(/b\.xyz: has the same content as .*a\.xyz/);
  });

  it('must have the keys that the settings name, somewhere', () => {
    const path = put('a.xyz', XYZ.replace('energy', 'my_energy') + XYZ);
    expect(inputError(() => readFrames([path], { labels: { energy: 'E' } })).message).to.match(
      /no frame has the key "E" that labels.energy names\n.*Lattice, Properties, my_energy, config_type, energy; columns of atoms: species, pos/,
    );
    expect(inputError(() => readFrames([path], { labels: { forces: 'F' } })).message).to.match(/"F" that labels\.forces names/);
    const part = readFrames([path], { labels: { energy: 'my_energy' } });
    expect(part.frames.map((f) => f.energy)).to.deep.equal([-7, undefined]);
    expect(part.warnings.join()).to.match(/my_energy.*1 of 2 frames only/);
    const xsf = put('b.xsf', XSF);
    expect(inputError(() => readFrames([xsf], { labels: { energy: 'E' } })).message).to.match(/format xsf have no keys/);
  });

  it('need a key only where their format has keys', () => {
    const xyz = put('a.xyz', XYZ.replace('energy', 'my_energy') + XYZ);
    const both = readFrames([put('b.xsf', XSF), xyz], { labels: { energy: 'my_energy' } });
    expect(both.frames.map((f) => f.energy)).to.deep.equal([-3.5, -7, undefined]);
    expect(both.warnings.join()).to.match(/my_energy.*1 of 2 frames only, those of formats without keys not counted/);
  });

  it('keep the names that they were given, wherever they start from', () => {
    put('a.xyz', XYZ);
    put('b.xsf', XSF);
    const directory = folder;
    const { frames, files } = readFrames(['a.xyz', { path: 'b.xsf', configType: 'strain', format: 'xsf' }], { directory });
    expect(files.map((f) => f.path)).to.deep.equal(['a.xyz', 'b.xsf']);
    expect(frames.map((f) => [f.origin.file, f.configType])).to.deep.equal([
      ['a.xyz', 'bulk'],
      ['b.xsf', 'strain'],
    ]);
    expect(inputError(() => readFrames(['c.xyz'], { directory })).message).to.equal(
      `c.xyz: there is no such file\n  looked for ${join(folder, 'c.xyz')}`,
    );
    expect(inputError(() => readFrames([{ path: 'b.xsf', format: 'vasprun' }], { directory })).message).to.match(/^b\.xsf:\d/);
    const labelPlace = (label: string) => ({ file: `${label}.yaml`, line: 3 });
    expect(inputError(() => readFrames(['a.xyz'], { directory, labels: { energy: 'E' }, labelPlace })).message).to.match(
      /^energy\.yaml:3: no frame of a\.xyz has the key "E" that labels\.energy names\n/,
    );
  });

  it('get a group where they name none', () => {
    expect(readFrames([put('a.xyz', XYZ), put('b.xsf', XSF)], { configType: 'strain' }).frames.map((f) => f.configType)).to.deep.equal([
      'bulk',
      'strain',
    ]);
  });

  it('are summed up: counts, labels, ranges, warnings', () => {
    const squeezed = `2\nLattice="4 0 0 0 5 0 0 0 6" Properties=species:S:1:pos:R:3:forces:R:3 stress="-0.01 0 0 0 -0.02 0 0 0 -0.03"\nCu 0 0 0 0 0 0.5\nNi 3.9 0 0 0 0 -0.5\n`;
    const summary = summarise(readFrames([put('a.xyz', XYZ + squeezed)]));
    expect(summary).to.deep.include({ frames: 2, atoms: 4, elements: { Cu: 3, Ni: 1 }, labels: { energy: 1, forces: 1, stress: 1 } });
    expect(summary.configTypes.bulk).to.deep.equal({ frames: 1, atoms: 2, energy: 1, forces: 0, stress: 0 });
    expect(summary.energyPerAtom).to.deep.equal({ low: -3.5, high: -3.5, lowFrame: 0, highFrame: 0 });
    // -trace/3 = 0.02 eV/Å³, 160.2176634 GPa each
    expect(summary.pressure!.high).to.be.closeTo(3.204353268, 1e-9);
    expect(summary.largestForce!.high).to.equal(0.5);
    expect(summary.volumePerAtom!.low).to.equal(60);
    // across the boundary: 3.9 is 0.1 from the image of 0
    expect(summary.nearestDistance!.low).to.be.closeTo(0.1, 1e-12);
    expect(summary.nearestDistance!.high).to.be.closeTo(2, 1e-12);
    expect([summary.cellLength!.low, summary.cellLength!.high]).to.deep.equal([4, 6]);
    expect(summary.warnings.join('\n'))
      .to.match(/energy is given in 1 of 2 frames only/)
      .and.match(/closer than 0.5 Å \(first: .*a\.xyz:5\)/);
    const text = formatSummary(summary);
    for (const word of ['a.xyz', 'extxyz', 'bulk', 'GPa', 'eV/Å', 'warnings:', '2 frames, 4 atoms of Cu (3), Ni (1)'])
      expect(text).to.include(word);
  });

  it('with shear stress in another plane than the shear of the cell are found out', () => {
    const frame = (k: number, component: string) =>
      `1\nLattice="4 0 0 0 4 0 0 0.${k} 4" Properties=species:S:1:pos:R:3 stress="${component}"\nCu 0 0 0\n`;
    const right = [1, 2, 3].map((k) => frame(k, '0 0 0 0 0 0.02 0 0.02 0')).join('');
    const wrong = [1, 2, 3].map((k) => frame(k, '0 0 0.02 0 0 0 0.02 0 0')).join('');
    expect(summarise(readFrames([put('a.xyz', right)])).warnings.join()).to.not.match(/sheared/);
    expect(summarise(readFrames([put('b.xyz', wrong)])).warnings.join()).to.match(
      /3 of 3 cells of the group default .* wrong order \(first: .*b\.xyz:1\)/,
    );
  });

  it('are converted as a whole or not at all', () => {
    const input = put('OUTCAR', outcarText(exampleRun()));
    const output = join(folder, 'new', 'out.extxyz');
    const set = convertFrames([input], output, { write: writeFileAtomic });
    const back = readFrames([output]).frames;
    expect(back.map(({ origin: _, ...frame }) => frame)).to.deep.equal(set.frames.map(({ origin: _, ...frame }) => frame));
    expect(inputError(() => convertFrames([output], output, { write: writeFileAtomic })).message).to.match(
      /the output is one of the inputs/,
    );
    const broken = put('broken.xyz', XYZ.slice(0, -12));
    expect(() => convertFrames([broken], join(folder, 'none.extxyz'), { write: writeFileAtomic })).to.throw(/broken\.xyz:3/);
    expect(existsSync(join(folder, 'none.extxyz'))).to.equal(false);
  });

  it('are converted by the command', async () => {
    const input = put('vasprun.xml', vasprunText(exampleRun()));
    const output = join(folder, 'out.extxyz.gz');
    const program = new Command().exitOverride();
    register(program);
    const written: string[] = [];
    const original = process.stderr.write;
    process.stderr.write = ((text: string) => written.push(text) > 0) as typeof process.stderr.write;
    try {
      await program.parseAsync(['convert', input, '-o', output, '--energy-kind', 'sigma0', '--config-type', 'melt'], { from: 'user' });
    } finally {
      process.stderr.write = original;
    }
    expect(written.join('')).to.include('3 frames, 12 atoms').and.include(`written: ${output}`);
    const text = gunzipSync(readFileSync(output)).toString();
    expect(text).to.include('config_type=melt');
    expect(readFrames([output]).frames[0]!.energy).to.be.closeTo(-33.36836054, 1e-12);
    mkdirSync(join(folder, 'is-a-folder'));
  });
});
