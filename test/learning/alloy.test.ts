import { expect } from 'chai';
import fc from 'fast-check';
import { type Alloy, decorated, drawSpecies, nearestDistance, randomlyDecorated, shuffled } from '../../src/learning/alloy.js';
import { crystalOf } from '../../src/learning/crystals.js';
import { groundOf } from '../../src/learning/ground.js';
import { momentPrint, printDistance } from '../../src/learning/moment-print.js';
import { sampleAll } from '../../src/learning/sources/index.js';
import { RandomStream } from '../../src/math/random.js';
import { Zjw04Form } from '../../src/potentials/zjw04/form.js';
import { zjw04Potential } from '../../src/potentials/zjw04/model.js';
import { neighbourPairs } from '../../src/structures/neighbours.js';
import type { Frame } from '../../src/structures/structure.js';
import { modelOf } from '../fitting/zjw04/problem.js';
import { alloyParameters } from '../potentials/zjw04/parameters.js';

const ALLOY: Alloy = { elements: ['Ni', 'Mo', 'Cu'], nearest: [2.49, 2.73, 2.56] };
const count = (species: readonly string[], symbol: string) => species.filter((one) => one === symbol).length;

describe('random compositions', () => {
  it('hold so many atoms, every element at every number of atoms it can have, and pure ones', () => {
    const random = RandomStream.fromSeed(3);
    const seen = new Set<number>();
    for (let k = 0; k < 400; k++) {
      const species = drawSpecies(ALLOY, 4, random);
      expect(species).to.have.length(4);
      expect(ALLOY.elements).to.include.members(species);
      seen.add(25 * count(species, 'Ni') + 5 * count(species, 'Mo') + count(species, 'Cu'));
    }
    // ways to divide 4 atoms among 3 elements
    expect(seen.size).to.equal(15);
  });

  it('keep their atoms when they are shuffled, and draw nothing for one element', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom('Ni', 'Mo'), { minLength: 1, maxLength: 12 }), fc.integer(), (species, seed) => {
        expect(shuffled(species, RandomStream.fromSeed(seed)).sort()).to.deep.equal([...species].sort());
      }),
    );
    const [a, b] = [RandomStream.fromSeed(1), RandomStream.fromSeed(1)];
    const copper: Alloy = { elements: ['Cu'], nearest: [2.56] };
    expect(drawSpecies(copper, 3, a)).to.deep.equal(['Cu', 'Cu', 'Cu']);
    expect(randomlyDecorated(crystalOf('fcc', copper, 4)!, copper, a)).to.deep.equal(crystalOf('fcc', copper, 4));
    expect(a.uniform()).to.equal(b.uniform());
  });

  it('stand in crystals whose nearest distance is the mean over the atoms', () => {
    const crystal = crystalOf('fcc', ALLOY, 4)!;
    const structure = decorated(crystal, ALLOY, ['Ni', 'Mo', 'Mo', 'Cu']);
    const closest = Math.min(...neighbourPairs(structure, 4).distances);
    expect(closest).to.be.closeTo((2.49 + 2.73 + 2.73 + 2.56) / 4, 1e-9);
    expect(nearestDistance(ALLOY, structure.species)).to.be.closeTo(closest, 1e-9);
  });
});

describe('the ground of an alloy', () => {
  const frame = (species: string[], energy: number): Frame =>
    ({
      species,
      energy: energy * species.length,
      cell: new Float64Array(9),
      pbc: [true, true, true],
      positions: new Float64Array(3),
    }) as unknown as Frame;

  it('is a plane below all frames that touches one, and for one element the lowest energy', () => {
    const frames = [
      frame(['Ni', 'Ni'], -5),
      frame(['Mo', 'Mo'], -10),
      frame(['Ni', 'Mo'], -7.8),
      frame(['Ni', 'Mo'], -7),
      frame(['Ni'], -4.9),
    ];
    const ground = groundOf(['Ni', 'Mo'], frames);
    const above = frames.map(({ species, energy }) => energy! / species.length - ground(species));
    expect(Math.min(...above)).to.be.closeTo(0, 1e-9);
    expect(ground(['Mo']) - ground(['Ni'])).to.be.within(-6, -4);
    expect(groundOf(['Ni'], [frame(['Ni'], -5), frame(['Ni'], -4)])(['Ni'])).to.equal(-5);
  });

  it('is there where all frames have the same composition', () => {
    const ground = groundOf(['Ni', 'Mo'], [frame(['Ni', 'Mo'], -7), frame(['Ni', 'Mo'], -6)]);
    expect(ground(['Ni', 'Mo'])).to.be.closeTo(-7, 1e-6);
  });
});

describe('prints of alloys', () => {
  it('tell the elements apart, and not the order of the atoms', () => {
    const crystal = crystalOf('fcc', ALLOY, 4)!;
    const print = (species: string[]) => momentPrint({ ...crystal, species }, 5.5, ['Ni', 'Mo']);
    expect(print(['Ni', 'Ni', 'Mo', 'Ni'])).to.have.length(4 * 28);
    expect(printDistance(print(['Ni', 'Ni', 'Mo', 'Ni']), print(['Mo', 'Ni', 'Ni', 'Ni']))).to.be.below(1e-9);
    expect(printDistance(print(['Ni', 'Ni', 'Mo', 'Ni']), print(['Mo', 'Mo', 'Ni', 'Mo']))).to.be.above(0.1);
    // together the neighbours are those of one element
    const all = momentPrint(crystal, 5.5);
    const parts = print(['Ni', 'Ni', 'Mo', 'Ni']);
    for (let k = 0; k < 14; k++) expect(parts[k]! + parts[28 + k]! + parts[56 + k]! + parts[84 + k]!).to.be.closeTo(all[k]!, 1e-9);
  });
});

describe('sources of an alloy', () => {
  it('make structures of both elements, each ensemble with atoms that stay what they are', async () => {
    const form = { elements: ['Ni', 'Mo'], kind: 'adp', cross: 'free', cutoff: 5.5, taperWidth: 1 } as const;
    const potential = zjw04Potential(modelOf(form, alloyParameters(new Zjw04Form(form))));
    const found = await sampleAll(
      {
        nested: {
          atoms: [4],
          phases: ['fcc'],
          random: true,
          live: 4,
          iterations: 4,
          volume: [0.9, 1.2],
          strain: 0.05,
          minimum_distance: 0.6,
          window: 5,
          floor: 1,
          keep: 10,
        },
        strained: { phases: ['bcc'], atoms: [8], count: 6, strain: 0.05, rattle: 0.05 },
        defects: { phases: ['fcc'], atoms: [8], count: 3, kinds: ['vacancy', 'interstitial'], rattle: 0.05 },
        surfaces: { phases: ['fcc'], planes: ['111'], layers: 4, vacuum: 8, count: 4, rattle: 0.05 },
      },
      (stream) => ({
        alloy: { elements: ['Ni', 'Mo'], nearest: [2.49, 2.73] },
        potential,
        lowest: (species) => (-4.45 * count(species, 'Ni') - 6.8 * count(species, 'Mo')) / species.length,
        random: RandomStream.fromSeed(8, stream),
        dynamics: async () => [],
        stop: () => false,
        note: () => {},
      }),
      () => {},
    );
    for (const kind of ['nested', 'strained', 'defect', 'surface']) {
      const own = found.filter(({ configType }) => configType === kind);
      expect(own.length, kind).to.be.above(2);
      expect(new Set(own.flatMap(({ structure }) => structure.species)), kind).to.have.keys(['Ni', 'Mo']);
    }
    const ensembles = new Map<string, Set<string>>();
    for (const { source, structure } of found.filter(({ configType }) => configType === 'nested')) {
      const from = source.replace(/, (iteration|a hole).*/, '');
      ensembles.set(from, (ensembles.get(from) ?? new Set()).add([...structure.species].sort().join()));
    }
    for (const [from, compositions] of ensembles) expect(compositions.size, from).to.equal(1);
  });
});
