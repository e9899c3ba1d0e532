import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { type LearnSettings, learnSchema } from '../../src/config/learn-schema.js';
import type { Settings } from '../../src/config/schema.js';
import type { Labeller } from '../../src/engines/labelling/labeller.js';
import { StopController } from '../../src/engines/stop.js';
import { InputError, StoppedError } from '../../src/errors.js';
import { createLabeller } from '../../src/workflows/label/labellers.js';
import { LEARNED_FORMS } from '../../src/workflows/learn/forms.js';
import { type LearnResult, learn, lockRun } from '../../src/workflows/learn/learn.js';
import { eqpotInProcess } from '../cli/run-cli.js';
import { loopsIn } from './learn-loop.js';

const settings = (changes: object = {}): LearnSettings =>
  learnSchema.parse({
    element: 'Cu',
    label: { engine: 'reference', model: 'sutton-chen-cu' },
    reference_energy: 0,
    data: { folds: 0 },
    uncertainty: { committee: 0 },
    network: { cutoff: 5, pair: { basis: ['r^-9', 'exp(-r)'] }, density: { basis: ['r^-6'] }, embedding: { basis: ['rho^0.5'] } },
    search: { restarts: 1, steps: 20, patience: 20 },
    refine: { steps: 10, candidates: 1 },
    export: { proof_frames: 0 },
    start: { crystals: [{ phase: 'fcc', atoms: 4, count: 6 }] },
    sample: { nested: { atoms: [4], live: 4, iterations: 6, phases: ['fcc'], keep: 8 } },
    select: { budget: 4 },
    stop: { rounds: 1 },
    workers: 1,
    ...changes,
  });

/** The engine of the settings; what it labels is counted, and it may die before one of the labels. */
class Watched {
  readonly labelled: string[] = [];
  private constructor(
    private readonly inner: Labeller,
    private readonly dieAt: number,
  ) {}

  static async make(dieAt = Infinity): Promise<Watched> {
    return new Watched(await createLabeller(settings().label, '.'), dieAt);
  }

  get labeller(): Labeller {
    const { inner, labelled, dieAt } = this;
    return {
      engine: inner.engine,
      settings: inner.settings,
      description: inner.description,
      label: (jobs, context) =>
        inner.label(jobs, {
          ...context,
          onOutcome: async (outcome) => {
            if (labelled.length === dieAt) throw new Error('killed');
            labelled.push(outcome.id);
            await context.onOutcome(outcome);
          },
        }),
    };
  }
}

describe('active learning', function () {
  this.timeout(300_000);
  let folder: string;
  let whole: LearnResult;
  let watched: Watched;
  const run = (name: string, by: Watched, changed = settings()) =>
    learn(changed, { labeller: by.labeller, directory: folder, runDirectory: join(folder, name) });
  const file = (name: string, path: string) => readFileSync(join(folder, name, path), 'utf8');

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'eqpot-learn-'));
    watched = await Watched.make();
    whole = await run('whole', watched);
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  it('labels, compares with what was predicted, and trains on what was wrong', () => {
    const [first, second] = whole.rounds;
    expect(whole.rounds).to.have.length(2);
    expect(first!.training!.frames).to.equal(6);
    expect(second!.proposal!.found.nested).to.be.above(4);
    expect(second!.before.labels).to.equal(4);
    expect(second!.before.largest).to.be.at.least(second!.before.mean);
    const { threshold } = second!.proposal!;
    expect(threshold).to.equal(Math.max(1.1 * first!.training!.ownError, 1e-4));
    for (const { round, frame, predicted, verdict } of whole.judged) {
      const off = Math.abs(predicted - frame.energy! / frame.species.length);
      if (round > 0) expect(verdict === 'agrees').to.equal(off <= threshold);
      else expect(verdict).to.equal('train');
    }
    const trained = whole.judged.filter(({ verdict }) => verdict !== 'agrees').length;
    expect(second!.training!.frames).to.equal(trained);
    expect(whole.reason).to.match(/all 1 rounds are done/);
    expect(watched.labelled).to.have.length(new Set(watched.labelled).size);
  });

  it('goes on after a death at any label as if nothing had been, and computes no label twice', async () => {
    const ids: string[] = [];
    // in round 0, and in round 1
    for (const dieAt of [3, 4]) {
      const by = await Watched.make(dieAt);
      const died = await run('killed', by).catch((error: Error) => error);
      ids.push(...by.labelled);
      expect((died as Error).message).to.equal('killed');
    }
    // asked to stop when all labels are there
    const stop = new StopController({ signals: false, announce: () => {} });
    const last = await Watched.make();
    const { labeller } = last;
    const stopping: Labeller = {
      ...labeller,
      label: async (jobs, context) => {
        await labeller.label(jobs, context);
        stop.request('enough');
      },
    };
    const stopped = await learn(settings(), { labeller: stopping, directory: folder, runDirectory: join(folder, 'killed'), stop }).catch(
      (error: Error) => error,
    );
    stop.dispose();
    expect(stopped).to.be.instanceOf(StoppedError);
    ids.push(...last.labelled);
    expect([...ids].sort()).to.deep.equal([...watched.labelled].sort());
    for (const path of ['round-00/training.extxyz', 'round-01/training.extxyz', 'round-01/proposal.json'])
      expect(file('killed', path)).to.equal(file('whole', path));
    const plain = (text: string) => text.replaceAll(/(killed|whole)\//g, '');
    expect(plain(file('killed', 'round-00/model.json'))).to.equal(plain(file('whole', 'round-00/model.json')));
  });

  it('does nothing more when called again, and goes on when it may', async () => {
    const again = await Watched.make();
    const result = await run('whole', again);
    expect(again.labelled).to.deep.equal([]);
    expect(result.rounds.map(({ before }) => before)).to.deep.equal(whole.rounds.map(({ before }) => before));
    expect(result.final).to.deep.include({ error: whole.final.error });
  });

  it('stays ended where nothing could be labelled, and goes on with --retry as if nothing had been', async () => {
    const { labeller } = await Watched.make();
    let broken = true;
    let asked = 0;
    const flaky: Labeller = {
      ...labeller,
      label: async (jobs, context) => {
        asked++;
        if (!broken) return labeller.label(jobs, context);
        for (const { id } of jobs) await context.onOutcome({ id, failure: { reason: 'the disk of the cluster was full', again: true } });
      },
    };
    const go = (retry: boolean) =>
      learn(settings(), { labeller: flaky, directory: folder, runDirectory: join(folder, 'flaky'), retry }).catch((error: Error) => error);
    expect(((await go(false)) as Error).message).to.match(/only 0 structures of round 0 have labels.*--retry.*\n.*disk of the cluster/);
    broken = false;
    asked = 0;
    expect(((await go(false)) as Error).message).to.match(/only 0 structures/);
    expect(asked).to.equal(0);
    const result = (await go(true)) as LearnResult;
    expect(result.final).to.deep.include({ error: whole.final.error });
    expect(file('flaky', 'training.extxyz')).to.equal(file('whole', 'training.extxyz'));
  });

  it('refuses to go on with other settings', async () => {
    const other = settings({ select: { budget: 5 } });
    const error = await run('whole', await Watched.make(), other).catch((e: Error) => e);
    expect(error).to.be.instanceOf(InputError);
    expect((error as Error).message).to.match(/other settings.*only 'stop' may change/s);
  });

  it('leaves the log and the state of a run alone that lives', async () => {
    const directory = join(folder, 'whole');
    const file = join(folder, 'settings.yaml');
    writeFileSync(file, 'element: Cu\nlabel: { engine: reference, model: sutton-chen-cu }\n');
    writeFileSync(join(directory, 'run.log'), 'as it was');
    const lock = await lockRun(directory);
    const { code, stderr } = await eqpotInProcess(['learn', file, '--directory', directory]);
    lock.release();
    expect(stderr).to.match(/process \d+ on .* works in this folder/);
    expect(code).to.equal(2);
    expect(readFileSync(join(directory, 'run.log'), 'utf8')).to.equal('as it was');
    expect(existsSync(join(directory, 'progress.json'))).to.equal(false);
  });

  it('says where each label comes from, what the rounds found, and why it ended', () => {
    const labels = file('whole', 'labels.extxyz');
    expect(labels).to.match(/label_engine=reference .*label_round=1 .*label_why="?nested ensemble/s);
    expect(labels.match(/ label_seconds=[\d.e-]+ /g)).to.have.length(10);
    const page = file('whole', 'learn.html');
    expect(page).to.include('Stopped because all 1 rounds are done').and.include('id="map-by-round"').and.include('id="learning-curve"');
  });
});

describe('active learning of other forms', function () {
  this.timeout(300_000);
  const folder = mkdtempSync(join(tmpdir(), 'eqpot-learn-forms-'));
  after(() => rmSync(folder, { recursive: true, force: true }));
  const { truth, loop } = loopsIn(folder);

  it('trains functions with parameters on an alloy, from the training before, and samples random compositions with them', async () => {
    const result = await loop(
      'alloy',
      {
        form: 'zjw04',
        elements: ['Ni', 'Mo'],
        zjw04: { cutoff: 5.5, starts: 3, keep: 1, coarse_steps: 5, steps: 5 },
        sample: {
          nested: { atoms: [4], live: 4, iterations: 4, phases: ['fcc'], keep: 6 },
          dynamics: { atoms: [4], temperatures: [300], steps: 40, snapshots: 2 },
        },
      },
      truth(['Ni', 'Mo']),
    );
    const compositions = new Set(
      result.judged.map(({ frame }) => frame.species.filter((symbol) => symbol === 'Ni').length / frame.species.length),
    );
    expect(compositions).to.include.keys([0, 1]);
    expect(compositions.size).to.be.above(3);
    const [, second] = result.rounds;
    expect(second!.proposal!.found).to.include.keys(['nested', 'dynamics']);
    expect(second!.before.labels).to.be.within(1, 4);
    expect(second!.training!.full).to.equal(false);
    // the training before and one start besides
    expect(readFileSync(join(folder, 'alloy/round-01/fit.log'), 'utf8')).to.match(/best of 2 starts/);
    const { parameters } = JSON.parse(readFileSync(join(folder, 'alloy/round-01/metrics.json'), 'utf8')) as { parameters: number };
    expect(second!.training!.complexity).to.equal(parameters).and.to.be.above(20);
    expect(existsSync(join(folder, 'alloy/potential.eam.alloy'))).to.equal(true);
    expect(readFileSync(join(folder, 'alloy/learn.html'), 'utf8'))
      .to.match(/Ni-Mo/)
      .and.match(/parameters/);
  });

  it('goes on from the training before with fewer starts, and keeps the terms of alloy equations until the next whole search', () => {
    const all = settings({ form: 'alloy', alloy: { starts: 4 } }) as unknown as Settings;
    const of = (full: boolean) => LEARNED_FORMS.alloy.settings(all, { full_every: 4, restarts: 1 }, { folder: '/round-00', full }).alloy;
    expect(of(false)).to.include({ start: '/round-00', starts: 1 });
    expect(of(true)).to.include({ starts: 4 }).and.not.to.have.property('start');
    const splines = LEARNED_FORMS['s-meam'].settings(all, { full_every: 4, restarts: 2 }, { folder: '/round-00', full: false }).splines;
    expect(splines).to.include({ start: '/round-00', starts: 3 });
  });

  it('is refused, before anything is labelled, with a labelling potential that lacks an element', async () => {
    const failed = await loop('lacking', { form: 'zjw04', elements: ['Ni', 'Mo'] }, truth(['Ni'])).catch((error: Error) => error);
    expect(failed).to.be.instanceOf(InputError);
    expect((failed as Error).message).to.match(/no Mo \(it has Ni\)/);
    expect(existsSync(join(folder, 'lacking'))).to.equal(false);
  });

  it('trains splines, whose knots move with the shortest distance of the data', async () => {
    const result = await loop(
      'splines',
      {
        form: 's-meam',
        element: 'Ni',
        splines: { terms: 'phi+rho+U', cutoff: 4.5, starts: 2, keep: 1, coarse_steps: 5, steps: 5, knots: { phi: 6, rho: 6 } },
        sample: { strained: { phases: ['fcc'], atoms: [4], count: 8, strain: 0.08 } },
      },
      truth(['Ni']),
    );
    expect(result.rounds[1]!.training!.notes).to.be.an('array');
    const first = JSON.parse(readFileSync(join(folder, 'splines/round-00/model.json'), 'utf8')) as {
      functions: { phi: { first: number }[] };
    };
    const last = JSON.parse(readFileSync(join(folder, 'splines/model.json'), 'utf8')) as typeof first;
    expect(last.functions.phi[0]!.first).to.be.below(first.functions.phi[0]!.first);
    // a step or so from where the training before ended
    expect(result.final.error).to.be.below(2 * result.rounds[0]!.training!.error + 0.01);
  });
});
