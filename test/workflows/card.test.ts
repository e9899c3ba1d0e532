import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { InputError } from '../../src/errors.js';
import { writeModel } from '../../src/potentials/equation-potential.js';
import { writeCard } from '../../src/workflows/card.js';
import { sampleModel } from '../report/sample.js';
import { sampleValidation } from '../report/validation/sample.js';

const METRICS = {
  complexity: 42,
  data: [{ path: 'cu.extxyz', sha256: 'ab'.repeat(32), frames: 12 }],
  fitted: {
    frames: 12,
    windows: [
      { from: null, to: -3.6, frames: 5, energy: { mae: 0.00042 } },
      { from: -3.6, to: null, frames: 7, energy: { mae: 0.0123 } },
    ],
    forces: null,
  },
  comparisons: [],
  audit: { mended: [{}], setAside: [] },
  targets: [
    { name: 'c11', unit: 'GPa', value: 180, tolerance: 2, found: 181 },
    { name: 'c44', unit: 'GPa', value: 79, tolerance: 1, found: 83 },
  ],
  lammps: { engine: { version: '10 Sep 2025' }, worst: { energyDifferencePerAtom: 1.2e-8, maxForceDifference: 3e-6 } },
};

describe('model card', () => {
  let folder: string;
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'eqpot-card-'));
    mkdirSync(join(folder, 'run'));
    writeFileSync(join(folder, 'run', 'model.json'), writeModel(sampleModel()));
    writeFileSync(join(folder, 'run', 'metrics.json'), JSON.stringify(METRICS));
    writeFileSync(join(folder, 'run', 'equation.txt'), 'phi(r) = 1/r\n');
    writeFileSync(join(folder, 'validation.json'), JSON.stringify(sampleValidation()));
    writeFileSync(join(folder, 'notes.md'), '## By hand\n\nTested in the oven.\n');
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  it('has equation, errors, targets, limits and notes', () => {
    const file = writeCard(join(folder, 'run'), { notes: join(folder, 'notes.md') });
    expect(file).to.equal(join(folder, 'run', 'model-card.md'));
    const card = readFileSync(file, 'utf8');
    for (const part of [
      '42 nodes',
      'phi(r) = 1/r',
      '`cu.extxyz`: 12 frames, SHA-256 `abababababababab…`',
      '1 frames that contradicted',
      '| fitted | 0.42 | 12.3 |',
      '| `c11` | GPa | 181 | 180 | ± 2 | yes |',
      'Outside of their tolerance in the fit: `c44`.',
      'Tested in the oven.',
    ])
      expect(card).to.include(part);
    expect(card).not.to.include('## Properties');
  });

  it('sets the properties beside those of the other potentials, this one first', () => {
    const names = Object.keys(sampleValidation().potentials);
    const last = names.at(-1)!;
    const file = writeCard(join(folder, 'run'), { validation: folder, name: last, output: join(folder, 'card.md') });
    const head = readFileSync(file, 'utf8')
      .split('\n')
      .find((line) => line.startsWith('| property |'))!;
    expect(head).to.equal(`| property | unit | ${[last, ...names.slice(0, -1)].join(' | ')} | reference | off |`);
  });

  it('has error bars where the validation has them', () => {
    const validation = sampleValidation();
    const [name, verdicts] = Object.entries(validation.potentials)[0]!;
    const [property, verdict] = Object.entries(verdicts).find(([, { value }]) => value !== null)!;
    Object.assign(verdict, { value: 12.5, uncertainty: { spread: 0.25, scale: 4, members: 5 } });
    writeFileSync(join(folder, 'bars.json'), JSON.stringify(validation));
    const card = readFileSync(writeCard(join(folder, 'run'), { validation: join(folder, 'bars.json'), name }), 'utf8');
    expect(card.split('\n').find((line) => line.startsWith(`| \`${property}\` |`))).to.include('| 12.5 ± 1 |');
    expect(card).to.include('over its committee');
  });

  it('says what is missing', () => {
    expect(() => writeCard(folder)).to.throw(InputError, 'no model.json');
    expect(() => writeCard(join(folder, 'run'), { validation: folder, name: 'other' })).to.throw(InputError, 'no potential other');
    expect(() => writeCard(join(folder, 'run'), { validation: join(folder, 'run', 'metrics.json') })).to.throw(
      InputError,
      '"potentials" is missing',
    );
  });
});
