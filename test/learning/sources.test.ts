import { expect } from 'chai';
import { conventionalCell, crystalOfSize, PHASES, randomStrain } from '../../src/learning/crystals.js';
import { type SourceOptions, sampleAll } from '../../src/learning/sources/index.js';
import type { Candidate, Dynamics, SamplingContext } from '../../src/learning/sources/source.js';
import { RandomStream } from '../../src/math/random.js';
import { builtinModel } from '../../src/potentials/builtin.js';
import { EquationPotential } from '../../src/potentials/equation-potential.js';
import { evaluateEam } from '../../src/potentials/evaluate-eam.js';
import { neighbourPairs } from '../../src/structures/neighbours.js';
import { type Structure, volume } from '../../src/structures/structure.js';

const NEAREST = 2.556;
const potential = new EquationPotential(builtinModel('sutton-chen-cu'));
const GROUND = -3.43;

function closest(structure: Structure): number {
  return neighbourPairs(structure, 6).distances.reduce((least, r) => Math.min(least, r), 6);
}

async function sample(options: SourceOptions, notes: string[] = [], dynamics: Dynamics = async () => []): Promise<Candidate[]> {
  const context = (stream: number): SamplingContext => ({
    alloy: { elements: ['Cu'], nearest: [NEAREST] },
    potential,
    lowest: () => GROUND,
    random: RandomStream.fromSeed(5, stream),
    dynamics,
    stop: () => false,
    note: (text) => notes.push(text),
  });
  return sampleAll(options, context, () => {});
}

describe('crystals of a given size', () => {
  it('have that many atoms at the distances of the crystal, in a cell as wide as can be', () => {
    for (const phase of PHASES) {
      const conventional = conventionalCell(phase, 'Cu', NEAREST);
      const nearest = closest(conventional);
      expect(nearest).to.be.within(0.85 * NEAREST, NEAREST * 1.0001);
      const large = crystalOfSize(conventional, 3 * conventional.species.length)!;
      expect(large.species).to.have.length(3 * conventional.species.length);
      expect(closest(large)).to.be.closeTo(nearest, 1e-9);
      expect(volume(large.cell)).to.be.closeTo(3 * volume(conventional.cell), 1e-6);
    }
    const fcc = conventionalCell('fcc', 'Cu', NEAREST);
    expect(crystalOfSize(fcc, 1)!.species).to.have.length(1);
    expect([...crystalOfSize(fcc, 32)!.cell].filter((x) => Math.abs(x) > 1e-9)).to.have.length(3);
    expect(crystalOfSize(conventionalCell('hcp', 'Cu', NEAREST), 3)).to.equal(undefined);
  });

  it('keep their fractional coordinates under a random strain of a volume within the range', () => {
    const fcc = conventionalCell('fcc', 'Cu', NEAREST);
    const random = RandomStream.fromSeed(1);
    for (let k = 0; k < 20; k++) {
      const strained = randomStrain(fcc, 0.1, [0.8, 1.2], random);
      expect(volume(strained.cell) / volume(fcc.cell)).to.be.within(0.8, 1.2);
      expect(Math.abs(strained.cell[1]! - strained.cell[3]!)).to.be.below(1e-9);
    }
  });
});

describe('sources of structures', () => {
  it('nested ensembles keep to sizes, window, volume and closest approach, and are the same for the same stream', async () => {
    const nested = {
      atoms: [1, 4],
      phases: ['fcc', 'bcc'],
      random: true,
      live: 6,
      iterations: 12,
      volume: [0.85, 1.3] as const,
      strain: 0.2,
      minimum_distance: 0.6,
      window: 3,
      floor: 0.5,
      keep: 20,
    };
    const found = await sample({ nested });
    expect(new Set(found.map(({ structure }) => structure.species.length))).to.deep.equal(new Set([1, 4]));
    expect(new Set(found.map(({ source }) => source.split(', ')[2]))).to.deep.equal(new Set(['random positions', 'fcc', 'bcc']));
    const atomic = NEAREST ** 3 * Math.SQRT1_2;
    for (const { structure } of found) {
      const n = structure.species.length;
      expect(evaluateEam(potential, structure).energy / n).to.be.within(GROUND - 0.5, GROUND + 3.001);
      expect(volume(structure.cell) / n / atomic).to.be.within(0.85 - 1e-9, 1.3 + 1e-9);
    }
    const again = await sample({ nested });
    expect(again.map(({ structure }) => [...structure.positions])).to.deep.equal(found.map(({ structure }) => [...structure.positions]));
  });

  it('nested ensembles start from small cells that are strained a lot, and where none can start the others do', async () => {
    const notes: string[] = [];
    const nested = {
      atoms: [4],
      phases: ['bcc'],
      random: true,
      live: 8,
      iterations: 4,
      volume: [0.8, 1.4] as const,
      strain: 0.15,
      minimum_distance: 0.75,
      window: 3,
      floor: 0.5,
      keep: 20,
    };
    expect(new Set((await sample({ nested }, notes)).map(({ source }) => source.split(', ')[2]))).to.deep.equal(
      new Set(['random positions', 'bcc']),
    );
    expect(notes).to.deep.equal([]);
    // no cell of four atoms has room for them
    const none = await sample({ nested: { ...nested, minimum_distance: 0.99, volume: [0.8, 0.81] } }, notes);
    expect(none).to.deep.equal([]);
    expect(notes).to.have.length(2);
    expect(notes[0]).to.match(/^no nested ensemble of 4 atoms from random positions: 4 atoms do not fit/);
    expect(notes[1]).to.match(/^no nested ensemble of 4 atoms from bcc: only \d of 8 starting configurations/);
  });

  it('give the holes of a potential to be labelled, and say that there are some', async () => {
    const notes: string[] = [];
    const nested = {
      atoms: [4],
      phases: [],
      random: true,
      live: 6,
      iterations: 20,
      volume: [0.85, 1.3] as const,
      strain: 0,
      minimum_distance: 0.6,
      window: 3,
      floor: 0.5,
      keep: 16,
    };
    // so that everything below -1.5 eV is called one
    const found = await sample({ nested: { ...nested, floor: -1.9 } }, notes);
    expect(notes.join()).to.match(/hole: 4 atoms from random positions/);
    expect(found.filter(({ source }) => source.includes('hole'))).to.have.length.within(1, 2);
  });

  it('make strained, defective and surface cells', async () => {
    const found = await sample({
      strained: { phases: ['fcc', 'hcp'], atoms: [4], count: 3, strain: 0.05, rattle: 0.1 },
      defects: { phases: ['fcc'], atoms: [32], count: 2, kinds: ['vacancy', 'divacancy', 'interstitial'], rattle: 0.02 },
      surfaces: { phases: ['fcc'], planes: ['111', '100'], layers: 5, vacuum: 10, count: 1, rattle: 0.02 },
    });
    const of = (type: string) => found.filter(({ configType }) => configType === type);
    expect(of('strained')).to.have.length(6);
    expect(of('defect').map(({ structure }) => structure.species.length)).to.deep.equal([31, 31, 30, 30, 33, 33]);
    // the octahedral place of fcc is half a lattice constant from its neighbours
    expect(closest(of('defect').at(-1)!.structure)).to.be.above(1.5);
    const [close, open] = of('surface').map(({ structure }) => structure);
    expect(close!.species).to.have.length(5);
    // area of an atom times five layers and ten Å of vacuum
    const layer = NEAREST * Math.sqrt(2 / 3);
    expect(volume(close!.cell) / ((Math.sqrt(3) / 2) * NEAREST ** 2)).to.be.closeTo(4 * layer + 10, 1.5);
    expect(volume(open!.cell)).to.be.above(NEAREST ** 2 * 10);
    for (const { structure } of found) expect(structure.pbc).to.deep.equal([true, true, true]);
  });

  it('dynamics goes on where a run breaks', async () => {
    const notes: string[] = [];
    let runs = 0;
    const options = { phases: ['fcc'], atoms: [4], temperatures: [300, 5000], steps: 100, snapshots: 2 };
    const found = await sample({ dynamics: options }, notes, async (start, { temperature }) => {
      runs++;
      if (temperature > 1000) throw new Error('Lost atoms');
      return [start, start];
    });
    expect([runs, found.length]).to.deep.equal([2, 2]);
    expect(notes.join()).to.include('5000 K ended early: Lost atoms');
  });
});
