import { existsSync, readFileSync } from 'node:fs';
import { expect } from 'chai';
import { EmbeddedLammps } from '../../../src/engines/lammps/embedded.js';
import type { LammpsEngine } from '../../../src/engines/lammps/engine.js';
import { evaluateInLammps } from '../../../src/engines/lammps/evaluate.js';
import { lammpsInPath, NativeLammps } from '../../../src/engines/lammps/native.js';
import { assertProof, prove } from '../../../src/engines/lammps/proof.js';
import { exportModelOf } from '../../../src/export/export-model.js';
import { exportForLammps } from '../../../src/export/lammps-files.js';
import { RandomStream } from '../../../src/math/random.js';
import { evaluateEam } from '../../../src/potentials/evaluate-eam.js';
import { readTabulatedEam } from '../../../src/potentials/tabulated-eam.js';
import { modelOf, toyAdp, toyAlloyOfOneDensity } from '../../export/models.js';
import { frameOf, scattered } from './scattered.js';

const PLACE = { folder: '/nowhere', command: 'eqpot export' };
const PUBLISHED = '/usr/share/lammps/potentials';

function proves(make: () => LammpsEngine | undefined, published: readonly string[]) {
  let engine: LammpsEngine;
  before(function () {
    const made = make();
    if (!made) {
      console.log('      skipped: no native LAMMPS (lmp) in PATH');
      this.skip();
    }
    engine = made;
  });
  after(() => engine?.close());

  const random = RandomStream.fromSeed(21);
  const alloyCells = (elements: readonly string[], apart = 2) =>
    Array.from({ length: 6 }, (_, k) => frameOf(scattered(elements, [true, true, true], 2 + k, apart, random), -k, k));

  for (const [potential, style] of [
    [toyAlloyOfOneDensity(), 'eam/alloy'],
    [toyAdp(), 'adp'],
  ] as const)
    it(`proves an exported ${style} file on alloy cells, and fails when a row is changed`, async () => {
      const model = modelOf(potential, 2, 30);
      const exported = exportForLammps(model, PLACE, { style });
      expect(exported.style).to.equal(style);
      expect(exported.plan.met).to.equal(true);
      const frames = alloyCells(potential.elements);
      const report = await prove(engine, model, exported, frames);
      assertProof(report);
      expect(report.worst.energyDifferencePerAtom).to.be.lessThan(2e-6);
      expect(report.equation).to.deep.equal({ energyDifferencePerAtom: 0, maxForceDifference: 0 });
      // swap the last two tables: what a wrong order of pairs of elements would do
      const lines = exported.files[exported.potentialFile]!.trimEnd().split('\n');
      const rows = Math.ceil(exported.plan.grid.nr / 5);
      const swapped = [...lines.slice(0, -2 * rows), ...lines.slice(-rows), ...lines.slice(-2 * rows, -rows), ''].join('\n');
      const wrong = { ...exported, files: { ...exported.files, [exported.potentialFile]: swapped } };
      expect((await prove(engine, model, wrong, frames)).passed).to.equal(false);
    });

  for (const file of published)
    it(`writes ${file} back so that nothing changes`, async function () {
      if (!existsSync(`${PUBLISHED}/${file}`)) {
        console.log(`      skipped: no ${file} in ${PUBLISHED} (Debian package lammps-data)`);
        this.skip();
      }
      const text = readFileSync(`${PUBLISHED}/${file}`, 'utf8');
      const potential = readTabulatedEam(text, { file });
      const { style, potentialFile, files } = exportForLammps(exportModelOf(potential, file, '2000-01-01'), PLACE);
      expect(style).to.equal(potential.format);
      const again = readTabulatedEam(files[potentialFile]!, { file: potentialFile });
      expect([again.format, again.elements, again.grid, again.cutoff]).to.deep.equal([
        style,
        potential.elements,
        potential.grid,
        potential.cutoff,
      ]);
      expect(again.headers).to.deep.equal(potential.headers);
      const cells = alloyCells(potential.elements, 1.9);
      const evaluate = (name: string, content: string) =>
        evaluateInLammps(
          engine,
          {
            pairLines: `pair_style ${style}\npair_coeff * * ${name} ${potential.elements.join(' ')}\n`,
            files: { [name]: content },
            elements: potential.elements,
            cutoff: potential.cutoff,
          },
          cells,
        );
      const given = await evaluate(file, text);
      const written = await evaluate(potentialFile, files[potentialFile]!);
      // LAMMPS reads both to the same doubles
      expect(written).to.deep.equal(given);
      for (const [k, cell] of cells.entries()) {
        const ours = evaluateEam(again, cell);
        const size = Math.max(1, ...ours.forces.map(Math.abs));
        expect(given[k]!.energy).to.be.closeTo(ours.energy, 1e-10 * size);
        for (const [i, force] of ours.forces.entries()) expect(given[k]!.forces[i]).to.be.closeTo(force, 1e-10 * size);
        for (const [i, stress] of ours.stress!.entries()) expect(given[k]!.stress![i]).to.be.closeTo(stress, 1e-10 * size);
      }
    });
}

describe('engines/lammps: alloys', function () {
  this.timeout(120_000);
  describe('embedded', () => proves(() => new EmbeddedLammps(), ['AlCu.adp']));
  const path = lammpsInPath();
  describe('native', () =>
    proves(
      () => (path ? new NativeLammps(path) : undefined),
      ['AlCu.eam.alloy', 'AlFe_mm.eam.fs', 'NiAlH_jea.eam.fs', 'AlCu.adp', 'Ni.adp'],
    ));
});
