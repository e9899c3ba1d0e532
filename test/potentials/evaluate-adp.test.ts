import { expect } from 'chai';
import fc from 'fast-check';
import { RandomStream } from '../../src/math/random.js';
import { isAdp } from '../../src/potentials/adp.js';
import { evaluateEam } from '../../src/potentials/evaluate-eam.js';
import { evaluatorOf, isEam } from '../../src/potentials/potential.js';
import { splined } from '../../src/potentials/splined.js';
import { energyModel } from '../../src/sampling/energy-model.js';
import { cubic } from '../../src/structures/lattices.js';
import { repeat, type Structure, volume } from '../../src/structures/structure.js';
import { vector } from '../math/arbitrary.js';
import { asymmetricAlloy } from '../sampling/sutton-chen.js';
import { displaced, images, rotated, strained } from '../structures/arbitrary.js';
import { angularAlloy } from './adp-alloy.js';

const potential = angularAlloy();
const eam = asymmetricAlloy();

/** a disordered alloy cell of any skew, which needs several images of itself */
const anyCell = fc.tuple(vector(12, -0.25, 0.25), vector(9, -0.12, 0.12), fc.nat(15)).map(([shift, strain, mixture]): Structure => {
  const moved = displaced(cubic('fcc', 'Cu', 3.7), (k) => shift[k]!);
  return { ...strained(moved, strain), species: moved.species.map((_, i) => ((mixture >> i) & 1 ? 'Ag' : 'Cu')) };
});

describe('evaluateEam of an angular-dependent potential', () => {
  it('sums dipoles and quadrupoles as the equation says', () => {
    fc.assert(
      fc.property(anyCell, (structure) => {
        const kind = structure.species.map((symbol) => potential.elements.indexOf(symbol));
        const slope = new Float64Array(1);
        const bonds = images(structure, potential.cutoff);
        const result = evaluateEam(potential, structure);
        const central = evaluateEam(eam, structure);
        kind.forEach((a, site) => {
          const mu = [0, 0, 0];
          const lambda = Array.from({ length: 9 }, () => 0);
          for (const { i, j, vector: v, r } of bonds)
            if (i === site) {
              const u = potential.dipole(a, kind[j]!).evaluate(r, slope);
              const w = potential.quadrupole(a, kind[j]!).evaluate(r, slope);
              for (let d = 0; d < 3; d++) {
                mu[d]! += u * v[d]!;
                for (let e = 0; e < 3; e++) lambda[3 * d + e]! += w * v[d]! * v[e]!;
              }
            }
          const square = (values: number[]) => values.reduce((sum, x) => sum + x * x, 0);
          const trace = lambda[0]! + lambda[4]! + lambda[8]!;
          const angular = square(mu) / 2 + square(lambda) / 2 - trace ** 2 / 6;
          expect(result.atomEnergies[site]! - central.atomEnergies[site]!).to.be.closeTo(angular, 1e-9 * (1 + angular));
        });
        expect(result.atomEnergies.reduce((a, b) => a + b)).to.be.closeTo(result.energy, 1e-9 * Math.abs(result.energy));
        expect(result.densities).to.deep.equal(central.densities);
      }),
      { numRuns: 10 },
    );
  });

  it('has forces and stress that are slopes of the energy', () => {
    fc.assert(
      fc.property(anyCell, fc.nat(11), fc.nat(8), (structure, k, component) => {
        const slopeOf = (energy: (size: number) => number, h: number) =>
          (8 * (energy(h) - energy(-h)) - (energy(2 * h) - energy(-2 * h))) / (12 * h);
        const { forces, stress } = evaluateEam(potential, structure);
        const moved = (shift: number) => displaced(structure, (q) => (q === k ? shift : 0));
        const along = slopeOf((shift) => evaluateEam(potential, moved(shift)).energy, 1e-4);
        expect(forces[k]).to.be.closeTo(-along, 1e-7 * (1 + Math.abs(along)));
        const bent = (size: number) =>
          strained(
            structure,
            Array.from({ length: 9 }, (_, c) => (c === component ? size : 0)),
          );
        const strain = slopeOf((size) => evaluateEam(potential, bent(size)).energy, 1e-5) / volume(structure.cell);
        expect(stress![component]).to.be.closeTo(strain, 1e-7 * (1 + Math.abs(strain)));
        expect(stress![component]).to.be.closeTo(stress![3 * (component % 3) + Math.floor(component / 3)]!, 1e-10);
      }),
      { numRuns: 30 },
    );
  });

  it('does not care how the structure is turned, moved, numbered or repeated', () => {
    fc.assert(
      fc.property(anyCell, vector(3, -4, 4), (structure, move) => {
        const { energy, forces } = evaluateEam(potential, structure);
        const tolerance = 1e-9 * (1 + Math.abs(energy));
        const turned = evaluateEam(potential, rotated(structure, move));
        const shifted = evaluateEam(
          potential,
          displaced(structure, (k) => move[k % 3]!),
        );
        for (const other of [turned, shifted]) {
          expect(other.energy).to.be.closeTo(energy, tolerance);
          for (let i = 0; i < forces.length; i += 3)
            expect(Math.hypot(...other.forces.subarray(i, i + 3))).to.be.closeTo(Math.hypot(...forces.subarray(i, i + 3)), 1e-8);
        }
        const last = structure.species.length - 1;
        const backwards: Structure = {
          ...structure,
          species: [...structure.species].reverse(),
          positions: Float64Array.from(structure.positions, (_, k) => structure.positions[3 * (last - Math.floor(k / 3)) + (k % 3)]!),
        };
        const renumbered = evaluateEam(potential, backwards);
        expect(renumbered.energy).to.be.closeTo(energy, tolerance);
        expect(renumbered.forces[3 * last]).to.be.closeTo(forces[0]!, 1e-8);
        expect(evaluateEam(potential, repeat(structure, [1, 1, 2])).energy).to.be.closeTo(2 * energy, 2 * tolerance);
        for (let x = 0; x < 3; x++) expect(forces.reduce((sum, force, k) => (k % 3 === x ? sum + force : sum), 0)).to.be.closeTo(0, 1e-8);
      }),
      { numRuns: 10 },
    );
  });

  it('is the embedded-atom potential without the functions, and in perfect cubic crystals', () => {
    fc.assert(
      fc.property(anyCell, (structure) => {
        expect(evaluateEam(angularAlloy(0), structure).energy).to.equal(evaluateEam(eam, structure).energy);
      }),
      { numRuns: 5 },
    );
    for (const lattice of ['sc', 'bcc', 'fcc', 'diamond'] as const) {
      const crystal = cubic(lattice, 'Ag', 3.9);
      const { energy } = evaluateEam(eam, crystal);
      expect(evaluateEam(potential, crystal).energy).to.be.closeTo(energy, 1e-9 * Math.abs(energy));
      const pulled = strained(crystal, [0.05, 0, 0, 0, 0, 0, 0, 0, 0]);
      expect(evaluateEam(potential, pulled).energy).to.be.greaterThan(evaluateEam(eam, pulled).energy + 1e-10);
    }
  });

  it('keeps its angular terms wherever potentials are evaluated', () => {
    expect(isEam(potential) && isAdp(potential)).to.equal(true);
    expect(isAdp(eam)).to.equal(false);
    expect(isAdp(splined(potential))).to.equal(true);
    const structure: Structure = { ...displaced(cubic('fcc', 'Cu', 3.7), (k) => 0.2 * Math.sin(7 * k)), species: ['Cu', 'Ag', 'Ag', 'Cu'] };
    const exact = evaluateEam(potential, structure);
    const fast = evaluatorOf(potential)(structure);
    expect(fast.energy).to.be.closeTo(exact.energy, 1e-8);
    for (const [k, force] of exact.forces.entries()) expect(fast.forces[k]).to.be.closeTo(force, 1e-6);
    const tracker = energyModel(potential).tracker(0);
    expect(tracker.load(structure)).to.be.closeTo(exact.energy, 1e-8);
    const random = RandomStream.fromSeed(1);
    const [x, y, z] = structure.positions.subarray(0, 3).map((value) => value + random.range(-0.1, 0.1)) as unknown as [
      number,
      number,
      number,
    ];
    const moved = { ...structure, positions: Float64Array.from(structure.positions, (value, k) => [x, y, z][k] ?? value) };
    expect(tracker.trial(0, x, y, z)).to.be.closeTo(evaluateEam(potential, moved).energy, 1e-8);
  });
});
