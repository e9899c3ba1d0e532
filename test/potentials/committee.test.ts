import { expect } from 'chai';
import { builtinModel } from '../../src/potentials/builtin.js';
import { type CommitteeMember, committeeSpread } from '../../src/potentials/committee.js';
import { EquationPotential } from '../../src/potentials/equation-potential.js';
import { evaluateEam } from '../../src/potentials/evaluate-eam.js';
import { cubic } from '../../src/structures/lattices.js';
import { repeat } from '../../src/structures/structure.js';

const member = (name: string, reference: number): CommitteeMember => ({
  potential: new EquationPotential(builtinModel(name)),
  referenceEnergies: { Cu: reference },
});
const structure = repeat(cubic('fcc', 'Cu', 3.6), [2, 1, 1]);
structure.positions[0]! += 0.21;
structure.positions[4]! -= 0.12;

describe('committeeSpread', () => {
  it('is the standard deviation of energies and forces, by the plain formulas', () => {
    const members = [member('sr1', -0.2), member('sr2', -0.3), member('sutton-chen-cu', 0.1)];
    const results = members.map(({ potential, referenceEnergies }) => {
      const { energy, forces } = evaluateEam(potential, structure);
      return { energy: energy + structure.species.length * referenceEnergies['Cu']!, forces };
    });
    const mean = results.reduce((sum, { energy }) => sum + energy, 0) / 3;
    const variance = results.reduce((sum, { energy }) => sum + (energy - mean) ** 2, 0) / 2;
    const { energy, forces } = committeeSpread(members)(structure);
    expect(energy).to.be.closeTo(Math.sqrt(variance), 1e-6);
    for (let i = 0; i < structure.species.length; i++) {
      let square = 0;
      for (const k of [3 * i, 3 * i + 1, 3 * i + 2]) {
        const average = results.reduce((sum, one) => sum + one.forces[k]!, 0) / 3;
        square += results.reduce((sum, one) => sum + (one.forces[k]! - average) ** 2, 0) / 2;
      }
      expect(forces[i]).to.be.closeTo(Math.sqrt(square), 1e-6);
    }
    const scaled = committeeSpread(members, { energy: 3, forces: 2 })(structure);
    expect(scaled.energy).to.be.closeTo(3 * energy, 1e-12);
    expect(scaled.forces[1]).to.be.closeTo(2 * forces[1]!, 1e-12);
  });

  it('is zero where all agree, and sees a difference of reference energies alone', () => {
    const same = committeeSpread([member('sr2', -0.2), member('sr2', -0.2)])(structure);
    expect(same.energy).to.equal(0);
    expect(Math.max(...same.forces)).to.equal(0);
    const shifted = committeeSpread([member('sr2', -0.2), member('sr2', -0.1)])(structure);
    expect(shifted.energy).to.be.closeTo((0.1 * structure.species.length) / Math.SQRT2, 1e-10);
    expect(Math.max(...shifted.forces)).to.equal(0);
  });
});
