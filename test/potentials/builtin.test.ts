import { expect } from 'chai';
import { InputError } from '../../src/errors.js';
import { BUILTIN_NAMES, builtinModel } from '../../src/potentials/builtin.js';
import { EquationPotential } from '../../src/potentials/equation-potential.js';
import { evaluateEam } from '../../src/potentials/evaluate-eam.js';
import { cubic } from '../../src/structures/lattices.js';

/** Equations 1, 3 and 4 of the SR1/SR2 paper, written down here a second time, with its shift at 8 Å. */
const written: Record<string, { pair: (r: number) => number; density: (r: number) => number; embedding: (rho: number) => number }> = {
  sr1: {
    pair: (r) =>
      0.039 *
      Math.exp(-0.0088 / r ** 10 - 2.4339 / r ** 9 + 10.1231 / r - 0.2701 / r ** 12 - 3.1511 / r ** 6 - 0.049 * Math.exp(1.5418 * r)),
    density: (r) => 8.9043 / r ** 7 + 132.5196 / r ** 6 + 0.6619 / r ** 5 + 2.5025 * Math.exp(-1.3632 * r),
    embedding: (rho) => -1.5598 * Math.sqrt(rho),
  },
  sr2: {
    pair: (r) =>
      0.0396 *
      Math.exp(-0.0088 / r ** 10 - 2.4353 / r ** 9 + 10.1196 / r - 0.273 / r ** 12 - 3.1447 / r ** 6 - 0.049 * Math.exp(1.5427 * r)),
    density: (r) => 9.0593 / r ** 7 + 133.898 / r ** 6 + 0.6663 / r ** 5 + 2.5137 * Math.exp(-1.3516 * r),
    embedding: (rho) => -1.5788 * Math.sqrt(rho) - 0.0009 * rho ** 2 + 0.0175 * rho,
  },
  'sutton-chen-cu': {
    pair: (r) => 1289.305 / r ** 9,
    density: (r) => 527.6214 / r ** 6,
    embedding: (rho) => -Math.sqrt(rho),
  },
};

/** Energy per atom of fcc, eV, by a sum over the lattice points (i, j, k) a/2 with i + j + k even. */
function fccEnergy(name: string, a: number, cutoff = 8): number {
  const { pair, density, embedding } = written[name]!;
  const n = Math.ceil((2 * cutoff) / a);
  let phi = 0;
  let rho = 0;
  for (let i = -n; i <= n; i++)
    for (let j = -n; j <= n; j++)
      for (let k = -n; k <= n; k++) {
        const r = 0.5 * a * Math.sqrt(i * i + j * j + k * k);
        if ((i + j + k) % 2 !== 0 || r === 0 || r >= cutoff) continue;
        phi += pair(r) - pair(cutoff);
        rho += density(r) - density(cutoff);
      }
  return 0.5 * phi + embedding(rho);
}

/** Lattice constant of least energy on a grid of 0.0005 Å: the shift leaves kinks that an iterative minimiser may stop at. */
function equilibrium(energy: (a: number) => number): { a0: number; e0: number } {
  let best = { a0: 0, e0: Infinity };
  for (let a = 3.55; a < 3.7; a += 0.0005) {
    const e = energy(a);
    if (e < best.e0) best = { a0: a, e0: e };
  }
  return best;
}

describe('built-in potentials', () => {
  it('are the three published ones', () => {
    expect(BUILTIN_NAMES).to.deep.equal(Object.keys(written));
  });

  for (const name of Object.keys(written))
    describe(name, () => {
      const potential = new EquationPotential(builtinModel(name));

      it('gives the energies of a lattice sum written without eqpot', () => {
        for (const a of [3.2, 3.5, 3.61, 3.9, 4.6])
          expect(evaluateEam(potential, cubic('fcc', 'Cu', a)).energy / 4).to.be.closeTo(fccEnergy(name, a), 1e-10);
      });

      /** a0 (Å) and E0 (eV/atom) at the paper's cutoff of 8 Å, found once with evaluateEam on a fine grid */
      const known = { sr1: [3.634, -3.4885], sr2: [3.635, -3.4857], 'sutton-chen-cu': [3.61, -3.4314] } as const;

      it(`has its minimum at ${known[name as keyof typeof known].join(' Å with ')} eV/atom`, () => {
        const [a0, e0] = known[name as keyof typeof known];
        const found = equilibrium((a) => fccEnergy(name, a));
        expect(found.a0).to.be.closeTo(a0, 6e-4);
        expect(found.e0).to.be.closeTo(e0, 1e-4);
      });
    });

  it('says what there is', () => {
    expect(() => builtinModel('sr3')).to.throw(InputError, 'the built-in ones are sr1, sr2, sutton-chen-cu');
    expect(() => builtinModel('constructor')).to.throw(InputError, 'no built-in potential');
  });

  it('takes another cutoff', () => {
    expect(builtinModel('sr1', { cutoff: 6 }).cutoff).to.equal(6);
    expect(builtinModel('sr1').cutoff).to.equal(8);
  });
});
