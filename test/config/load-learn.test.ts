import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { loadLearnSettings } from '../../src/config/load-learn.js';
import { InputError } from '../../src/errors.js';

describe('settings of active learning', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'eqpot-learn-settings-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  const load = (text: string) => {
    const file = join(folder, 'learn.yaml');
    writeFileSync(file, text);
    return loadLearnSettings(file);
  };
  const messageOf = (text: string): string => {
    try {
      load(text);
    } catch (error) {
      expect(error).to.be.instanceOf(InputError);
      return (error as Error).message.replaceAll(`${folder}/`, '');
    }
    throw new Error('the settings were accepted');
  };
  const LEAST = 'element: Cu\nlabel: { engine: reference, model: sr2 }\n';

  it('need an element and an engine; the rest has the defaults of the paper', () => {
    const { settings } = load(LEAST);
    expect(settings.select).to.include({ rule: 'error', factor: 1.1 });
    expect(settings.data.files).to.deep.equal([]);
    // what the loop asks for is unlike the rest by intention
    expect(settings.data.audit).to.equal('keep');
    expect(settings.network.cutoff).to.equal(5.5);
    expect(messageOf('element: Cu')).to.match(/^learn.yaml:1:1: 'label' is missing in the settings/);
    expect(messageOf('')).to.match(/empty.*'element: Cu'/s);
  });

  it('are checked as a whole, each problem with its line', () => {
    const message = messageOf(`${LEAST}start:
  crystals:
    - { phase: fccc, atoms: 4 }
    - { phase: hcp, atoms: 3 }
  files: [none.extxyz]
sample:
  nested: { volume: [1.3, 0.9], phases: [hcp], atoms: [5] }
  surfaces: { planes: ["000"] }
`);
    expect(message).to.match(/^learn.yaml:5:16: there is no crystal called "fccc"; did you mean 'fcc'\?/);
    expect(message).to.match(/learn.yaml:6:28: no cell of hcp has 3 atoms/);
    expect(message).to.match(/learn.yaml:7:11: there is no data file none.extxyz/);
    expect(message).to.match(/learn.yaml:9:21: sample.nested.volume: 1.3 is above 0.9/);
    expect(message).to.match(/learn.yaml:9:56: no cell of hcp has 5 atoms/);
    expect(message).to.match(/learn.yaml:10:24: 000 is no plane/);
    expect(message).to.match(/6 problems in the settings; nothing was started/);
  });

  it('name one element or several, and a rule that the form can follow', () => {
    const label = 'label: { engine: reference, model: sr2 }\n';
    expect(load(`elements: [Ni, Mo]\n${label}form: zjw04\n`).settings.elements).to.deep.equal(['Ni', 'Mo']);
    expect(messageOf(label)).to.match(/neither element nor elements/);
    expect(messageOf(`${LEAST}elements: [Ni, Mo]\n`)).to.match(/learn.yaml:3:.*both given/);
    expect(messageOf(`elements: [Ni, Ni]\n${label}`)).to.match(/learn.yaml:1:16.*twice/);
    expect(messageOf(`elements: [Ni, Qq]\n${label}`)).to.match(/learn.yaml:1:16.*Qq/);
    expect(messageOf(`elements: [Ni, Mo]\n${label}`)).to.match(/learn.yaml:1:11.*form equation has one element.*form: alloy/s);
    expect(messageOf(`elements: [Ni, Mo, Cu]\n${label}form: s-meam\n`)).to.match(/at most 2 elements/);
    expect(messageOf(`elements: [Ni, Mo]\n${label}nearest: 2.5\n`)).to.match(/learn.yaml:3:.*one distance/);
    expect(messageOf(`${LEAST}form: s-meam\nselect: { rule: committee }\n`)).to.match(/learn.yaml:4:.*front.*form s-meam has none/s);
  });

  it('know what is misspelt, and where it belongs', () => {
    expect(messageOf(`${LEAST}selct: { budget: 3 }`)).to.match(/learn.yaml:3:1: unknown setting 'selct'; did you mean 'select'/);
    expect(messageOf(`${LEAST}budget: 3`)).to.match(/did you mean 'select.budget'/);
    expect(messageOf(`${LEAST}select: { rule: commitee }`)).to.match(/did you mean 'committee'/);
    expect(messageOf(`${LEAST}network: { cutof: 5 }`)).to.match(/did you mean 'cutoff'/);
    expect(messageOf('element: Xx\nlabel: { engine: reference, model: sr2 }')).to.match(
      /learn.yaml:1:10: element: 'Xx' is no chemical symbol/,
    );
  });
});
