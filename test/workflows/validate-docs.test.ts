import { readFileSync, writeFileSync } from 'node:fs';
import { expect } from 'chai';
import { PROPERTIES } from '../../src/properties/registry.js';
import { knownNames } from '../../src/workflows/validate/choose.js';
import { namesPage } from '../../src/workflows/validate/names-page.js';
import { readReference } from '../../src/workflows/validate/reference.js';

const path = new URL('../../docs/validation.md', import.meta.url);

describe('docs/validation.md', () => {
  it('has the names that the properties give (UPDATE_DOCS=1 writes them anew)', () => {
    const text = readFileSync(path, 'utf8');
    const [start, end] = [text.indexOf('\n', text.indexOf('<!-- names:')) + 1, text.indexOf('<!-- end of names -->')];
    expect(start).to.be.within(1, end);
    const expected = `${text.slice(0, start)}\n${namesPage(PROPERTIES)}\n${text.slice(end)}`;
    if (process.env.UPDATE_DOCS) writeFileSync(path, expected);
    expect(readFileSync(path, 'utf8')).to.equal(expected);
  });

  it('says how each property is computed', () => {
    const text = readFileSync(path, 'utf8').split('## Names')[0]!;
    for (const { id, title } of PROPERTIES) expect(text, title).to.match(new RegExp(`^\\*\\*[^*]+\\*\\* \\(\`${id}\`[,)]`, 'm'));
  });
});

describe('reference files of the examples', () => {
  for (const metal of ['copper', 'nickel', 'molybdenum'])
    it(`${metal} has only names that there are, each with a source`, () => {
      const file = new URL(`../../examples/${metal}/reference.yaml`, import.meta.url).pathname;
      const { values, element, structure } = readReference(file, knownNames(PROPERTIES));
      expect(values.size).to.be.above(8);
      expect(element).to.have.length(2);
      expect(structure).to.be.oneOf(['fcc', 'bcc']);
      for (const [name, { source, tolerance, value, others }] of values) {
        expect(source, name).to.match(/[A-Za-z]{3}/);
        if (tolerance !== undefined) expect(tolerance / Math.abs(value), name).to.be.within(0.005, 0.3);
        // the tolerance is not so narrow that DFT and experiment fail each other
        for (const other of others) if (tolerance !== undefined) expect(Math.abs(other.value - value), name).to.be.at.most(1.1 * tolerance);
      }
    });
});
