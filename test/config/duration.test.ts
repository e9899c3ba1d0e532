import { expect } from 'chai';
import fc from 'fast-check';
import { parseDuration } from '../../src/config/duration.js';
import { suggest } from '../../src/config/suggest.js';
import { InputError } from '../../src/errors.js';

describe('durations', () => {
  it('are seconds, units or the clock of Slurm', () => {
    const cases: [number | string, number][] = [
      [90, 90],
      ['90', 90],
      ['1.5h', 5400],
      ['30m', 1800],
      ['30min', 1800],
      ['1h30m', 5400],
      ['2d 4h', 187_200],
      ['45s', 45],
      ['02:30:00', 9000],
      ['1-00:00:01', 86_401],
    ];
    for (const [text, seconds] of cases) expect(parseDuration(text), String(text)).to.equal(seconds);
  });

  it('are nothing else', () => {
    for (const text of ['', '0', -1, 'h', '1x', '1h30', '30 m x', '1:2', '-5m', '1:99:00', Number.NaN, Number.POSITIVE_INFINITY])
      expect(() => parseDuration(text), String(text)).to.throw(InputError, 'not a duration');
  });

  it('add up', () => {
    fc.assert(
      fc.property(fc.nat(50), fc.nat(100), fc.integer({ min: 1, max: 100 }), (h, m, s) => {
        expect(parseDuration(`${h}h${m}m${s}s`)).to.equal(3600 * h + 60 * m + s);
      }),
      { numRuns: 50 },
    );
  });
});

describe('did you mean', () => {
  it('finds near names and leaves far ones', () => {
    const names = ['cutoff', 'cutoff_style', 'seed', 'density', 'audit'];
    expect(suggest('cutof', names)).to.equal('cutoff');
    expect(suggest('Cutoff-Style', names)).to.equal('cutoff_style');
    expect(suggest('dnesity', names)).to.equal('density');
    expect(suggest('sede', names)).to.equal('seed');
    expect(suggest('x', names)).to.equal(undefined);
    expect(suggest('potential', names)).to.equal(undefined);
  });
});
