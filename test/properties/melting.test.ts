import { expect } from 'chai';
import { EngineError } from '../../src/errors.js';
import type { PropertyContext } from '../../src/properties/context.js';
import { melting } from '../../src/properties/melting.js';
import type { LammpsJob } from '../../src/properties/property.js';
import { elementSystem } from '../../src/properties/system.js';
import { FinishedRun } from '../../src/workflows/validate/run.js';

/** What a pretended run of in.melting ends with. */
interface Pretended {
  temperature: number;
  /** share of crystal */
  solid: number;
  /** like-oriented neighbours after melting; 2 where it melted */
  hot?: number;
  lines?: number;
}

/** A context whose LAMMPS answers what it is told to, and notes the temperatures that it was started from. */
function pretend(answer: (start: number, count: number) => Pretended): { context: PropertyContext; starts: number[] } {
  const system = elementSystem('Cu');
  const starts: number[] = [];
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
  const lammps = async ({ variables, template }: LammpsJob) => {
    const start = Number(variables!.temperature);
    const every = Number(variables!.every);
    const { temperature, solid, hot = 2, lines = 200 } = answer(start, starts.length);
    starts.push(start);
    const steps = Array.from({ length: lines }, (_, k) => every * (k + 1));
    const files = {
      'results.txt': `crystal ${start} 20 20 40\natoms 4608\norder 12 ${hot} ${hot}\n`,
      'coexistence.txt': `# header\n${steps.map((step, k) => `${step} ${temperature + (k % 2 ? 1 : -1)} 10 60000\n`).join('')}`,
      'likes.txt': `# header\n0 9\n${steps.map((step) => `${step} ${hot + (12 - hot) * solid}\n`).join('')}`,
    };
    return new FinishedRun({ log: 'the log', files }, template, {});
  };
  const atoms = async () => ({ energies: { Cu: 0 }, cutoff: 5.5 });
  const context = { system, settings: { seed: 1 }, lattice, atoms, lammps } as unknown as PropertyContext;
  return { context, starts };
}

async function failure(answer: Parameters<typeof pretend>[0]): Promise<string> {
  try {
    await melting.run(pretend(answer).context);
  } catch (error) {
    expect(error).to.be.instanceOf(EngineError);
    return (error as Error).message;
  }
  return expect.fail('it did not fail');
}

describe('properties/melting', () => {
  it('measures from below and above where the search led, with an uncertainty', async () => {
    const { context, starts } = pretend((start, count) =>
      count < 2
        ? { temperature: count === 0 ? 1250 : 1190, solid: count === 0 ? 0.02 : 0.4 }
        : { temperature: start < 1190 ? 1196 : 1204, solid: start < 1190 ? 0.6 : 0.45 },
    );
    const { values, curves } = await melting.run(context);
    // the element's melting point, then where the first, molten box ended, then both sides of where crystal and melt stayed
    expect(starts).to.deep.equal([1358, 1250, 1166, 1214]);
    expect(values[0]!.value).to.be.closeTo(1200, 1e-6);
    expect(values[0]!.detail!.uncertainty_k).to.be.closeTo(4, 1e-6);
    expect(values[0]!.detail!.searches).to.equal(2);
    expect((values[0]!.detail!.solid_fractions as number[]).map((share) => Number(share.toFixed(6)))).to.deep.equal([0.6, 0.45]);
    expect(curves!.map(({ id }) => id).slice(0, 3)).to.deep.equal(['coexistence_temperature', 'coexistence_solid', 'coexistence_density']);
    // 4608 atoms of copper in 60000 Å³
    expect(curves![2]!.y.values[0]).to.be.closeTo((4608 * 63.546 * 1.66054) / 60000, 1e-3);
  });

  it('measures once more from where a box that melted too far ended', async () => {
    const { context, starts } = pretend((start, count) => ({
      temperature: [1300, 1290, 1290][count] ?? (start < 1290 ? 1280 : 1284),
      solid: count === 2 ? 0.25 : 0.5,
    }));
    const { values } = await melting.run(context);
    expect(starts).to.deep.equal([1358, 1274, 1326, 1264, 1316]);
    expect(values[0]!.value).to.be.closeTo(1282, 1e-6);
    expect(values[0]!.detail!.measurements).to.equal(2);
  });

  it('a box that freezes or melts during the measurement is a failure, not a number', async () => {
    const message = await failure((_, count) => ({ temperature: 1300, solid: count === 0 ? 0.5 : 0.9 }));
    expect(message).to.match(/90 % of the box is crystal at the end .*do not coexist; expected 30 to 70 %/);
  });

  it('temperatures that do not meet are a failure', async () => {
    const message = await failure((start) => ({ temperature: start, solid: 0.5 }));
    expect(message).to.match(/do not meet/);
  });

  it('a search that never ends, a half that does not melt, and a record that is not whole are failures', async () => {
    expect(await failure((start) => ({ temperature: start - 10, solid: 0 }))).to.match(/no temperature was found/);
    expect(await failure(() => ({ temperature: 1300, solid: 0.5, hot: 11 }))).to.match(/not told apart/);
    expect(await failure(() => ({ temperature: 1300, solid: 0.5, lines: 7 }))).to.match(/record of the coexistence has 7/);
    expect(await failure(() => ({ temperature: Number.NaN, solid: 0.5 }))).to.match(/record/);
  });
});
