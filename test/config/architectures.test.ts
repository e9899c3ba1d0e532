import { expect } from 'chai';
import { architecturesOf } from '../../src/config/architectures.js';
import { settingsSchema } from '../../src/config/schema.js';

const architectures = (network: object) => architecturesOf(settingsSchema.parse({ data: { files: ['x'] }, network }));

describe('architecturesOf', () => {
  it('is the network itself where nothing is a list', () => {
    const settings = settingsSchema.parse({ data: { files: ['x'] } });
    const [one, ...others] = architecturesOf(settings);
    expect(others).to.deep.equal([]);
    expect(one!.network).to.deep.equal(settings.network);
    expect(one!.name).to.equal('');
    expect(one!.paths.cutoff).to.deep.equal(['network', 'cutoff']);
  });

  it('combines every cutoff with every network', () => {
    const pair = [{ basis: ['r^-1'] }, { basis: ['r^-6'], outer: ['exp'] }];
    const density = [{ basis: ['r^-3'] }, { basis: ['r^-4'] }, { basis: ['r^-5'] }];
    const all = architectures({ cutoff: [4, 5], pair, density });
    const seen = all.map(({ network }) => `${network.cutoff} ${network.pair.basis} ${network.density.basis}`);
    expect(new Set(seen).size).to.equal(12);
    expect(all[0]!.name).to.equal('pair 1, density 1');
    expect(all.map(({ network }) => network.cutoff).slice(0, 4)).to.deep.equal([4, 5, 4, 5]);
    const last = all.at(-1)!;
    expect(last.name).to.equal('pair 2, density 3');
    expect(last.network.pair).to.deep.equal({ basis: ['r^-6'], outer: ['exp'] });
    expect(last.network.taper_width).to.equal(all[0]!.network.taper_width);
    expect(last.paths).to.deep.equal({
      cutoff: ['network', 'cutoff', 1],
      pair: ['network', 'pair', 1],
      density: ['network', 'density', 2],
      embedding: ['network', 'embedding'],
    });
  });

  it('gives lists of one no name', () => {
    expect(architectures({ cutoff: [6], pair: [{}] }).map(({ name }) => name)).to.deep.equal(['']);
  });
});
