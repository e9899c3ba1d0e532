import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { loadSettings, parseSettings, runDirectory } from '../../src/config/load.js';
import { InputError } from '../../src/errors.js';

let folder: string;

/** Error of a settings file with this text; its message without the folder's name. */
function errorOf(text: string | Buffer): { message: string; error: InputError } {
  const file = join(folder, 'fit.yaml');
  writeFileSync(file, text);
  try {
    loadSettings(file);
  } catch (error) {
    expect(error).to.be.instanceOf(InputError);
    return { message: (error as InputError).message.replaceAll(`${folder}/`, ''), error: error as InputError };
  }
  throw new Error('the settings were accepted');
}

const DATA = 'data: { files: [cu.extxyz] }\n';

describe('settings file', () => {
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'eqpot-settings-'));
    writeFileSync(join(folder, 'cu.extxyz'), '1\nLattice="9 0 0 0 9 0 0 0 9" energy=-1\nCu 0 0 0\n');
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it('gives all settings with their defaults, its folder, text and hash', () => {
    const file = join(folder, 'fit.yaml');
    writeFileSync(file, DATA);
    const loaded = loadSettings(file);
    expect(loaded.settings.network.cutoff).to.equal(5.5);
    expect(loaded.settings.data.files).to.deep.equal(['cu.extxyz']);
    expect(loaded.directory).to.equal(folder);
    expect(loaded.text).to.equal(DATA);
    // printf 'data: { files: [cu.extxyz] }\n' | sha256sum
    expect(loaded.sha256).to.equal('ca585989a35a58009f4ca3fac40fb6d8482cd84085feddc53c3f0255c20cc1ab');
    expect(loaded.place(['data', 'files', 0])).to.deep.equal({ file, line: 1, column: 17 });
  });

  it('may be JSON', () => {
    const { settings } = parseSettings('{"data": {"files": ["cu.extxyz"]}, "seed": 7}', 'fit.json', folder);
    expect(settings.seed).to.equal(7);
  });

  it('names the run directory', () => {
    const loaded = parseSettings(DATA, 'sub/copper.yaml', folder);
    expect(runDirectory(loaded)).to.equal(join(folder, 'runs', 'copper'));
    expect(runDirectory(parseSettings(`${DATA}directory: out\n`, 'x.yaml', folder))).to.equal(join(folder, 'out'));
    expect(runDirectory(loaded, '/elsewhere')).to.equal('/elsewhere');
  });

  // each: name, text, start of the message (file:line:column), more that has to be in it
  const cases: [string, string, string, string[]][] = [
    ['a bracket that is not closed', 'data:\n  files: [a\nseed: 3\n', 'fit.yaml:3:1:', []],
    ['a tab', 'data:\n\tfiles: [a]\n', 'fit.yaml:2:1:', ['Tabs', 'indent with spaces']],
    [
      'windows of energy that do not grow',
      `${DATA}loss:\n  windows:\n    - { up_to: 0.5, weight: 1 }\n    - { up_to: 0.2, weight: 1 }\n    - { weight: 1 }\n`,
      'fit.yaml:5:7:',
      ['do not grow', 'up_to: 0.73'],
    ],
    [
      'a target without any tolerance',
      `${DATA}targets:\n  lattice_constant: 3.6\n  properties:\n    c11: { value: 170, tolerance: 0 % }\n`,
      'fit.yaml:5:10:',
      ['share of 0', 'above zero'],
    ],
    [
      'a share of nothing',
      `${DATA}targets:\n  lattice_constant: 3.6\n  structures:\n    - { name: same, file: cu.extxyz, value: 0 }\n`,
      'fit.yaml:5:7:',
      ['share of 0', 'same'],
    ],
    [
      'the structure of a target that is not there',
      `${DATA}targets:\n  lattice_constant: 3.6\n  structures:\n    - { name: one, file: cv.extxyz, value: 1 }\n`,
      'fit.yaml:5:26:',
      ['no data file cv.extxyz', "did you mean 'cu.extxyz'?"],
    ],
    [
      'a crystal that is neither known nor a file',
      `${DATA}targets:\n  - element: Ni\n    lattice_constant: 3.5\n  - crystal: hcp\n`,
      'fit.yaml:5:14:',
      ['neither fcc nor bcc', 'no data file hcp'],
    ],
    [
      'a property that a crystal from a file has not',
      `${DATA}targets:\n  - crystal: cu.extxyz\n    properties: { C11: 170 }\n`,
      'fit.yaml:4:24:',
      ["towards 'C11' of a crystal from a file", "did you mean 'c11'?", 'c11 to c66'],
    ],
    [
      'a curve that a crystal from a file has not',
      `${DATA}targets:\n  - crystal: cu.extxyz\n    rose: { cohesive_energy: -3 }\n`,
      'fit.yaml:4:5:',
      ['rose is known for fcc and bcc'],
    ],
    ['targets of splines', `${DATA}form: s-meam\ntargets:\n  lattice_constant: 3.6\n`, 'fit.yaml:3:1:', ['not splines', 'config_types']],
    [
      'a frequency of zero',
      `${DATA}targets:\n  lattice_constant: 3.6\n  properties:\n    phonon_x_transverse: { value: 0, tolerance: 0.1 }\n`,
      'fit.yaml:5:26:',
      ['not above zero'],
    ],
    ['a setting given twice', `seed: 1\nseed: 2\n${DATA}`, 'fit.yaml:2:1:', ['unique']],
    ['a second document', `${DATA}---\nseed: 1\n`, 'fit.yaml:2:1:', ['second document']],
    ['an alias without an anchor', `${DATA}title: *name\n`, 'fit.yaml:2:8:', ['&name']],
    ['an unknown tag', `${DATA}title: !name x\n`, 'fit.yaml:2:8:', ['!name']],
    ['an empty file', '# nothing\n', 'fit.yaml:', ['is empty']],
    ['a list', '- a\n', 'fit.yaml:1:1:', ['expected a group of settings, found a list']],
    ['an unknown setting', `${DATA}sead: 3\n`, 'fit.yaml:2:1:', ["unknown setting 'sead'; did you mean 'seed'?"]],
    ['an unknown setting far from all', `${DATA}xyzzy: 3\n`, 'fit.yaml:2:1:', ["'xyzzy'", 'settings here: form, title, element']],
    ['a setting in the wrong group', `${DATA}loss:\n  cutof: 3\n`, 'fit.yaml:3:3:', ["did you mean 'network.cutoff'"]],
    ['an unknown setting of a data file', 'data:\n  files:\n    - { path: cu.extxyz, wight: 2 }\n', 'fit.yaml:3:26:', ["'weight'"]],
    ['data that is missing', 'seed: 1\n', 'fit.yaml:1:1:', ["'data' is missing"]],
    ['files that are missing', 'seed: 1\ndata:\n  folds: 3\n', 'fit.yaml:2:1:', ["'files' is missing in 'data'"]],
    ['a group without content', `${DATA}network:\nseed: 1\n`, 'fit.yaml:2:1:', ['found nothing']],
    ['text for a number', `${DATA}network:\n  cutoff: far\n`, 'fit.yaml:3:11:', ['expected a number, found "far"']],
    ['a number in quotes', `${DATA}seed: "3"\n`, 'fit.yaml:2:7:', ['write 3 without quotes']],
    ['a decimal comma', `${DATA}network: { cutoff: "5,5" }\n`, 'fit.yaml:2:20:', ['write 5.5']],
    ['a number with its unit', `${DATA}network: { cutoff: 5.5 Å }\n`, 'fit.yaml:2:20:', ['the number alone; its unit is Å']],
    ['a fraction for a whole number', `${DATA}search: { steps: 1.5 }\n`, 'fit.yaml:2:18:', ['expected a whole number, found 1.5']],
    ['no for false', `${DATA}loss: { negative_pair: no }\n`, 'fit.yaml:2:24:', ['expected true or false', 'write false']],
    ['infinity', `${DATA}loss: { forces: .inf }\n`, 'fit.yaml:2:17:', ['found Infinity']],
    ['not a number', `${DATA}loss: { forces: .nan }\n`, 'fit.yaml:2:17:', ['found NaN']],
    ['an absurd cutoff', `${DATA}network: { cutoff: 300 }\n`, 'fit.yaml:2:20:', ['expected at most 15 Å, found 300']],
    ['a cutoff below any distance', `${DATA}network: { cutoff: 0.5 }\n`, 'fit.yaml:2:20:', ['expected at least 2 Å, found 0.5']],
    ['a negative weight', 'data: { files: [{ path: cu.extxyz, weight: -1 }] }\n', 'fit.yaml:1:44:', ['expected more than 0, found -1']],
    ['no data files', 'data: { files: [] }\n', 'fit.yaml:1:16:', ['at least 1 entry']],
    [
      'an unknown choice',
      'data: { files: [cu.extxyz], audit: mnd }\n',
      'fit.yaml:1:36:',
      ['one of mend, exclude, keep, found "mnd"; did you mean \'mend\'?'],
    ],
    ['another word for fit', `${DATA}reference_energy: fitt\n`, 'fit.yaml:2:19:', ['"fit" or a number', "did you mean 'fit'?"]],
    [
      'an unknown basis function',
      `${DATA}network:\n  pair:\n    basis: [r^-6, foo]\n`,
      'fit.yaml:4:19:',
      ['"foo" is not a basis function of r'],
    ],
    ['a basis function twice', `${DATA}network: { density: { basis: [r^-6, r^-6] } }\n`, 'fit.yaml:2:37:', ['listed twice']],
    ['a cutoff twice', `${DATA}network: { cutoff: [5, 4, 5] }\n`, 'fit.yaml:2:27:', ['"5" is listed twice']],
    ['an absurd cutoff among several', `${DATA}network: { cutoff: [5, 300] }\n`, 'fit.yaml:2:24:', ['network.cutoff[1]', 'at most 15']],
    ['no cutoff at all', `${DATA}network: { cutoff: [] }\n`, 'fit.yaml:2:20:', ['at least 1 entry']],
    [
      'an unknown basis function of the second network',
      `${DATA}network:\n  pair:\n    - basis: [r^-6]\n    - basis: [r^-6, foo]\n`,
      'fit.yaml:5:21:',
      ['network.pair[1].basis[1]', '"foo" is not a basis function of r'],
    ],
    [
      'an unknown setting of the second network',
      `${DATA}network:\n  pair:\n    - basis: [r^-6]\n    - bassis: [r^-6]\n`,
      'fit.yaml:5:7:',
      ["'bassis'", "'basis'"],
    ],
    ['a taper wider than one of the cutoffs', `${DATA}network: { cutoff: [6, 4], taper_width: 5 }\n`, 'fit.yaml:2:41:', ['5 Å', '4 Å']],
    ['a taper wider than the cutoff', `${DATA}network: { cutoff: 4, taper_width: 5 }\n`, 'fit.yaml:2:36:', ['5 Å', '4 Å']],
    ['a taper for shift', `${DATA}network: { cutoff_style: shift, taper_width: 1 }\n`, 'fit.yaml:2:46:', ['has no taper']],
    [
      'a width for a taper without one',
      `${DATA}network: { cutoff_style: polynomial, taper_width: 1 }\n`,
      'fit.yaml:2:51:',
      ["'polynomial' acts over the whole range"],
    ],
    ['energies that are not used', 'data: { files: [cu.extxyz], use: [forces] }\n', 'fit.yaml:1:34:', ['has to contain energy']],
    [
      'a model that is not there',
      `${DATA}report: { compare: [sr2, sr3] }\n`,
      'fit.yaml:2:26:',
      ['sr3: there is no such model', 'sr1, sr2'],
    ],
    ['a model that cannot be read', `${DATA}report: { compare: [cu.extxyz] }\n`, 'fit.yaml:2:21:', ['report.compare[0]: cu.extxyz']],
    ['a folder without a model', `${DATA}report:\n  compare:\n    - folder\n`, 'fit.yaml:4:7:', ['has no model.json']],
    ['a length unit past the cutoff', `${DATA}network: { length_unit: 9 }\n`, 'fit.yaml:2:25:', ['not below the cutoff']],
    ['no element', `${DATA}element: cu\n`, 'fit.yaml:2:10:', ["write 'Cu'"]],
    ['a reference energy of no element', `${DATA}reference_energy: { Xx: -3 }\n`, 'fit.yaml:2:21:', ["'Xx'"]],
    ['energy windows that do not ascend', `${DATA}report: { windows: [1, 1] }\n`, 'fit.yaml:2:24:', ['have to ascend']],
    ['a strange duration', `${DATA}max_time: 1 fortnight\n`, 'fit.yaml:2:11:', ['not a duration', '1h30m']],
    ['a misspelt engine', `${DATA}lammps: embeded\n`, 'fit.yaml:2:9:', ["did you mean 'embedded'?"]],
    [
      'a data file that is not there',
      'data:\n  files:\n    - cu.extxyz\n    - cv.extxyz\n',
      'fit.yaml:4:7:',
      ["did you mean 'cu.extxyz'?", 'looked for'],
    ],
    ['a data file twice', 'data: { files: [cu.extxyz, ./cu.extxyz] }\n', 'fit.yaml:1:28:', ['listed twice']],
    ['an empty data file', 'data: { files: [empty.xyz] }\n', 'fit.yaml:1:17:', ['is empty']],
    ['a folder for a data file', 'data: { files: [folder] }\n', 'fit.yaml:1:17:', ['is a folder']],
    ['an unknown format', 'data: { files: [{ path: cu.extxyz, format: extxy }] }\n', 'fit.yaml:1:44:', ["did you mean 'extxyz'?"]],
  ];
  for (const [name, text, start, parts] of cases)
    it(`points at ${name}`, () => {
      writeFileSync(join(folder, 'empty.xyz'), '');
      mkdirSync(join(folder, 'folder'));
      const { message } = errorOf(text);
      expect(message.startsWith(start), message).to.equal(true);
      for (const part of parts) expect(message).to.include(part);
      expect(message, 'one problem only').not.to.match(/problems/);
    });

  it('shows the line with a caret under the place', () => {
    const { message } = errorOf(`${DATA}network:\n  cutoff: far # away\n`);
    const lines = message.split('\n');
    expect(lines[1]).to.equal('  3 |   cutoff: far # away');
    expect(lines[2]).to.equal(`${' '.repeat(lines[1]!.indexOf('far'))}^`);
  });

  it('lists all problems at once in the order of the file, wrong names and missing files together', () => {
    const { message, error } = errorOf('sead: 1\ndata:\n  files: [nowhere.xyz, 7]\nnetwork:\n  cutoff: 99\n  pair: { basis: [foo] }\n');
    const places = [...message.matchAll(/fit\.yaml:(\d+):(\d+):/g)].map((match) => `${match[1]}:${match[2]}`);
    expect(places).to.deep.equal(['1:1', '3:11', '3:24', '5:11', '6:19']);
    expect(message).to.include('5 problems in the settings');
    expect(error.place).to.include({ line: 1, column: 1 });
    expect(error.exitCode).to.equal(2);
  });

  it('reads files with a byte order mark and Windows line ends', () => {
    const { message } = errorOf(`\uFEFFdata:\r\n  files: [cu.extxyz]\r\nsead: 1\r\n`);
    expect(message).to.match(/^fit\.yaml:3:1: unknown setting 'sead'/);
    expect(message).not.to.include('\r');
  });

  it('refuses what is no settings file', () => {
    expect(errorOf(Buffer.from([0x74, 0x3a, 0x20, 0xff, 0x0a])).message).to.equal('fit.yaml: is not UTF-8 text\n  save it as UTF-8');
    expect(errorOf(`# ${'x'.repeat(1_100_000)}\n`).message).to.include('no settings file');
    expect(() => loadSettings(join(folder, 'none.yaml'))).to.throw(InputError, 'none.yaml: there is no such settings file');
    expect(() => loadSettings(folder)).to.throw(InputError, 'is a folder');
    const bomb = ['a: &a [x]', ...'bcdefghi'.split('').map((k, i) => `${k}: &${k} [${`*${'abcdefgh'[i]},`.repeat(9)}]`)].join('\n');
    expect(errorOf(bomb).message).to.include('alias');
  });
});
