import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { lammpsInPath } from '../../src/engines/lammps/native.js';
import { InputError } from '../../src/errors.js';
import { evaluateEam } from '../../src/potentials/evaluate-eam.js';
import { readTabulatedEam } from '../../src/potentials/tabulated-eam.js';
import { exportPotential } from '../../src/workflows/export.js';
import { wobbly } from '../export/models.js';

const PUBLISHED = '/usr/share/lammps/potentials';

describe('workflows/export of published alloys', function () {
  this.timeout(120_000);
  let folder: string;
  before(function () {
    if (!existsSync(`${PUBLISHED}/CuNi.eam.alloy`)) {
      console.log(`      skipped: no potentials in ${PUBLISHED} (Debian package lammps-data)`);
      this.skip();
    }
    folder = mkdtempSync(join(tmpdir(), 'eqpot-test-'));
  });
  after(() => folder && rmSync(folder, { recursive: true }));
  const lammps = lammpsInPath() ? 'native' : 'embedded';
  const read = (path: string) => readTabulatedEam(readFileSync(path, 'utf8'), { file: path });

  for (const [style, file] of [
    ['eam/fs', 'potential.eam.fs'],
    ['adp', 'potential.adp'],
  ] as const)
    it(`writes eam/alloy as ${style}, which LAMMPS proves`, async () => {
      const out = join(folder, file);
      const { proof, files } = await exportPotential(`${PUBLISHED}/CuNi.eam.alloy`, out, { style, lammps });
      expect(proof.passed).to.equal(true);
      expect(proof.worst.energyDifferencePerAtom).to.be.lessThan(1e-10);
      expect(readdirSync(out).sort()).to.deep.equal([...files].sort());
      const alloy = wobbly(['Cu', 'Ni', 'Ni'], 3.6);
      const [one, other] = [read(`${PUBLISHED}/CuNi.eam.alloy`), read(join(out, file))].map((potential) => evaluateEam(potential, alloy));
      expect(other!.energy).to.equal(one!.energy);
      expect(other!.forces).to.deep.equal(one!.forces);
      expect(readFileSync(join(out, 'pair.in'), 'utf8')).to.include(`pair_style ${style}`);
    });

  it('refuses formats that cannot hold a potential', async () => {
    for (const [file, style, message] of [
      ['AlFe_mm.eam.fs', 'eam/alloy', /density of Al differs between the sites of Fe and Al/],
      ['AlCu.adp', 'eam/fs', /dipole and quadrupole terms, which eam\/fs cannot hold/],
    ] as const) {
      const out = join(folder, file);
      const error = await exportPotential(`${PUBLISHED}/${file}`, out, { style, lammps }).catch((caught: unknown) => caught);
      expect(error).to.be.instanceOf(InputError);
      expect(String(error)).to.match(message);
      expect(existsSync(out)).to.equal(false);
    }
  });
});
