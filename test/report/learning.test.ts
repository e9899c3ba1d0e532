import { expect } from 'chai';
import { RandomStream } from '../../src/math/random.js';
import { builtinModel } from '../../src/potentials/builtin.js';
import { describeEquation } from '../../src/report/equation.js';
import type { LearningPoint, LearningReport, LearningRound } from '../../src/report/learning/data.js';
import { renderLearning } from '../../src/report/learning/html.js';
import { elements, parseXml } from './xml.js';

const round = (k: number, changes: Partial<LearningRound> = {}): LearningRound => ({
  round: k,
  labels: k === 0 ? 21 : 12,
  total: 21 + 12 * k,
  before: k === 0 ? Number.NaN : 0.4 / 3 ** k,
  largest: k === 0 ? Number.NaN : 1.3 / 2 ** k,
  threshold: k === 0 ? Number.NaN : 0.0044,
  wrong: k === 0 ? 0 : 10 - k,
  frames: 21 + 11 * k,
  trained: 0.004 + 0.001 * k,
  test: 0.3 / 2 ** k,
  complexity: 30 + k,
  full: k % 4 === 0,
  found: k === 0 ? {} : { nested: 300, dynamics: 20 },
  distinct: k === 0 ? 0 : 210,
  groups: k === 0 ? { 'near-fcc': 21 } : { nested: 10, strained: 2 },
  notes: k === 1 ? ['the potential has a hole: 4 atoms from random positions fell more than 0.5 eV/atom below the training set'] : [],
  failures: k === 2 ? ['nested ensemble, 4 atoms, fcc, iteration 3: not converged in 150 iterations'] : [],
  ...changes,
});

/** A run of five rounds, as data. */
function sampleLearning(changes: Partial<LearningReport> = {}): LearningReport {
  const random = RandomStream.fromSeed(4);
  const points = Array.from({ length: 69 }, (_, k): LearningPoint => {
    const own = k < 21 ? 0 : 1 + Math.floor((k - 21) / 12);
    const excess = own === 0 ? 0.1 * random.uniform() : 3 * random.uniform() ** 2;
    const energy = -3.5 + excess;
    return {
      x: 3 * excess + 0.4 * random.normal(),
      y: random.normal() * (0.2 + excess),
      round: own,
      energy,
      predicted: own === 0 ? Number.NaN : energy + (0.3 / own) * random.normal(),
      verdict: own === 0 ? 'train' : k % 11 === 0 ? 'far' : k % 5 === 0 ? 'agrees' : 'train',
      name: `round ${own}: nested ensemble, 4 atoms, fcc, iteration ${k} <&>`,
    };
  });
  return {
    title: 'Copper from DFT',
    element: 'Cu',
    counted: 'nodes',
    before: 'front refined',
    date: '2026-01-01 00:00 UTC',
    version: '0.1.0',
    command: 'eqpot learn copper.yaml',
    settings: 'element: Cu\nlabel: { engine: gpaw }\n',
    engine: 'gpaw',
    engineSettings: 'xc: PBE\necut: 340\nkpoints: {"spacing":0.3}',
    rule: 'committee',
    reason: 'nothing new was found: no structure of round 5 is worth a label by the rule committee',
    rounds: [0, 1, 2, 3, 4].map((k) => round(k)),
    points,
    shares: [0.71, 0.18],
    final: { frames: 65, error: 0.0081, test: 0.019, complexity: 34, equation: describeEquation(builtinModel('sr2')) },
    ...changes,
  };
}

/** Parses strictly; every id stands once. */
function assertWellFormed(page: string): void {
  const ids = [...elements(parseXml(page))].flatMap(({ attributes }) => (attributes.id === undefined ? [] : [attributes.id]));
  expect(new Set(ids).size).to.equal(ids.length);
}

describe('report of active learning', () => {
  it('is one well-formed page with curve, rounds, map and why it ended', () => {
    const page = renderLearning(sampleLearning());
    assertWellFormed(page);
    for (const id of ['learning-curve', 'learning-parity', 'map-by-round', 'map-by-energy', 'id="rounds"']) expect(page).to.include(id);
    expect(page).to.include('Stopped because nothing new was found').and.include('fell more than 0.5 eV/atom');
    expect(page).to.include('&lt;&amp;&gt;').and.not.include('<&>');
  });

  it('shows a run that has just begun', () => {
    const first = round(0, { trained: Number.NaN, test: Number.NaN, frames: Number.NaN, complexity: Number.NaN });
    const { points } = sampleLearning();
    const page = renderLearning(sampleLearning({ rounds: [first], points: points.slice(0, 2), final: undefined, reason: undefined }));
    assertWellFormed(page);
    expect(page).to.include('Still running').and.not.include('NaN');
    assertWellFormed(renderLearning(sampleLearning({ rounds: [], points: [], final: undefined, reason: undefined })));
  });

  it('puts every round on the curve where its labels were known', () => {
    const page = renderLearning(sampleLearning());
    expect(page).to.include('round 1, new structures, before training: 133 meV/atom with 21 labels');
    expect(page).to.include('round 4, training set: 8.00 meV/atom with 69 labels');
  });
});
