import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { lammpsInputFolder } from '../../src/engines/lammps/inputs.js';
import { elementSystem } from '../../src/properties/system.js';
import { compute, published } from './helpers.js';

describe('properties of published potentials', () => {
  it("Mishin's copper has the published lattice, elastic constants and surfaces", async function () {
    const { path } = published(this, 'Cu_mishin1.eam.alloy');
    const { value } = await compute(path, elementSystem('Cu'), ['lattice', 'equation_of_state', 'elastic', 'surfaces']);
    // Y. Mishin et al., Phys. Rev. B 63, 224106 (2001), EAM1
    const expected = {
      lattice_constant: 3.615,
      cohesive_energy: -3.54,
      c11: 169.9,
      c12: 122.6,
      c44: 76.2,
      bulk_modulus: 138.3,
      surface_111: 1239,
      surface_100: 1345,
      surface_110: 1475,
    };
    for (const [name, number] of Object.entries(expected)) expect(value(name), name).to.be.closeTo(number, 0.01 * Math.abs(number));
    // two routes to the same number
    expect(value('bulk_modulus')).to.be.closeTo(value('bulk_modulus_vrh'), 0.01 * value('bulk_modulus'));
  });

  it('hcp magnesium and diamond silicon have those of the literature', async function () {
    const { path } = published(this, 'Mg_mm.eam.fs');
    const magnesium = await compute(path, elementSystem('Mg'), ['lattice', 'elastic']);
    // D. Y. Sun et al., Phys. Rev. B 73, 024116 (2006): a 3.184 Å, c 5.184 Å, Ec 1.529 eV
    expect(magnesium.value('lattice_constant')).to.be.closeTo(3.184, 0.001);
    expect(magnesium.value('lattice_c')).to.be.closeTo(5.184, 0.001);
    expect(magnesium.value('cohesive_energy')).to.be.closeTo(-1.529, 0.001);
    // a hexagonal crystal: C66 = (C11 - C12) / 2, which holds only with relaxed atoms
    expect(magnesium.value('c66')).to.be.closeTo((magnesium.value('c11') - magnesium.value('c12')) / 2, 0.1);
    const silicon = await compute(published(this, 'Si.sw').path, elementSystem('Si'), ['lattice', 'elastic', 'surfaces']);
    // H. Balamane, T. Halicioglu, W. A. Tiller, Phys. Rev. B 46, 2250 (1992), Stillinger-Weber: C44 with internal relaxation
    expect(silicon.value('lattice_constant')).to.be.closeTo(5.431, 0.001);
    expect(silicon.value('c11')).to.be.closeTo(151.4, 0.5);
    expect(silicon.value('c12')).to.be.closeTo(76.4, 0.5);
    expect(silicon.value('c44')).to.be.closeTo(56.4, 0.5);
    // the cheaper of two cuts: the far sheets are bound by one bond an atom
    expect(silicon.value('surface_111')).to.be.closeTo(1360, 14);
  });

  it('the templates give the same by hand, with crystals that LAMMPS makes', async function () {
    const { path, lammps } = published(this, 'Cu_mishin1.eam.alloy');
    const { value } = await compute(path, elementSystem('Cu'), ['lattice', 'elastic']);
    const folder = mkdtempSync(join(tmpdir(), 'eqpot-templates-'));
    try {
      writeFileSync(join(folder, 'pair.in'), `pair_style eam/alloy\npair_coeff * * ${path} Cu\n`);
      const by = (template: string, ...variables: string[]) => {
        rmSync(join(folder, 'results.txt'), { force: true });
        execFileSync(lammps, ['-in', join(lammpsInputFolder(), template), '-var', 'deck', 'pair.in', ...variables], { cwd: folder });
        const lines = readFileSync(join(folder, 'results.txt'), 'utf8').trim().split('\n');
        return lines.map((line) => line.split(' '));
      };
      const [box] = by('in.lattice', '-var', 'a', '3.7');
      expect(Number(box![1])).to.be.closeTo(value('lattice_constant'), 1e-6);
      const rows = by('in.elastic', '-var', 'a', box![1]!, '-var', 'sizes', '1e-4');
      expect(rows).to.have.length(6);
      expect(Number(rows[0]![3])).to.be.closeTo(value('c11'), 1e-3);
      expect(Number(rows[3]![6])).to.be.closeTo(value('c44'), 1e-3);
      expect(by('in.eos', '-var', 'a', box![1]!, '-var', 'points', '3')[1]!.slice(0, 3)).to.deep.equal(['scale', '1', '4']);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });

  it('SR2 through the embedded LAMMPS', async () => {
    const { value } = await compute('sr2', elementSystem('Cu'), ['lattice', 'elastic', 'surfaces'], {
      lammps: 'embedded',
      settings: { surfaces: [[1, 1, 1]] },
      workers: 1,
    });
    // computed with native LAMMPS 29 Sep 2021 by the same templates
    expect(value('lattice_constant')).to.be.closeTo(3.63497, 1e-4);
    expect(value('cohesive_energy')).to.be.closeTo(-3.4857, 1e-3);
    expect(value('c11')).to.be.closeTo(177.84, 0.1);
    expect(value('c12')).to.be.closeTo(129.19, 0.1);
    expect(value('c44')).to.be.closeTo(79.27, 0.1);
    expect(value('surface_111')).to.be.closeTo(1333.4, 1);
  });
});
