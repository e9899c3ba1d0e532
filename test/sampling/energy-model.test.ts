import { expect } from 'chai';
import fc from 'fast-check';
import { InputError } from '../../src/errors.js';
import { RandomStream } from '../../src/math/random.js';
import type { EamPotential } from '../../src/potentials/eam.js';
import { evaluateEam } from '../../src/potentials/evaluate-eam.js';
import { type EnergyTracker, energyModel } from '../../src/sampling/energy-model.js';
import { neighbourPairs } from '../../src/structures/neighbours.js';
import type { Structure } from '../../src/structures/structure.js';
import { asymmetricAlloy, copper, suttonChen } from './sutton-chen.js';

/** a random skewed cell whose atoms are not too close */
function randomAlloy(seed: number): Structure {
  const random = RandomStream.fromSeed(seed);
  const cell = Float64Array.of(5, 0, 0, random.range(-2.4, 2.4), 4.5, 0, random.range(-2, 2), random.range(-2, 2), 6);
  const species = ['Cu', 'Ag', 'Ag', 'Cu', 'Ag'];
  for (;;) {
    const positions = Float64Array.from({ length: 15 }, () => random.range(-4, 9));
    const structure: Structure = { cell, pbc: [true, true, true], species, positions };
    if (neighbourPairs(structure, 3).distances.every((r) => r > 1.2)) return structure;
  }
}

/** moves at random, some accepted, and compares with a full evaluation after each */
function check(tracker: EnergyTracker, potential: EamPotential, start: Structure, seed: number, moves: number): void {
  const random = RandomStream.fromSeed(seed, 1);
  const energy = tracker.load(start);
  expect(energy).to.be.closeTo(evaluateEam(potential, start).energy, 1e-7 * (1 + Math.abs(energy)));
  for (let k = 0; k < moves; k++) {
    const now = tracker.structure();
    const atom = random.integer(now.species.length);
    const place = [0, 1, 2].map((x) => now.positions[3 * atom + x]! + random.range(-0.5, 0.5)) as [number, number, number];
    const trial = tracker.trial(atom, ...place);
    expect(tracker.structure().positions).to.deep.equal(now.positions);
    const moved = { ...now, positions: now.positions.slice() };
    moved.positions.set(place, 3 * atom);
    const expected = evaluateEam(potential, moved).energy;
    expect(trial).to.be.closeTo(expected, 1e-7 * (1 + Math.abs(expected)));
    if (k % 3 === 0) continue;
    tracker.accept();
    expect(tracker.structure().positions).to.deep.equal(moved.positions);
  }
}

describe('energies under moves of single atoms', () => {
  it('agree with a direct sum in skewed cells smaller than the cutoff, for an alloy whose densities depend on both elements', () => {
    const potential = asymmetricAlloy();
    fc.assert(
      fc.property(fc.integer(), (seed) => check(energyModel(potential).tracker(0), potential, randomAlloy(seed), seed, 4)),
      { numRuns: 25, seed: 5 },
    );
  });

  it('agree with a direct sum for Sutton-Chen copper, also far below the tabulated distances', () => {
    const potential = suttonChen();
    check(energyModel(potential).tracker(0), potential, copper(), 1, 30);
    const pressed = copper([1, 1, 1]);
    pressed.positions.set([0.4, 0.3, 0], 3);
    check(energyModel(potential).tracker(0), potential, pressed, 2, 3);
  });

  it('are the same through a function or a calculator, which evaluate everything', () => {
    const potential = suttonChen(5);
    const evaluate = (structure: Structure) => evaluateEam(potential, structure);
    const sources = [(structure: Structure) => evaluate(structure).energy, { elements: ['Cu'], cutoff: 5, evaluate }];
    for (const source of sources) check(energyModel(source).tracker(0), potential, copper([1, 1, 1]), 3, 6);
  });

  it('are infinite closer than the minimum distance, images included', () => {
    for (const model of [energyModel(suttonChen()), energyModel(() => 0)]) {
      const tracker = model.tracker(2);
      expect(tracker.load(copper())).to.be.below(1);
      // atom 1 of fcc is at (0, a/2, a/2); the image of atom 0 across the cell's face at x = 7.22
      expect(tracker.trial(1, 7.22 - 1.9, 0, 0)).to.equal(Infinity);
      expect(tracker.trial(1, 0.1, 1.9, 1.8)).to.be.below(10);
      const crowded = copper();
      crowded.positions.set([0, 1, 0], 3);
      expect(model.tracker(2).load(crowded)).to.equal(Infinity);
    }
  });

  it('are refused for unknown elements and open boundaries', () => {
    const tracker = energyModel(suttonChen()).tracker(0);
    const silver = copper([1, 1, 1]);
    silver.species.fill('Ag');
    expect(() => tracker.load(silver)).to.throw(InputError, /no element Ag/);
    expect(() => tracker.load({ ...copper(), pbc: [true, true, false] })).to.throw(InputError, /periodic in all three/);
  });
});
