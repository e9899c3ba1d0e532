import { expect } from 'chai';
import { InputError } from '../../src/errors.js';
import { RandomStream } from '../../src/math/random.js';
import { evaluateEam } from '../../src/potentials/evaluate-eam.js';
import { proposeCell } from '../../src/sampling/cell-moves.js';
import { energyModel } from '../../src/sampling/energy-model.js';
import { NestedEnsemble, type NestedEnsembleOptions, nestedEnsemble } from '../../src/sampling/nested-ensemble.js';
import { randomStarts, rattledStarts } from '../../src/sampling/starts.js';
import { neighbourPairs } from '../../src/structures/neighbours.js';
import { type Structure, volume } from '../../src/structures/structure.js';
import { copper, suttonChen } from './sutton-chen.js';

const species = Array.from({ length: 8 }, () => 'Cu');

function run(seed: number, options: NestedEnsembleOptions = {}) {
  const random = RandomStream.fromSeed(seed);
  const starts = randomStarts({ species, edge: 4.8, count: 12, minimumDistance: 1.5 }, random);
  return nestedEnsemble(energyModel(suttonChen(5)), starts, random, { iterations: 15, sweeps: 3, minimumDistance: 1.5, ...options });
}

describe('nested ensemble', () => {
  it('sinks: ceilings fall, every configuration is below its ceiling, the ceiling is the median of the generation before', () => {
    const { members, history, ended } = run(1);
    expect(ended).to.equal('iterations');
    expect(history).to.have.length(16);
    expect(history[0]!.ceiling).to.equal(Infinity);
    for (let k = 1; k < history.length; k++) {
      const before = history[k - 1]!.energies;
      expect(history[k]!.ceiling).to.equal((before[5]! + before[6]!) / 2);
      expect(history[k]!.ceiling).to.be.below(history[k - 1]!.ceiling);
    }
    for (const { energy, iteration } of members) expect(energy / 8).to.be.below(history[iteration]!.ceiling);
    expect(members).to.have.length(16 * 12);
    expect(history.at(-1)!.energies[0]).to.be.below(history[0]!.energies[0]! - 1);
  });

  it('gives energies that are those of its structures, and keeps atoms apart', () => {
    const potential = suttonChen(5);
    for (const { structure, energy } of run(2, { cellMoves: { volume: [11, 16], maximumStrain: 0.1 } }).members) {
      expect(evaluateEam(potential, structure).energy).to.be.closeTo(energy, 1e-6);
      expect(neighbourPairs(structure, 4).distances.every((r) => r > 1.5)).to.equal(true);
      expect(volume(structure.cell) / 8).to.be.within(11, 16);
    }
  });

  it('repeats itself with the same seed, and not with another', () => {
    const strip = (seed: number) =>
      run(seed, { iterations: 6, cellMoves: { volume: [12, 15] } }).members.map(({ energy, structure }) => [
        energy,
        ...structure.positions,
      ]);
    const first = strip(3);
    expect(strip(3)).to.deep.equal(first);
    expect(strip(4)).not.to.deep.equal(first);
  });

  it('halves the configuration space in each iteration', () => {
    // one atom in a spherical harmonic well: the space below E grows with E^(3/2), so the median falls by 2^(-2/3)
    const random = RandomStream.fromSeed(5);
    const starts = randomStarts({ species: ['Cu'], edge: 10, count: 300 }, random);
    const well = ({ positions }: Structure) => (positions[0]! - 5) ** 2 + (positions[1]! - 5) ** 2 + (positions[2]! - 5) ** 2;
    const { history } = nestedEnsemble(energyModel(well), starts, random, { iterations: 16, sweeps: 25, step: 2 });
    // below E = 20 the sphere is inside the cell
    const first = history.findIndex((record) => record.ceiling < 20);
    const fall = Math.log(history.at(-1)!.ceiling / history[first]!.ceiling) / (history.length - 1 - first);
    expect(fall).to.be.closeTo((-2 / 3) * Math.LN2, 0.06);
    // within a generation energies are distributed as E^(3/2): their mean is 3/5 of the ceiling
    for (const { energies, ceiling } of history.slice(first))
      expect(energies.reduce((sum, e) => sum + e, 0) / energies.length / ceiling).to.be.closeTo(0.6, 0.06);
    // the step lags a little behind the shrinking sphere
    for (const { acceptance } of history.slice(-5)) expect(acceptance).to.be.within(0.2, 0.45);
  });

  it('samples cells evenly in volume and positions', () => {
    const n = 3;
    const [low, high] = [10, 20];
    const random = RandomStream.fromSeed(6);
    let structure = randomStarts({ species: species.slice(0, n), edge: Math.cbrt(15 * n), count: 1 }, random)[0]!;
    const origin = structure.cell;
    let sum = 0;
    let largest = 0;
    const steps = 60_000;
    for (let k = 0; k < steps; k++) {
      structure = proposeCell(structure, origin, { volume: [low, high], maximumStrain: 0.1 }, 0.3, random) ?? structure;
      sum += volume(structure.cell) / n;
      largest = Math.max(largest, Math.abs(structure.cell[1]!) / structure.cell[0]!);
    }
    // probability of a volume V is proportional to V^n
    const mean = ((n + 1) * (high ** (n + 2) - low ** (n + 2))) / ((n + 2) * (high ** (n + 1) - low ** (n + 1)));
    expect(sum / steps).to.be.closeTo(mean, 0.2);
    expect(largest).to.be.within(0.05, 0.12);
  });

  it('refuses and reports what falls into a hole of the model', () => {
    const random = RandomStream.fromSeed(7);
    const broken = (structure: Structure) => (structure.positions[0]! > 5 ? -1e5 : -structure.positions[0]!);
    const starts = Array.from({ length: 6 }, (_, k) => ({ ...copper(), positions: copper().positions.map((x, i) => (i === 0 ? k : x)) }));
    const { members, holes } = nestedEnsemble(energyModel(broken), starts, random, { iterations: 5, sweeps: 2, energyFloor: -10 });
    expect(members.every(({ energy }) => energy > -1000)).to.equal(true);
    expect(holes).to.have.length(16);
    expect(holes.every(({ structure, energy }) => energy === -1e5 && structure.positions[0]! > 5)).to.equal(true);
  });

  it('hands over the holes where nearly all starts are in one', () => {
    const starts = rattledStarts(copper([1, 1, 1]), [0.01, 0.02, 0.03, 0.04], RandomStream.fromSeed(8));
    let calls = 0;
    const result = nestedEnsemble(
      energyModel(() => (calls++ < 3 ? -1e5 : -3)),
      starts,
      RandomStream.fromSeed(9),
      { energyFloor: -10 },
    );
    expect(result.ended).to.equal('holes');
    expect(result.members).to.deep.equal([]);
    expect(result.holes).to.have.length(3);
  });

  it('takes all starts, whatever their energies, as long as half are usable', () => {
    const random = RandomStream.fromSeed(8);
    const starts = rattledStarts(copper([1, 1, 1]), [0.01, 0.02, 0.03, 0.04], random);
    let calls = 0;
    const sometimes = (bad: number) => () => (calls++ < bad ? Number.NaN : calls);
    const record = new NestedEnsemble(energyModel(sometimes(2)), starts, random).next()!;
    expect([...record.energies].map(Number.isFinite)).to.deep.equal([true, true, false, false]);
    calls = 0;
    expect(() => new NestedEnsemble(energyModel(sometimes(3)), starts, random).next()).to.throw(InputError, /only 1 of 4/);
    expect(
      () =>
        new NestedEnsemble(
          energyModel(() => 0),
          starts.slice(1, 2),
          random,
        ),
    ).to.throw(InputError, /at least two/);
  });

  it('ends when all energies are equal, and when it is told to', () => {
    const random = RandomStream.fromSeed(9);
    const starts = rattledStarts(copper([1, 1, 1]), [0.1, 0.1, 0.1], random);
    expect(
      nestedEnsemble(
        energyModel(() => 2),
        starts,
        random,
      ),
    ).to.include({ ended: 'converged' });
    let asked = 0;
    const { ended, history } = run(1, { stop: () => ++asked > 30 });
    expect(ended).to.equal('stopped');
    // 12 walks an iteration: the third is cut short and not counted
    expect(history).to.have.length(3);
  });
});

describe('starting configurations', () => {
  it('are inside the asked volumes and no closer than asked', () => {
    const starts = randomStarts({ species, edge: [4.6, 5.2], count: 20, minimumDistance: 1.6 }, RandomStream.fromSeed(1));
    const edges = starts.map(({ cell }) => cell[0]!);
    expect(Math.min(...edges)).to.be.within(4.6, 4.75);
    expect(Math.max(...edges)).to.be.within(5.05, 5.2);
    for (const start of starts) expect(neighbourPairs(start, 3).distances.every((r) => r >= 1.6)).to.equal(true);
  });

  it('are refused when the atoms do not fit', () => {
    expect(() => randomStarts({ species, edge: 4, count: 1, minimumDistance: 3 }, RandomStream.fromSeed(1))).to.throw(
      InputError,
      /do not fit/,
    );
    expect(() => randomStarts({ species, edge: [4, 3], count: 1 }, RandomStream.fromSeed(1))).to.throw(InputError, /growing range/);
  });
});
