import { expect } from 'chai';
import { InputError } from '../../src/errors.js';
import { RandomStream } from '../../src/math/random.js';
import { evaluateEam } from '../../src/potentials/evaluate-eam.js';
import { fingerprint, fingerprintDistance } from '../../src/sampling/fingerprint.js';
import { nearCrystal } from '../../src/sampling/near-crystal.js';
import { type RecoverySetOptions, recoverySet } from '../../src/sampling/recovery-set.js';
import { selectByEnergy } from '../../src/sampling/select.js';
import { rattledStarts } from '../../src/sampling/starts.js';
import { multiplyRows, type Structure, volume } from '../../src/structures/structure.js';
import { copper, suttonChen } from './sutton-chen.js';

describe('near-crystal structures', () => {
  const strained = nearCrystal('Cu', 'fcc', 3.61, 21, RandomStream.fromSeed(1), { rattle: 0 });

  it('are the perfect crystal and even strains of three kinds within 5 %, none of them zero', () => {
    expect(strained).to.have.length(21);
    expect(strained[0]!.structure).to.deep.equal(copper());
    const labels = strained.map(({ label }) => label);
    expect(new Set(labels).size).to.equal(21);
    expect(labels.filter((label) => label.startsWith('volumetric'))).to.deep.equal(
      ['-0.0500', '-0.0375', '-0.0250', '-0.0125', '+0.0167', '+0.0333', '+0.0500'].map((strain) => `volumetric ${strain}`),
    );
    expect(labels.filter((label) => label.startsWith('shear')).map((label) => Number(label.slice(6)))).to.deep.equal([
      -0.05, -0.0333, -0.0167, 0.0167, 0.0333, 0.05,
    ]);
  });

  it('have the strain that they are labelled with', () => {
    const v0 = volume(copper().cell);
    for (const { structure, label } of strained.slice(1)) {
      const [mode, text] = label.split(' ') as [string, string];
      const e = Number(text);
      const expected = { volumetric: (1 + e) ** 3, uniaxial: 1 + e, shear: 1 - (e / 2) ** 2 }[mode]!;
      expect(volume(structure.cell) / v0).to.be.closeTo(expected, 3e-4);
      // fractional coordinates stay: atom 1 is at (0, 1/4, 1/4) of the doubled cell
      const place = multiplyRows([0, 0.25, 0.25], structure.cell);
      for (let x = 0; x < 3; x++) expect(structure.positions[3 + x]).to.be.closeTo(place[x]!, 1e-9);
    }
  });

  it('are rattled by the asked amount, the perfect one excepted', () => {
    const rattled = nearCrystal('Cu', 'fcc', 3.61, 21, RandomStream.fromSeed(1), { rattle: 0.04 });
    expect(rattled[0]!.structure).to.deep.equal(copper());
    const deviations = rattled
      .slice(1)
      .flatMap(({ structure }, k) => [...structure.positions].map((x, i) => x - strained[k + 1]!.structure.positions[i]!));
    const rms = Math.sqrt(deviations.reduce((sum, d) => sum + d * d, 0) / deviations.length);
    expect(rms).to.be.closeTo(0.04, 0.003);
  });

  it('are refused for impossible settings', () => {
    expect(() => nearCrystal('Cu', 'fcc', 0, 3, RandomStream.fromSeed(1))).to.throw(InputError, /lattice constant/);
    expect(() => nearCrystal('Cu', 'fcc', 3.6, 2.5, RandomStream.fromSeed(1))).to.throw(InputError, /positive integer/);
    expect(nearCrystal('Fe', 'bcc', 2.87, 2, RandomStream.fromSeed(1))).to.have.length(2);
  });
});

describe('fingerprints', () => {
  const random = RandomStream.fromSeed(2);
  const [structure] = rattledStarts(copper(), [0.1], random) as [Structure];
  const print = fingerprint(structure);

  it('do not see order, translation, rotation or wrapping', () => {
    const n = structure.species.length;
    const c = Math.cos(0.7);
    const s = Math.sin(0.7);
    const rotation = [c, s, 0, -s, c, 0, 0, 0, 1];
    const shuffled = Float64Array.from(
      { length: 3 * n },
      (_, k) => structure.positions[3 * ((Math.floor(k / 3) * 7 + 3) % n) + (k % 3)]! + 11.3,
    );
    const turned = { ...structure, cell: multiplyRows(structure.cell, rotation), positions: multiplyRows(shuffled, rotation) };
    expect(fingerprintDistance(print, fingerprint(turned))).to.be.below(1e-9);
  });

  it('see a rattle, another element and another size', () => {
    const [moved] = rattledStarts(structure, [0.01], random) as [Structure];
    expect(fingerprintDistance(print, fingerprint(moved))).to.be.within(0.1, 0.3);
    const species = [...structure.species];
    species[3] = 'Ag';
    expect(fingerprintDistance(print, fingerprint({ ...structure, species }))).to.be.above(0.1);
    expect(fingerprintDistance(print, fingerprint(copper([1, 1, 1])))).to.equal(Infinity);
  });

  it('keep duplicates out of a selection, which is spread over energy', () => {
    const amplitudes = Array.from({ length: 30 }, (_, k) => 0.002 + 0.01 * k);
    const members = rattledStarts(copper(), amplitudes, RandomStream.fromSeed(3)).flatMap((s) => {
      const energy = evaluateEam(suttonChen(), s).energy;
      return [0, 1].map((iteration) => ({ structure: s, energy, iteration }));
    });
    const all = selectByEnergy(members, { count: 60, highest: Infinity });
    expect(all.length).to.be.within(25, 30);
    const few = selectByEnergy(members, { count: 5, highest: Infinity }).map(({ energy }) => energy);
    expect(few[0]).to.equal(Math.min(...few));
    expect(few.at(-1)).to.equal(Math.max(...members.map(({ energy }) => energy)));
    expect(selectByEnergy(members, { count: 5, highest: -100 })).to.have.length(0);
  });
});

describe('recovery set', () => {
  const potential = suttonChen(8);
  const small: RecoverySetOptions = { total: 60, iterations: 12, live: 8 };

  it('has 341 different frames from the ground state to 3 eV/atom above it, in seconds', function () {
    this.timeout(120_000);
    const started = process.cpuUsage();
    const { frames, history } = recoverySet(potential, RandomStream.fromSeed(1));
    const { user, system } = process.cpuUsage(started);
    expect((user + system) / 1e6, 'CPU seconds').to.be.below(10);
    expect(frames).to.have.length(341);
    expect(frames.filter(({ configType }) => configType === 'near-fcc')).to.have.length(21);
    const excess = frames.map(({ energy }) => (energy! - frames[0]!.energy!) / 32);
    expect(Math.max(...excess)).to.be.within(2.8, 3);
    for (const [low, high] of [
      [0.01, 0.1],
      [0.1, 0.3],
      [0.3, 0.6],
      [0.6, 1],
      [1, 2],
      [2, 3],
    ] as const)
      expect(excess.filter((e) => e > low && e < high).length, `${low} to ${high} eV/atom`).to.be.above(5);
    const prints = frames.map((frame) => fingerprint(frame));
    for (let i = 0; i < prints.length; i++)
      for (let j = Math.max(21, i + 1); j < prints.length; j++) expect(fingerprintDistance(prints[i]!, prints[j]!)).to.be.at.least(0.05);
    for (const records of Object.values(history))
      for (let k = 1; k < records.length; k++) expect(records[k]!.ceiling).to.be.below(records[k - 1]!.ceiling);
  });

  it('labels each frame with what the potential gives for it', () => {
    for (const frame of recoverySet(potential, RandomStream.fromSeed(2), small).frames) {
      const { energy, forces, stress } = evaluateEam(potential, frame);
      expect(frame.energy).to.equal(energy);
      expect(frame.forces).to.deep.equal(forces);
      expect(frame.stress).to.deep.equal(stress);
    }
  });

  it('repeats itself with the same seed', () => {
    const energies = (seed: number) => recoverySet(potential, RandomStream.fromSeed(seed), small).frames.map(({ energy }) => energy);
    const first = energies(3);
    expect(energies(3)).to.deep.equal(first);
    expect(energies(4)).not.to.deep.equal(first);
  });

  it('serves other elements and lattices', () => {
    const iron = {
      ...potential,
      elements: ['Fe'],
      cutoff: 5,
      pair: () => potential.pair(0, 0),
      density: () => potential.density(0, 0),
      embedding: () => potential.embedding(0),
    };
    const { frames } = recoverySet(iron, RandomStream.fromSeed(5), { ...small, element: 'Fe', lattice: 'bcc', a: 2.87, repeat: [3, 2, 2] });
    expect(frames[0]!.species).to.deep.equal(Array.from({ length: 24 }, () => 'Fe'));
    expect(frames.filter(({ configType }) => configType === 'near-bcc')).to.have.length(21);
  });

  it('refuses more near-crystal frames than frames', () => {
    expect(() => recoverySet(potential, RandomStream.fromSeed(1), { total: 10 })).to.throw(InputError, /21 near-crystal frames/);
  });
});
