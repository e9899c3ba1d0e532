import { expect } from 'chai';
import fc from 'fast-check';
import { InputError } from '../../src/errors.js';
import { builtinModel } from '../../src/potentials/builtin.js';
import type { EamPotential } from '../../src/potentials/eam.js';
import { EquationPotential } from '../../src/potentials/equation-potential.js';
import { evaluateEam } from '../../src/potentials/evaluate-eam.js';
import { cubic } from '../../src/structures/lattices.js';
import { repeat, type Structure } from '../../src/structures/structure.js';
import { vector } from '../math/arbitrary.js';
import { asymmetricAlloy } from '../sampling/sutton-chen.js';
import { anyStructure, displaced, images, rotated, strained } from '../structures/arbitrary.js';

const sr2 = new EquationPotential({
  ...builtinModel('sr2', { cutoff: 5 }),
  cutoffStyle: 'quintic',
  taperWidth: 1.9,
  densityFloor: 0.01,
  core: { kind: 'zbl', inner: 1.2, outer: 1.9 },
});
const suttonChen = new EquationPotential({ ...builtinModel('sutton-chen-cu', { cutoff: 5 }), cutoffStyle: 'polynomial' });

/** a disordered cell of a few atoms at ordinary distances, with any skew */
const anyCell = fc.tuple(vector(12, -0.25, 0.25), vector(9, -0.12, 0.12)).map(([shift, strain]) => {
  const moved = displaced(cubic('fcc', 'Cu', 3.7), (k) => shift[k]!);
  return strained(moved, strain);
});
const alloyed = (structure: Structure): Structure => ({ ...structure, species: structure.species.map((_, i) => (i % 2 ? 'Ag' : 'Cu')) });

const cases: [string, EamPotential, (structure: Structure) => Structure][] = [
  ['SR2 with taper, core and density floor', sr2, (structure) => structure],
  ['Sutton-Chen with a polynomial taper', suttonChen, (structure) => structure],
  ['an alloy whose densities depend on both elements', asymmetricAlloy(), alloyed],
];

describe('evaluateEam', () => {
  for (const [name, potential, prepare] of cases)
    describe(`of ${name}`, () => {
      it('sums over neighbours as the equation says', () => {
        fc.assert(
          fc.property(anyCell, (cell) => {
            const structure = prepare(cell);
            const n = structure.species.length;
            const kind = structure.species.map((symbol) => potential.elements.indexOf(symbol));
            const rho = new Float64Array(n);
            let phi = 0;
            const d = new Float64Array(1);
            for (const { i, j, r } of images(structure, potential.cutoff)) {
              rho[i]! += potential.density(kind[i]!, kind[j]!).evaluate(r, d);
              phi += 0.5 * potential.pair(kind[i]!, kind[j]!).evaluate(r, d);
            }
            const result = evaluateEam(potential, structure);
            const embedded = rho.reduce((total, value, i) => total + potential.embedding(kind[i]!).evaluate(value, d), 0);
            expect(result.energy).to.be.closeTo(phi + embedded, 1e-9 * (1 + Math.abs(phi) + Math.abs(embedded)));
            expect(result.atomEnergies.reduce((a, b) => a + b)).to.be.closeTo(result.energy, 1e-9);
            rho.forEach((value, i) => {
              expect(result.densities[i]).to.be.closeTo(value, 1e-9 * (1 + value));
            });
          }),
          { numRuns: 10 },
        );
      });

      it('has forces that are the negative slope of the energy', () => {
        fc.assert(
          fc.property(anyCell, fc.nat(11), (cell, k) => {
            const structure = prepare(cell);
            const h = 1e-4;
            const energy = (shift: number): number =>
              evaluateEam(
                potential,
                displaced(structure, (q) => (q === k ? shift : 0)),
              ).energy;
            const slope = (8 * (energy(h) - energy(-h)) - (energy(2 * h) - energy(-2 * h))) / (12 * h);
            expect(evaluateEam(potential, structure).forces[k]).to.be.closeTo(-slope, 1e-7 * (1 + Math.abs(slope)));
          }),
          { numRuns: 20 },
        );
      });

      it('has the stress that straining by hand gives, tension positive', () => {
        fc.assert(
          fc.property(anyCell, fc.nat(8), (cell, k) => {
            const structure = prepare(cell);
            const h = 1e-5;
            const energy = (size: number): number => {
              const strain = new Float64Array(9);
              strain[k] = size;
              return evaluateEam(potential, strained(structure, strain)).energy;
            };
            const { stress } = evaluateEam(potential, structure);
            const cellVolume = Math.abs(
              structure.cell[0]! * (structure.cell[4]! * structure.cell[8]! - structure.cell[5]! * structure.cell[7]!) -
                structure.cell[1]! * (structure.cell[3]! * structure.cell[8]! - structure.cell[5]! * structure.cell[6]!) +
                structure.cell[2]! * (structure.cell[3]! * structure.cell[7]! - structure.cell[4]! * structure.cell[6]!),
            );
            const slope = (8 * (energy(h) - energy(-h)) - (energy(2 * h) - energy(-2 * h))) / (12 * h) / cellVolume;
            expect(stress![k]).to.be.closeTo(slope, 1e-7 * (1 + Math.abs(slope)));
            // no torque: the tensor is symmetric
            expect(stress![k]).to.be.closeTo(stress![3 * (k % 3) + Math.floor(k / 3)]!, 1e-10);
          }),
          { numRuns: 20 },
        );
      });

      it('obeys Newton: forces sum to zero', () => {
        fc.assert(
          fc.property(anyCell, (cell) => {
            const { forces } = evaluateEam(potential, prepare(cell));
            for (let x = 0; x < 3; x++) {
              let total = 0;
              for (let i = x; i < forces.length; i += 3) total += forces[i]!;
              expect(total).to.be.closeTo(0, 1e-9);
            }
          }),
          { numRuns: 10 },
        );
      });

      it('does not care where the structure is, how it is turned, or how large its cell is taken', () => {
        fc.assert(
          fc.property(anyCell, vector(3, -4, 4), (cell, move) => {
            const structure = prepare(cell);
            const { energy, forces } = evaluateEam(potential, structure);
            const tolerance = 1e-9 * (1 + Math.abs(energy));
            expect(
              evaluateEam(
                potential,
                displaced(structure, (k) => move[k % 3]!),
              ).energy,
            ).to.be.closeTo(energy, tolerance);
            const turned = evaluateEam(potential, rotated(structure, move));
            expect(turned.energy).to.be.closeTo(energy, tolerance);
            for (let i = 0; i < forces.length; i += 3)
              expect(Math.hypot(...turned.forces.subarray(i, i + 3))).to.be.closeTo(Math.hypot(...forces.subarray(i, i + 3)), 1e-8);
            const double = evaluateEam(potential, prepare(repeat(cell, [1, 2, 1])));
            expect(double.energy).to.be.closeTo(2 * energy, 2 * tolerance);
            expect(double.stress![0]).to.be.closeTo(evaluateEam(potential, structure).stress![0]!, 1e-9);
          }),
          { numRuns: 8 },
        );
      });
    });

  it('is finite in wild structures too, thanks to core and floor', () => {
    fc.assert(
      fc.property(anyStructure({ edge: [1.5, 8] }), (structure) => {
        const { energy, forces } = evaluateEam(sr2, structure);
        expect(Number.isFinite(energy)).to.equal(true);
        const touching = images(structure, 1e-9).length > 0;
        if (!touching) expect(forces.every(Number.isFinite)).to.equal(true);
      }),
      { numRuns: 40 },
    );
  });

  it('gives no stress without a cell', () => {
    const dimer: Structure = {
      cell: new Float64Array(9),
      pbc: [false, false, false],
      species: ['Cu', 'Cu'],
      positions: Float64Array.of(0, 0, 0, 2.2, 0, 0),
    };
    const result = evaluateEam(sr2, dimer);
    expect(result.stress).to.equal(undefined);
    expect(result.forces[0]).to.be.closeTo(-result.forces[3]!, 1e-12);
  });

  it('refuses an element that the potential does not have', () => {
    expect(() => evaluateEam(sr2, cubic('fcc', 'Ni', 3.5))).to.throw(InputError, 'no element Ni (it has Cu)');
  });
});
