import { expect } from 'chai';
import { checkCore } from '../../src/export/check-core.js';
import { exportPairTable } from '../../src/export/pair-table.js';
import { builtinModel } from '../../src/potentials/builtin.js';
import { EquationPotential, readModel, writeModel } from '../../src/potentials/equation-potential.js';
import { fitCore } from '../../src/workflows/finish.js';

describe('fitCore', () => {
  for (const name of ['sr1', 'sr2', 'sutton-chen-cu'])
    for (const shortest of [1.46, 1.8, 2.1])
      it(`gives ${name} a sound core below ${shortest} Å that survives its file`, () => {
        const model = { ...builtinModel(name), range: { shortest, lowestDensity: 0, highestDensity: 1e3 } };
        const { core, violations } = fitCore(model);
        expect(violations).to.deep.equal([]);
        expect(core.kind).not.to.equal('none');
        expect((core as { outer: number }).outer).to.be.at.most(shortest);
        const whole = { ...model, core };
        const again = readModel(writeModel(whole), 'model.json');
        expect(again.core).to.deep.equal(core);
        expect(checkCore(new EquationPotential(again), shortest)).to.deep.equal([]);
        // nothing changes at and above the join
        const slope = new Float64Array(1);
        const [bare, cored] = [new EquationPotential(model), new EquationPotential(whole)];
        const words = { title: 'cored', citation: '', date: '2025-01-01' };
        // tables can follow a straight line
        if (core.kind === 'line') expect(exportPairTable({ ...words, potential: cored, rMin: shortest, rhoMax: 100 }).met).to.equal(true);
        for (const r of [shortest, 2.5, 4]) expect(cored.pair().evaluate(r, slope)).to.equal(bare.pair().evaluate(r, slope));
      });
});
