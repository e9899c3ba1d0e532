import { expect } from 'chai';
import { RULES } from '../../src/learning/rules/index.js';
import type { Judged, RuleContext } from '../../src/learning/rules/rule.js';
import { RandomStream } from '../../src/math/random.js';
import { cubic } from '../../src/structures/lattices.js';

/** Candidates on a line: the print is their place. */
function pool(entries: readonly { at: number; energy?: number; disagreement?: number }[]): Judged[] {
  return entries.map(({ at, energy = 0, disagreement = 0 }, k) => ({
    structure: cubic('fcc', 'Cu', 3.6 + 0.01 * k),
    configType: 'test',
    source: `candidate ${k}`,
    print: Float64Array.of(at),
    energy,
    disagreement,
  }));
}

const context = (changes: Partial<RuleContext> = {}): RuleContext => ({
  budget: 3,
  known: [],
  threshold: 0.01,
  distance: 0.1,
  random: RandomStream.fromSeed(1),
  ...changes,
});

const names = (chosen: readonly Judged[]) => chosen.map(({ source }) => Number(source.split(' ')[1]));

describe('rules of selection', () => {
  it('error: spread over energy, from the lowest to the highest', () => {
    const entries = Array.from({ length: 50 }, (_, k) => ({ at: k, energy: -3.5 + 0.01 * k * k }));
    const chosen = RULES.error.choose(pool(entries), context({ budget: 5 })).map(({ energy }) => energy);
    expect(chosen).to.have.length(5);
    expect(Math.min(...chosen)).to.equal(-3.5);
    expect(Math.max(...chosen)).to.be.closeTo(-3.5 + 0.01 * 49 * 49, 1e-9);
    // even in the square root of the energy: every twelfth
    expect(chosen[1]! + 3.5).to.be.closeTo(0.01 * 12 * 12, 0.3);
  });

  it('committee: where it differs most, above the threshold, not twice in one place', () => {
    const entries = [
      { at: 0, disagreement: 0.5 },
      { at: 0.01, disagreement: 0.49 },
      { at: 5, disagreement: 0.005 },
      { at: 1, disagreement: 0.02 },
      { at: 2, disagreement: 0.3 },
    ];
    expect(names(RULES.committee.choose(pool(entries), context({ budget: 9 })))).to.deep.equal([0, 4, 3]);
    expect(names(RULES.committee.choose(pool(entries), context({ budget: 1 })))).to.deep.equal([0]);
    expect(RULES.committee.choose(pool(entries), context({ threshold: 1 }))).to.deep.equal([]);
  });

  it('farthest: first what is least like the known, then what is least like that as well', () => {
    const entries = [{ at: 0.05 }, { at: 1 }, { at: 4 }, { at: 3.9 }, { at: 2.4 }];
    const known = [Float64Array.of(0)];
    expect(names(RULES.farthest.choose(pool(entries), context({ known })))).to.deep.equal([2, 4, 1]);
    // 3.9 is 0.1 from 4, and 0.05 is too close to what is known
    expect(names(RULES.farthest.choose(pool(entries), context({ known, budget: 9, distance: 0.2 })))).to.deep.equal([2, 4, 1]);
    expect(RULES.farthest.choose(pool([{ at: 0.05 }]), context({ known }))).to.deep.equal([]);
  });

  it('random: each candidate once, another seed another choice', () => {
    const entries = Array.from({ length: 20 }, (_, k) => ({ at: k }));
    const chosen = (seed: number) => names(RULES.random.choose(pool(entries), context({ budget: 8, random: RandomStream.fromSeed(seed) })));
    expect(new Set(chosen(1)).size).to.equal(8);
    expect(chosen(1)).to.deep.equal(chosen(1));
    expect(chosen(1)).to.not.deep.equal(chosen(2));
    expect(new Set(names(RULES.random.choose(pool(entries), context({ budget: 99 })))).size).to.equal(20);
  });
});
