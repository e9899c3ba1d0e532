import { existsSync, readFileSync } from 'node:fs';
import { expect } from 'chai';
import { EmbeddedLammps } from '../../../src/engines/lammps/embedded.js';
import type { LammpsEngine } from '../../../src/engines/lammps/engine.js';
import { evaluateInLammps } from '../../../src/engines/lammps/evaluate.js';
import { lammpsInPath, NativeLammps } from '../../../src/engines/lammps/native.js';
import { proveFiles } from '../../../src/engines/lammps/proof.js';
import { exportSMeam, SPLINE_FILE, sMeamPairLines } from '../../../src/export/s-meam-files.js';
import { RandomStream } from '../../../src/math/random.js';
import { readMeamSpline } from '../../../src/potentials/meam-spline-file.js';
import { type SMeamModel, SMeamPotential } from '../../../src/potentials/s-meam.js';
import type { Structure } from '../../../src/structures/structure.js';
import { randomSMeam, smallStructure } from '../../potentials/splines.js';

const PUBLISHED = '/usr/share/lammps/potentials';
const TIGHT = { energy: 1e-9, force: 1e-8, stress: 1e-9 };

/** Has LAMMPS evaluate the files of a model on everything that a proof is made of. */
async function proof(engine: LammpsEngine, model: SMeamModel) {
  const { files, decks } = exportSMeam(model, { folder: '/nowhere', command: 'eqpot export' }, '2026-01-01');
  const potential = new SMeamPotential(model);
  const evaluate = (structure: Structure) => potential.evaluate(structure);
  return proveFiles(engine, { potential, rMin: 1.9, files, decks, exact: evaluate, model: evaluate }, [], { tolerance: TIGHT });
}

describe('engines/lammps: meam/spline', () => {
  const embedded = new EmbeddedLammps();
  after(() => embedded.close());

  for (const [terms, elements, core] of [
    ['phi', ['Ti', 'O'], { kind: 'none' }],
    ['phi rho', ['Ti', 'O'], { kind: 'zbl', inner: 1.1, outer: 1.9 }],
    ['phi f', ['O', 'Ti'], { kind: 'none' }],
    ['all', ['Ti', 'O'], { kind: 'zbl', inner: 1.1, outer: 1.9 }],
    ['all', ['Si'], { kind: 'none' }],
  ] as const)
    it(`LAMMPS gives the energies, forces and stresses of ${terms} for ${elements.join(', ')}, core ${core.kind}`, async () => {
      const report = await proof(embedded, { ...randomSMeam(elements, terms, RandomStream.fromSeed(2)), core });
      expect(report.structures.filter(({ passed }) => !passed).map(({ name, reason }) => `${name}: ${reason}`)).to.deep.equal([]);
      expect(report.passed).to.equal(true);
    });

  it('published potentials are evaluated as LAMMPS does, and stay the same when they are written again', async function () {
    const native = lammpsInPath();
    if (!existsSync(`${PUBLISHED}/TiO.meam.spline`) || native === undefined) {
      console.log(`      skipped: needs ${PUBLISHED}/*.meam.spline and a native LAMMPS`);
      this.skip();
    }
    const engine = new NativeLammps(native);
    for (const name of ['Si_1', 'Si_2', 'Ti', 'TiO']) {
      const path = `${PUBLISHED}/${name}.meam.spline`;
      const text = readFileSync(path, 'utf8');
      const model = readMeamSpline(text, path);
      expect((await proof(engine, model)).passed, name).to.equal(true);
      const structures = [4, 7].map((n) => smallStructure(model.elements, n, RandomStream.fromSeed(n)));
      const potential = new SMeamPotential(model);
      const lines = `${sMeamPairLines(model, SPLINE_FILE).join('\n')}\n`;
      const given = { pairLines: lines, files: { [SPLINE_FILE]: text }, elements: model.elements, cutoff: potential.cutoff };
      const results = await evaluateInLammps(engine, given, structures);
      for (const [k, structure] of structures.entries())
        expect(potential.evaluate(structure).energy).to.be.closeTo(results[k]!.energy, 1e-9);
    }
  });
});
