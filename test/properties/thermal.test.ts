import { expect } from 'chai';
import type { PropertyContext } from '../../src/properties/context.js';
import type { LammpsJob } from '../../src/properties/property.js';
import { radialDistribution } from '../../src/properties/radial-distribution.js';
import { elementSystem } from '../../src/properties/system.js';
import { thermalExpansion } from '../../src/properties/thermal-expansion.js';
import { FinishedRun } from '../../src/workflows/validate/run.js';

/** A context whose LAMMPS leaves these files. */
function pretend(files: (job: LammpsJob) => Record<string, string>): PropertyContext {
  const system = elementSystem('Cu');
  const lattice = async () => ({
    structure: system.start,
    a: 3.61,
    c: 3.61,
    energy: -3.5,
    cohesive: -3.5,
    volume: 11.8,
    stress: 0,
    force: 0,
  });
  const lammps = async (job: LammpsJob) => new FinishedRun({ log: 'the log', files: files(job) }, job.template, {});
  return { system, settings: { seed: 1 }, lattice, lammps } as unknown as PropertyContext;
}

/** Results of in.expansion for a crystal that grows by 1.6e-5 a kelvin, atoms moved by `moved` Å². */
function grown(temperature: number, moved = 0.05): Record<string, string> {
  const length = Math.exp(1.6e-5 * temperature);
  const edge = 18 * length;
  const block = (k: number) =>
    `block ${temperature} 0 ${500 * 11.8 * length ** 3 * (1 + (k % 2 ? 1e-5 : -1e-5))} ${edge} ${edge} ${edge} -1700\n`;
  const blocks = Array.from({ length: 10 }, (_, k) => block(k)).join('');
  return { 'results.txt': `start 18 18 18\n${blocks}displacement ${moved}\natoms 500\n` };
}

describe('properties/thermal-expansion', () => {
  it('follows the volumes, with an error', async () => {
    const { values, failures, curves } = await thermalExpansion.run(pretend(({ variables }) => grown(Number(variables!.temperature))));
    expect(failures).to.deep.equal([]);
    expect(values.map(({ name }) => name)).to.deep.equal(['thermal_expansion_300', 'thermal_expansion_600']);
    for (const { value, detail } of values) {
      expect(value).to.be.closeTo(16, 0.01);
      expect(detail!.uncertainty_1e6_per_k).to.be.within(1e-4, 0.2);
      expect(detail!.temperatures_k).to.deep.equal([100, 200, 300, 400, 500, 600, 700]);
    }
    expect(curves!.map(({ id }) => id)).to.deep.equal(['thermal_expansion', 'thermal_length']);
  });

  it('a crystal that melts is a failure from that temperature on', async () => {
    const upTo = async (last: number) => {
      const { values, failures } = await thermalExpansion.run(
        pretend(({ variables }) => grown(Number(variables!.temperature), Number(variables!.temperature) > last ? 9 : 0.05)),
      );
      return { values: values.map(({ name }) => name), failures: failures!.map(({ name, error }) => `${name}: ${error.split('\n')[0]}`) };
    };
    expect((await upTo(600)).values).to.deep.equal(['thermal_expansion_300', 'thermal_expansion_600']);
    const half = await upTo(400);
    expect(half.values).to.deep.equal(['thermal_expansion_300']);
    expect(half.failures).to.deep.equal([
      'thermal_expansion_600: in.expansion: the crystal does not last at 500 K: its atoms move by 3.00 Å',
    ]);
    expect((await upTo(200)).values).to.deep.equal([]);
  });

  it('a crystal at another temperature than it should be is a failure', async () => {
    const { values, failures } = await thermalExpansion.run(pretend(() => grown(50)));
    expect(values).to.deep.equal([]);
    expect(failures![0]!.error).to.match(/is at 50 K instead of \d+ K/);
  });
});

describe('properties/radial-distribution', () => {
  const file = (peak: number) =>
    Array.from({ length: 180 }, (_, k) => {
      const r = 0.025 + 0.05 * k;
      return `${k + 1} ${r} ${r < 2 ? 0 : 0.5 + 2.5 * Math.exp(-(((r - peak) / 0.25) ** 2)) + (r > 4.2 ? 0.7 : 0)} ${r < 3.4 ? 3 * r : 12}\n`;
    }).join('');
  const files = (crystal: string, melt: string) => ({
    'results.txt': `crystal ${crystal}\nmelt ${melt}\n`,
    'crystal.rdf': `# x\n100 180\n${file(2.55)}`,
    'melt.rdf': `# x\n100 180\n${file(2.49)}`,
  });

  it('gives peaks of both', async () => {
    const { values, curves } = await radialDistribution.run(pretend(() => files('300 11.9 0.04 0.05', '1494 13.2 4 8')));
    const value = (name: string) => values.find((each) => each.name === name)!.value;
    expect(value('rdf_crystal_first_peak')).to.be.closeTo(2.55, 0.01);
    expect(value('rdf_melt_first_peak')).to.be.closeTo(2.49, 0.01);
    expect(value('rdf_melt_first_peak_height')).to.be.closeTo(3, 0.1);
    expect(curves!.map(({ id }) => id).sort()).to.deep.equal(['rdf_crystal', 'rdf_melt']);
  });

  it('a melt that stands still and a crystal that flows are failures of their own values', async () => {
    const still = await radialDistribution.run(pretend(() => files('300 11.9 0.04 0.05', '1494 12.2 0.4 0.41')));
    expect(still.values.map(({ name }) => name)).to.have.length(3);
    for (const { name, error } of still.failures!) expect(`${name} ${error}`).to.match(/^rdf_melt.*there is no melt at 1494 K/);
    const flowing = await radialDistribution.run(pretend(() => files('300 11.9 2 4', '1494 13.2 4 8')));
    for (const { name, error } of flowing.failures!) expect(`${name} ${error}`).to.match(/^rdf_crystal.*there is no crystal/);
  });

  it('a file that is not whole is a failure', async () => {
    const { values, failures } = await radialDistribution.run(
      pretend(() => ({ ...files('300 11.9 0.04 0.05', '1494 13.2 4 8'), 'melt.rdf': '1 2 3 4\n' })),
    );
    expect(values).to.have.length(3);
    expect(failures![0]!.error).to.match(/1 of 180 bins/);
  });
});
