import { expect } from 'chai';
import fc from 'fast-check';
import { chooseNodes, directEnergies, type Probe } from '../../src/fitting/choose-nodes.js';
import { buildMoments, chebyshevMoments, collectNeighbours, type MomentTable } from '../../src/fitting/moments.js';
import { ReferenceKernel } from '../../src/kernels/reference.js';
import { chebyshevValues, reduced } from '../../src/math/chebyshev.js';
import { RandomStream } from '../../src/math/random.js';
import { builtinModel } from '../../src/potentials/builtin.js';
import { EquationPotential } from '../../src/potentials/equation-potential.js';
import { evaluateEam } from '../../src/potentials/evaluate-eam.js';
import { cubic } from '../../src/structures/lattices.js';
import { repeat, type Structure } from '../../src/structures/structure.js';
import { vector } from '../math/arbitrary.js';
import { displaced, images, rotated, strained } from '../structures/arbitrary.js';
import { randomCells } from './structures.js';

const CUTOFF = 5.5;
const sr2 = new EquationPotential({ ...builtinModel('sr2', { cutoff: CUTOFF }), cutoffStyle: 'quintic', taperWidth: 2.1 });

/** energies per atom from moments, with SR2's functions at the nodes and the plain kernel */
function momentEnergies(table: MomentTable, potential = sr2): Float64Array {
  const d = new Float64Array(1);
  const n = table.rowStart.length - 1;
  const out = new Float64Array(n);
  const K = table.map.count;
  for (let s = 0; s < n; s++) {
    for (let k = 0; k < K; k++) out[s]! += table.pair[s * K + k]! * potential.pair().evaluate(table.map.nodes[k]!, d);
    for (let i = table.rowStart[s]!; i < table.rowStart[s + 1]!; i++) {
      let rho = 0;
      for (let k = 0; k < K; k++) rho += table.rows[i * K + k]! * potential.density().evaluate(table.map.nodes[k]!, d);
      out[s]! += table.weights[i]! * potential.embedding().evaluate(rho, d);
    }
  }
  return out;
}

/** SR2 as published: analytic up to its cutoff, where a taper has a joint */
const shifted = new EquationPotential(builtinModel('sr2', { cutoff: CUTOFF }));

const errorOf = (structures: readonly Structure[], K: number, potential = sr2): number => {
  const energies = momentEnergies(buildMoments(collectNeighbours(structures, CUTOFF), K), potential);
  return Math.max(
    ...structures.map((structure, s) => Math.abs(energies[s]! - evaluateEam(potential, structure).energy / structure.species.length)),
  );
};

const rowsOf = (structure: Structure, cutoff = CUTOFF): number => collectNeighbours([structure], cutoff).weights.length;

describe('moments', () => {
  it('are the sums of Chebyshev polynomials over the neighbours', () => {
    const cell = displaced(cubic('fcc', 'Cu', 3.6), (k) => 0.1 * Math.sin(7 * k));
    const table = collectNeighbours([cell], 4);
    const K = 14;
    const moments = chebyshevMoments(table, K, 1.9);
    const expected = new Float64Array(4 * K);
    const t = new Float64Array(K);
    for (const { i, r } of images(cell, 4)) {
      chebyshevValues(reduced(r, 1.9, 4), K, t);
      for (let m = 0; m < K; m++) expected[table.rowOfAtom[i]! * K + m]! += t[m]!;
    }
    expect(table.weights.length).to.equal(4);
    moments.forEach((value, k) => {
      expect(value).to.be.closeTo(expected[k]!, 1e-11);
    });
  });

  it('give the energies of the direct sum for random structures', () => {
    const structures = randomCells(RandomStream.fromSeed(1), 15, 16);
    expect(errorOf(structures, 64, shifted)).to.be.below(1e-9);
    // measured: 2e-6 eV/atom, from the joint of the taper
    expect(errorOf(structures, 64)).to.be.below(5e-6);
  });

  it('give powers of 1/r exactly with few nodes', () => {
    // Sutton-Chen: r^-9 and r^-6 are polynomials of degree 9 in 1/r, a shift adds a constant
    const suttonChen = new EquationPotential(builtinModel('sutton-chen-cu', { cutoff: CUTOFF }));
    const structures = randomCells(RandomStream.fromSeed(2), 6);
    const energies = momentEnergies(buildMoments(collectNeighbours(structures, CUTOFF), 12), suttonChen);
    structures.forEach((structure, s) => {
      expect(energies[s]).to.be.closeTo(evaluateEam(suttonChen, structure).energy / structure.species.length, 1e-9);
    });
  });

  it('become more accurate with every few nodes', () => {
    const structures = randomCells(RandomStream.fromSeed(3), 9);
    for (const [potential, factor] of [
      [sr2, 1.5],
      [shifted, 20],
    ] as const) {
      const errors = [12, 20, 28, 36].map((K) => errorOf(structures, K, potential));
      for (let k = 1; k < errors.length; k++) expect(errors[k], `${errors}`).to.be.below(errors[k - 1]! / factor);
    }
  });

  it('refuse an odd number of nodes', () => {
    expect(() => buildMoments(collectNeighbours([cubic('fcc', 'Cu', 3.6)], 4), 13)).to.throw(RangeError, 'must be even, not 13');
  });

  describe('of equal environments', () => {
    it('stand once: a strained perfect crystal is one row', () => {
      fc.assert(
        fc.property(vector(9, -0.1, 0.1), fc.constantFrom('fcc' as const, 'bcc' as const, 'sc' as const), (strain, lattice) => {
          const a = { fcc: 3.6, bcc: 2.9, sc: 2.4 }[lattice];
          const crystal = strained(repeat(cubic(lattice, 'Cu', a), [2, 2, 1]), strain);
          expect(rowsOf(crystal)).to.equal(1);
        }),
        { numRuns: 30 },
      );
      // diamond has two sublattices, which an inversion maps on each other
      expect(rowsOf(strained(cubic('diamond', 'Cu', 5.4), [0.02, 0.01, 0, 0, -0.03, 0, 0.01, 0, 0]))).to.equal(1);
    });

    it('keep their number as weight', () => {
      // one displaced atom of 2x2x2 fcc cells: itself, and neighbours in pairs and quadruples
      const crystal = repeat(cubic('fcc', 'Cu', 3.6), [2, 2, 2]);
      const moved = displaced(crystal, (k) => (k === 0 ? 0.2 : 0));
      const table = collectNeighbours([moved], CUTOFF);
      expect(table.weights.length).to.be.within(4, 20);
      expect(table.weights.reduce((a, b) => a + b)).to.be.closeTo(1, 1e-12);
      const counts = new Map<number, number>();
      for (const row of table.rowOfAtom) counts.set(row, (counts.get(row) ?? 0) + 1);
      counts.forEach((count, row) => {
        expect(table.weights[row]).to.be.closeTo(count / 32, 1e-12);
      });
      // the displaced atom's environment is its own
      expect(counts.get(table.rowOfAtom[0]!)).to.equal(1);
    });

    it('are not confused with environments that differ by a thousandth of an ångström', () => {
      const crystal = repeat(cubic('fcc', 'Cu', 3.6), [2, 2, 2]);
      const random = RandomStream.fromSeed(9);
      expect(rowsOf(displaced(crystal, () => random.range(-1e-3, 1e-3)))).to.equal(32);
    });

    it('do not change an energy', () => {
      fc.assert(
        fc.property(vector(9, -0.08, 0.08), vector(3, -0.3, 0.3), (strain, push) => {
          // two atoms of eight move, so that most others stay pairwise equal
          const cell = strained(
            displaced(repeat(cubic('bcc', 'Cu', 2.9), [2, 2, 1]), (k) => (k < 3 ? push[k]! : 0)),
            strain,
          );
          const energy = evaluateEam(sr2, cell).energy / 8;
          const big = repeat(cell, [2, 1, 1]);
          const table = collectNeighbours([cell, big], CUTOFF);
          // the doubled cell has no new environments
          expect(table.rowStart[2]! - table.rowStart[1]!).to.equal(table.rowStart[1]!);
          const energies = momentEnergies(buildMoments(table, 48));
          expect(energies[0]).to.be.closeTo(energy, 2e-5);
          expect(energies[1]).to.be.closeTo(energies[0]!, 1e-9);
        }),
        { numRuns: 12 },
      );
    });

    it('do not depend on how a structure is turned or where it is', () => {
      const cell = displaced(repeat(cubic('fcc', 'Cu', 3.6), [2, 1, 1]), (k) => 0.2 * Math.sin(3 * k));
      const turned = displaced(rotated(cell, [0.3, -1, 0.5]), (k) => 0.7 * (k % 3));
      const table = buildMoments(collectNeighbours([cell, turned], CUTOFF), 24);
      const [a, b] = momentEnergies(table);
      expect(b).to.be.closeTo(a!, 1e-10);
    });
  });

  it('keep rows, atoms and structures apart', () => {
    const structures = randomCells(RandomStream.fromSeed(4), 7);
    const table = buildMoments(collectNeighbours(structures, 4.5), 16);
    expect(table.atomStart[7]).to.equal(structures.reduce((total, { species }) => total + species.length, 0));
    expect(table.rowStart[7]).to.equal(table.weights.length);
    for (let s = 0; s < 7; s++) {
      for (let i = table.atomStart[s]!; i < table.atomStart[s + 1]!; i++)
        expect(table.rowOfAtom[i]).to.be.within(table.rowStart[s]!, table.rowStart[s + 1]! - 1);
      let total = 0;
      for (let i = table.rowStart[s]!; i < table.rowStart[s + 1]!; i++) total += table.weights[i]!;
      expect(total).to.be.closeTo(1, 1e-12);
    }
    // one structure alone has the same rows as among others
    const alone = buildMoments(collectNeighbours([structures[3]!], 4.5), 16, table.map.shortest);
    alone.rows.forEach((value, k) => {
      expect(value).to.be.closeTo(table.rows[table.rowStart[3]! * 16 + k]!, 1e-11);
    });
  });

  it('handle isolated atoms and sets without any pair', () => {
    const alone: Structure = { ...cubic('sc', 'Cu', 30), pbc: [false, false, false] };
    const table = buildMoments(collectNeighbours([alone, cubic('fcc', 'Cu', 3.6)], CUTOFF), 12);
    expect(table.rows.subarray(0, 12).every((value) => value === 0)).to.equal(true);
    expect(momentEnergies(table)[0]).to.equal(0);
    const none = collectNeighbours([alone], CUTOFF);
    expect(none.distances.length).to.equal(0);
    expect(none.shortest).to.equal(CUTOFF);
  });

  it('know the shortest distance of the set', () => {
    const structures = randomCells(RandomStream.fromSeed(6), 5);
    const expected = Math.min(...structures.flatMap((structure) => images(structure, CUTOFF).map(({ r }) => r)));
    expect(collectNeighbours(structures, CUTOFF).shortest).to.be.closeTo(expected, 1e-12);
  });

  it('are read by the kernels as they are', () => {
    const table = buildMoments(collectNeighbours(randomCells(RandomStream.fromSeed(7), 3), CUTOFF), 32);
    const d = new Float64Array(1);
    const nodal = (f: 'pair' | 'density'): Float64Array => table.map.nodes.map((r) => sr2[f]().evaluate(r, d));
    const embedding = Float64Array.of(-1.5788, 0.0175, 0, -0.0009);
    const energies = new Float64Array(3);
    const batch = { count: 1, pair: nodal('pair'), density: nodal('density'), floor: new Float64Array(1), embedding, degree: 4 };
    new ReferenceKernel(table).energies(batch, energies, new Float64Array(1));
    momentEnergies(table).forEach((energy, s) => {
      expect(energies[s]).to.be.closeTo(energy, 1e-11);
    });
  });
});

describe('chooseNodes', () => {
  const d = new Float64Array(1);
  const probe: Probe = {
    name: 'SR2',
    pair: (r) => sr2.pair().evaluate(r, d),
    density: (r) => sr2.density().evaluate(r, d),
    embedding: (rho) => sr2.embedding().evaluate(rho, d),
  };
  const structures = randomCells(RandomStream.fromSeed(8), 9);
  const neighbours = collectNeighbours(structures, CUTOFF);

  it('sums directly over the neighbours of unique atoms', () => {
    directEnergies(neighbours, probe).forEach((energy, s) => {
      expect(energy).to.be.closeTo(evaluateEam(sr2, structures[s]!).energy / structures[s]!.species.length, 1e-10);
    });
  });

  it('keeps to the tolerance, with no more nodes than needed', () => {
    for (const tolerance of [1e-3, 1e-4, 1e-5]) {
      const { count, error, tried } = chooseNodes(neighbours, [probe], tolerance);
      expect(error).to.be.at.most(tolerance);
      const found = momentEnergies(buildMoments(neighbours, count));
      const worst = Math.max(...directEnergies(neighbours, probe).map((energy, s) => Math.abs(energy - found[s]!)));
      expect(worst).to.be.closeTo(error, 1e-9);
      for (const smaller of tried.slice(0, -1)) expect(smaller.error).to.be.above(tolerance);
      expect(tried[tried.length - 1]).to.deep.equal({ count, error });
    }
  });

  it('takes the largest number, and says what it costs, when none is good enough', () => {
    const { count, error } = chooseNodes(neighbours, [probe], 0);
    expect(count).to.equal(64);
    expect(error).to.be.above(0);
  });

  it('asks the worst of several probes', () => {
    const steep: Probe = { ...probe, pair: (r) => probe.pair(r) + 0.1 * Math.exp(-40 * (r - 2.5) ** 2) };
    const one = chooseNodes(neighbours, [probe], 1e-4).count;
    const both = chooseNodes(neighbours, [probe, steep], 1e-4).count;
    expect(both).to.be.above(one);
    expect(chooseNodes(neighbours, [steep, probe], 1e-4).count).to.equal(both);
  });
});
