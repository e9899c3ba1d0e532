import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import { learnJsonSchema, settingsJsonSchema } from '../../src/config/json-schema.js';
import { settingsPage } from '../../src/config/settings-page.js';

interface Schema {
  type?: string;
  description?: string;
  properties?: Record<string, Schema>;
  additionalProperties?: unknown;
  anyOf?: Schema[];
  items?: Schema;
}

describe('documentation of the settings', () => {
  it('docs/settings.md is up to date (npm run docs:settings)', () => {
    expect(readFileSync(new URL('../../docs/settings.md', import.meta.url), 'utf8')).to.equal(settingsPage());
  });

  it('says something about every setting', () => {
    const silent: string[] = [];
    let count = 0;
    const visit = (schema: Schema, path: string) => {
      for (const option of schema.anyOf ?? []) visit(option, path);
      if (schema.items) visit(schema.items, `${path}[]`);
      for (const [name, inner] of Object.entries(schema.properties ?? {})) {
        count++;
        if (!inner.description) silent.push(`${path}.${name}`);
        visit(inner, `${path}.${name}`);
      }
    };
    visit(settingsJsonSchema() as Schema, '');
    visit(learnJsonSchema() as Schema, 'learn');
    expect(count).to.be.greaterThan(150);
    expect(silent).to.deep.equal([]);
  });

  it('gives editors a schema that knows defaults, choices and unknown keys', () => {
    const schema = settingsJsonSchema() as unknown as {
      required: string[];
      additionalProperties: boolean;
      properties: Record<string, Schema>;
    };
    expect(schema.required).to.deep.equal(['data']);
    expect(schema.additionalProperties).to.equal(false);
    expect(schema.properties.network!.properties!.cutoff).to.include({ unit: 'Å', default: 5.5 });
    expect(schema.properties.network!.properties!.cutoff!.anyOf!.map(({ type }) => type)).to.deep.equal(['number', 'array']);
    expect(schema.properties.loss!.properties!.near_equilibrium!.properties!.window).to.have.property('exclusiveMinimum', 0);
    expect(schema.properties.network!.properties!.cutoff_style).to.have.property('enum').that.includes('quintic');
  });
});
