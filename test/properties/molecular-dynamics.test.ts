import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { copies, timestepFor } from '../../src/properties/crystal/molecular-dynamics.js';
import { mdSpeed } from '../../src/properties/md-speed.js';
import { elementSystem } from '../../src/properties/system.js';
import { blockAverage, numberRows } from '../../src/properties/thermal/averages.js';
import { barostat } from '../../src/properties/thermal/barostat.js';
import { coexistenceCell, coexistenceRepeat } from '../../src/properties/thermal/coexistence.js';
import { fitExpansion } from '../../src/properties/thermal/expansion-fit.js';
import { firstPeak } from '../../src/properties/thermal/first-peak.js';
import { expectedMelting } from '../../src/properties/thermal/melting-temperatures.js';
import { thermalExpansion } from '../../src/properties/thermal-expansion.js';
import { determinant } from '../../src/structures/structure.js';
import { potentialFromLines } from '../../src/workflows/validate/potential.js';
import { validate } from '../../src/workflows/validate.js';
import { compute, published } from './helpers.js';

describe('properties/md-speed', () => {
  it('tells what was measured and on what, natively', async function () {
    const { path } = published(this, 'Cu_mishin1.eam.alloy');
    const { value, verdict } = await compute(path, elementSystem('Cu'), ['md_speed']);
    // 0.9 on one core of an Intel Xeon; even a slow machine is not a hundred times slower
    expect(value('md_speed')).to.be.within(0.02, 100);
    const { detail } = verdict('md_speed');
    expect(detail.lammps).to.match(/^native \d/);
    expect(detail.processor).to.be.a('string').and.not.to.equal('');
    expect(detail).to.include({ processes: 1, atoms: 4000 });
    expect(detail.all_measurements_us).to.have.length(3);
    expect(Math.min(...(detail.all_measurements_us as number[]))).to.equal(value('md_speed'));
  });

  it('runs embedded, and in no more time than it may take', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'eqpot-speed-'));
    try {
      const lj = potentialFromLines('lj', { style: 'lj/cut 6', coefficients: ['* * 0.4 2.3'], elements: ['Cu'] });
      const { potentials } = await validate({
        potentials: [lj],
        system: elementSystem('Cu'),
        properties: [mdSpeed],
        settings: { seed: 1 },
        directory: folder,
        workers: 1,
      });
      const { status, detail } = potentials.lj!.md_speed!;
      expect(status, String(detail.message)).to.equal('no-reference');
      expect(detail.lammps).to.match(/^embedded/);
      expect(detail.steps as number).to.be.within(1, 100);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});

describe('properties/thermal', () => {
  it('averages over blocks', () => {
    expect(blockAverage([9, 1, 2, 3, 4, 5], 5)).to.deep.equal({ mean: 3, error: Math.sqrt(2.5 / 5) });
    expect(blockAverage([7, 7, 7, 7, 7]).error).to.equal(0);
    expect(numberRows('# a\n1 2\n\n 3 4\n')).to.deep.equal([
      [1, 2],
      [3, 4],
    ]);
    expect(numberRows(undefined)).to.deep.equal([]);
  });

  it('finds the expansion that made the volumes', () => {
    const length = (t: number) => Math.exp(1.5e-5 * t + 3e-9 * t ** 2 + 1e-12 * t ** 3);
    const points = [100, 200, 300, 400, 500, 600, 700].map((temperature) => ({
      temperature,
      volume: { mean: 11.8 * length(temperature) ** 3, error: 1e-5 * Math.sqrt(temperature) },
    }));
    const fit = fitExpansion(points, 11.8)!;
    for (const t of [0, 300, 600]) expect(fit.expansion(t).value).to.be.closeTo(1.5e-5 + 6e-9 * t + 3e-12 * t ** 2, 1e-12);
    // errors of the volumes of 3e-5 become errors of this size: of the lengths, over some hundred kelvin
    expect(fit.expansion(300).error).to.be.within(1e-9, 1e-6);
    expect(fitExpansion(points.slice(0, 3), 11.8)).to.equal(undefined);
    expect(fitExpansion(points.slice(0, 4), 11.8)!.expansion(200).value).to.be.closeTo(1.632e-5, 1e-7);
  });

  it('takes the temperatures that are asked for', () => {
    const names = (asked?: string[]) =>
      thermalExpansion.values(elementSystem('Cu'), { seed: 1, ...(asked ? { names: asked } : {}) }).map(({ name }) => name);
    expect(names()).to.deep.equal(['thermal_expansion_300', 'thermal_expansion_600']);
    expect(names(['thermal_expansion_750', 'c11']))
      .to.include('thermal_expansion_750')
      .and.to.have.length(3);
    expect(thermalExpansion.knows!('thermal_expansion_450')).to.equal(true);
    for (const wrong of ['thermal_expansion_0', 'thermal_expansion_99999', 'thermal_expansion_', 'thermal_expansion_-5'])
      expect(thermalExpansion.knows!(wrong), wrong).to.equal(false);
  });

  it('keeps the symmetry of the crystal under pressure', () => {
    expect(barostat(elementSystem('Cu'), 1)).to.equal('iso 0 0 1');
    expect(barostat(elementSystem('Mg'), 0.5)).to.equal('x 0 0 0.5 y 0 0 0.5 z 0 0 0.5 couple xy');
  });

  it('finds the first shell', () => {
    const distances = Array.from({ length: 180 }, (_, k) => 0.025 + 0.05 * k);
    const bell = (r: number, at: number, width: number) => Math.exp(-(((r - at) / width) ** 2));
    const values = distances.map((r) => (r < 2 ? 0 : 2.7 * bell(r, 2.487, 0.25) + (r > 3.3 ? 0.4 + 0.9 * bell(r, 4.6, 0.6) : 0.4)));
    const neighbours = distances.map((r) => (r < 3 ? 4 * r : 12 + (r - 3)));
    const peak = firstPeak({ distances, values, neighbours })!;
    expect(peak.distance).to.be.closeTo(2.487, 0.005);
    expect(peak.height).to.be.closeTo(3.1, 0.1);
    expect(peak.coordination).to.be.within(12, 12.7);
    expect(firstPeak({ distances, values: values.map(() => 1), neighbours })).to.equal(undefined);
    expect(firstPeak({ distances, values: distances.map((r) => (r > 8.9 ? 3 : 0)), neighbours })).to.equal(undefined);
  });

  it('makes boxes of about the size that is asked for, with time steps for the lightest atoms', () => {
    expect(copies(elementSystem('Cu').start, 4000)).to.deep.equal([10, 10, 10]);
    const [x, y, z] = copies(elementSystem('Mg').start, 500);
    expect(2 * x * y * z).to.be.within(350, 650);
    expect(timestepFor(elementSystem('Cu').start)).to.equal(0.002);
    expect(timestepFor(elementSystem('Li').start)).to.be.lessThan(0.001);
    expect(timestepFor(elementSystem('W').start)).to.be.within(0.002, 0.003);
  });

  it('sets crystal and melt side by side in right-angled boxes', () => {
    for (const symbol of ['Cu', 'W', 'Mg', 'Si']) {
      const system = elementSystem(symbol);
      const { structure, shell } = coexistenceCell(system, system.start);
      const { cell, species } = structure;
      for (const [p, q] of [
        [0, 3],
        [0, 6],
        [3, 6],
      ] as const)
        expect(cell[p]! * cell[q]! + cell[p + 1]! * cell[q + 1]! + cell[p + 2]! * cell[q + 2]!, symbol).to.be.closeTo(0, 1e-9);
      expect(determinant(cell) / species.length, symbol).to.be.closeTo(determinant(system.start.cell) / system.start.species.length, 1e-9);
      expect(shell, symbol).to.be.within(3, 4.5);
      const [a, b, c] = coexistenceRepeat(structure, 4400);
      expect(species.length * a * b * c, symbol).to.be.within(3500, 5300);
    }
  });

  it('starts from what is known of the element, else from the cohesive energy', () => {
    expect(expectedMelting(elementSystem('Cu'), -3.5)).to.equal(1358);
    expect(expectedMelting(elementSystem('Am', 'fcc'), -3.5)).to.equal(1449);
    expect(expectedMelting({ ...elementSystem('Cu'), element: undefined }, -3.5)).to.be.within(1200, 1500);
  });
});
