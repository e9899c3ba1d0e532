import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { lammpsInPath } from '../../src/engines/lammps/native.js';
import { InputError } from '../../src/errors.js';
import { RandomStream } from '../../src/math/random.js';
import { evaluateEam } from '../../src/potentials/evaluate-eam.js';
import { type SMeamModel, SMeamPotential } from '../../src/potentials/s-meam.js';
import { writeSMeam } from '../../src/potentials/s-meam-json.js';
import { twoBodyEam } from '../../src/potentials/two-body-splines.js';
import { exportPotential } from '../../src/workflows/export.js';
import { randomSMeam, smallStructure } from './splines.js';

/** Two elements with densities of one sign. */
function model(sign: number): SMeamModel {
  const falling = (values: number[]) => ({ first: 1.8, last: 4.5, values: Float64Array.from(values), slopes: [-1.5 * values[0]!, 0] });
  const u = (depth: number) => ({ first: -1, last: 1, values: Float64Array.of(depth, 0, -depth * sign), slopes: [-depth, -depth * sign] });
  return {
    title: 'made up',
    elements: ['Ni', 'Al'],
    functions: {
      phi: [falling([3, 0.5, -0.1, 0]), falling([4, 0.7, -0.2, 0]), falling([5, 0.9, -0.1, 0])],
      rho: [0.1, 0.15].map((x) => falling([x * sign, 0.4 * x * sign, 0.1 * x * sign, 0])),
      u: [u(2), u(3)],
      f: [],
      g: [],
    } as unknown as SMeamModel['functions'],
    core: { kind: 'zbl', inner: 1.1, outer: 1.8 },
    referenceEnergies: {},
    citation: 'nobody (2000)',
  };
}

describe('potentials/two-body-splines', () => {
  it('has the energies, forces and stresses of the splines, for densities of either sign', () => {
    const random = RandomStream.fromSeed(2);
    for (const sign of [1, -1]) {
      const splines = new SMeamPotential(model(sign));
      const structure = smallStructure(splines.elements, 8, random);
      const [one, other] = [splines.evaluate(structure), evaluateEam(twoBodyEam(splines), structure)];
      expect(other.energy).to.be.closeTo(one.energy, 1e-9);
      one.forces.forEach((force, k) => {
        expect(other.forces[k]).to.be.closeTo(force, 1e-9);
      });
      one.stress!.forEach((s, k) => {
        expect(other.stress![k]).to.be.closeTo(s, 1e-9);
      });
    }
  });

  it('is refused for three-body terms, and for densities of both signs', () => {
    const three = new SMeamPotential(randomSMeam(['Ti'], 'all', RandomStream.fromSeed(3)));
    expect(() => twoBodyEam(three)).to.throw(InputError, /three-body terms/);
    const mixed = model(1);
    mixed.functions.rho[1]!.values[2] = -0.01;
    expect(() => twoBodyEam(new SMeamPotential(mixed))).to.throw(InputError, /density of Al has both signs/);
  });

  it('leaves as eam/fs, which LAMMPS proves, also where there is a pair term alone', async function () {
    this.timeout(120_000);
    const folder = mkdtempSync(join(tmpdir(), 'eqpot-two-body-'));
    try {
      const pair = { ...model(1), functions: { ...model(1).functions, rho: [], u: [] } };
      for (const [name, made] of [['negative', model(-1)] as const, ['pair', pair] as const]) {
        writeFileSync(join(folder, `${name}.json`), writeSMeam(made));
        const { proof, files } = await exportPotential(join(folder, `${name}.json`), join(folder, name), {
          style: 'eam/fs',
          lammps: lammpsInPath() ? 'native' : 'embedded',
        });
        expect(proof.passed).to.equal(true);
        expect(files).to.include('potential.eam.fs');
      }
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
