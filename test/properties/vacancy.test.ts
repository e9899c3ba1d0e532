import { expect } from 'chai';
import { elementSystem, structureSystem } from '../../src/properties/system.js';
import { vacancy } from '../../src/properties/vacancy.js';
import { vacancyMigration } from '../../src/properties/vacancy-migration.js';
import { cubic } from '../../src/structures/lattices.js';
import { compute, published } from './helpers.js';

describe('vacancies', () => {
  it("Mishin's copper has the published formation and migration energies", async function () {
    const { path } = published(this, 'Cu_mishin1.eam.alloy');
    const { value, verdict } = await compute(path, elementSystem('Cu'), ['vacancy', 'vacancy_migration']);
    // Y. Mishin et al., Phys. Rev. B 63, 224106 (2001), EAM1: 1.272 and 0.689 eV
    expect(value('vacancy_formation')).to.be.closeTo(1.272, 0.005);
    expect(value('vacancy_migration')).to.be.closeTo(0.689, 0.005);
    const { detail } = verdict('vacancy_formation');
    expect(detail.atoms).to.be.at.least(4 ** 4 - 1);
    expect(detail.at_constant_volume_ev).to.be.greaterThan(value('vacancy_formation'));
    expect(detail.unrelaxed_ev).to.be.greaterThan(detail.at_constant_volume_ev as number);
    // a second route that needs no mpirun; an atom that is merely pinned half way gives a barrier of zero
    expect(verdict('vacancy_migration').detail.saddle_of_a_led_atom_ev).to.be.closeTo(0.689, 0.005);
  });

  it('compounds are told why there is no value', () => {
    const compound = structureSystem({ ...cubic('bcc', 'Al', 2.9), species: ['Al', 'Cu'] }, 'AlCu.vasp');
    expect(vacancy.applies!(compound)).to.contain('chemical potentials');
    expect(vacancyMigration.applies!(compound)).to.contain('AlCu.vasp');
    expect(vacancy.applies!(elementSystem('Mg'))).to.equal(undefined);
  });
});
