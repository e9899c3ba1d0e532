import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'chai';
import { meshOf } from '../../../src/engines/labelling/kpoints.js';
import { contentHash, type Label, type LabelFailure, type LabelOutcome } from '../../../src/engines/labelling/labeller.js';
import { type LabelProgram, programLabeller } from '../../../src/engines/labelling/program.js';
import { directRunner } from '../../../src/engines/labelling/run.js';
import { SILENT } from '../../../src/engines/progress.js';
import { StopController } from '../../../src/engines/stop.js';
import type { Structure } from '../../../src/structures/structure.js';

/** One atom; its x tells the script of its run. */
const cell = (x: number): Structure => ({
  cell: Float64Array.of(3, 0, 0, 0, 3, 0, 0, 0, 3),
  pbc: [true, true, true],
  species: ['Cu'],
  positions: Float64Array.of(x, 0, 0),
});

/** A program that is a shell script: it may write the energy, -2 for "not converged", or anything else. */
function shell(scripts: Record<number, string>, more: Partial<LabelProgram> = {}): LabelProgram {
  return {
    engine: 'shell',
    settings: contentHash('shell'),
    description: '',
    command: 'echo started >> ../runs; . ./work.sh',
    environment: { CHECK: "it's" },
    retries: [{ steps: '2' }, { steps: '3' }],
    inputs: ({ positions }, changes) => ({ 'work.sh': `steps=${changes.steps ?? 1}\n${scripts[positions[0]!]}\n` }),
    read(folder) {
      const path = join(folder, 'energy');
      const energy = existsSync(path) ? Number(readFileSync(path, 'utf8')) : undefined;
      if (energy === undefined) return { problem: 'broken', reason: 'no energy' };
      if (energy === -2) return { problem: 'unconverged', reason: 'not converged' };
      return { label: { energy, forces: new Float64Array(3) }, version: '1' };
    },
    ...more,
  };
}

describe('programs that run once for each structure', () => {
  let directory: string;
  let count = 0;
  before(() => {
    directory = mkdtempSync(join(tmpdir(), 'eqpot-program-'));
  });
  after(() => rmSync(directory, { recursive: true, force: true }));

  const fresh = () => join(directory, String(count++));
  const runsOf = (folder: string, id: string) =>
    readFileSync(join(folder, id, 'runs'), 'utf8')
      .trim()
      .split('\n').length;

  async function label(
    program: LabelProgram,
    ids: number[],
    folder = fresh(),
    options: { limit?: number; repeat?: number; parallel?: number; stop?: StopController } = {},
  ) {
    const outcomes = new Map<string, LabelOutcome>();
    const stop = options.stop ?? new StopController({ signals: false });
    try {
      await programLabeller(program, directRunner(options.limit === undefined ? {} : { limitSeconds: options.limit }), {
        parallel: options.parallel ?? 1,
        repeat: options.repeat ?? 1,
      }).label(
        ids.map((x) => ({ id: String(x), structure: cell(x) })),
        { directory: folder, stop, progress: SILENT, onOutcome: (outcome) => void outcomes.set(outcome.id, outcome) },
      );
    } finally {
      stop.dispose();
    }
    const of = (x: number) => outcomes.get(String(x)) as unknown;
    return {
      folder,
      outcome: (x: number) => of(x) as { label?: Label },
      failure: (x: number) => (of(x) as { failure: LabelFailure }).failure,
    };
  }

  it('give labels with their origin, whatever the exit code, and are not run again', async () => {
    const program = shell({ 1: 'echo -3.5 > energy; [ "$CHECK" = "it\'s" ]', 2: 'echo -4 > energy; exit 3' });
    const { folder, outcome } = await label(program, [1, 2], undefined, { parallel: 2 });
    expect(outcome(1).label!.energy).to.equal(-3.5);
    expect(outcome(2).label!.energy).to.equal(-4);
    const { origin } = outcome(1).label!;
    expect(origin).to.include({ engine: 'shell', version: '1', settings: program.settings });
    // between times of files, which a quick program can have in one tick of the clock
    expect(origin.wallSeconds).to.be.a('number').at.least(0);
    expect(origin).not.to.have.property('changed');
    const again = await label(shell({ 1: 'echo -3.5 > energy; [ "$CHECK" = "it\'s" ]', 2: 'echo -4 > energy; exit 3' }), [1, 2], folder);
    expect(again.outcome(1)).to.deep.equal(outcome(1));
    expect(runsOf(folder, '1')).to.equal(1);
    // another input: the old folder is kept, and the job runs
    const other = await label(shell({ 1: 'echo -5 > energy' }), [1], folder);
    expect(other.outcome(1).label!.energy).to.equal(-5);
    expect(existsSync(join(folder, '1.before-1', 'try-1', 'energy'))).to.equal(true);
  });

  it('try other settings where nothing converges, and give up when there are no more', async () => {
    const program = shell({ 1: 'if [ $steps = 3 ]; then echo -3 > energy; else echo -2 > energy; fi', 2: 'echo -2 > energy' });
    const { folder, outcome, failure } = await label(program, [1, 2]);
    expect(outcome(1).label!.origin.changed).to.deep.equal({ steps: '3' });
    expect(failure(2)).to.deep.include({ reason: 'not converged (try 3)', again: false });
    await label(program, [1, 2], folder);
    expect([runsOf(folder, '1'), runsOf(folder, '2')]).to.deep.equal([3, 3]);
  });

  it('repeat what breaks, and say how it ended', async () => {
    const program = shell({
      1: 'if [ -e ../second ]; then echo -3 > energy; else touch ../second; kill -9 $$; fi',
      2: 'echo some trouble; exit 7',
      4: 'echo nan > energy',
    });
    const { folder, outcome, failure } = await label(program, [1, 2, 4], undefined, { parallel: 3 });
    expect(outcome(1).label!.energy).to.equal(-3);
    expect(outcome(1).label!.origin).not.to.have.property('changed');
    expect(failure(2)).to.deep.equal({ reason: 'no energy; exit code 7 (try 2)', again: true, log: 'some trouble' });
    expect(failure(4)).to.deep.include({ reason: 'the energy is NaN (try 2)' });
    // another call may try again
    const again = await label(program, [2], folder);
    expect(again.failure(2).reason).to.include('(try 2)');
    expect(runsOf(folder, '2')).to.equal(4);
  });

  it('get more time once, where theirs was up', async () => {
    const { failure, folder } = await label(shell({ 3: 'sleep 60' }), [3], undefined, { limit: 0.4 });
    expect(failure(3)).to.deep.include({ reason: 'no energy; its time of 0.8 s was up (try 2)', again: true });
    expect(readdirSync(join(folder, '3')).sort()).to.include.members(['try-1', 'try-2']);
  });

  it('end at once where the program is not there', async () => {
    const program = shell({ 1: 'exit 0' }, { command: 'no-such-program-anywhere' });
    const folder = fresh();
    let message = '';
    await label(program, [1, 2, 3], folder).catch((error) => {
      message = String(error.message);
    });
    expect(message).to.match(/'no-such-program-anywhere' cannot be started \(exit code 127\)/);
    expect(readdirSync(folder)).to.deep.equal(['1']);
  });

  it('refuse a structure without stopping the others', async () => {
    const program = shell(
      { 2: 'echo -3 > energy' },
      { read: () => ({ problem: 'refused', reason: 'one atom too few' }), retries: [{ steps: '2' }] },
    );
    const { folder, failure } = await label(program, [2]);
    expect(failure(2)).to.deep.equal({ reason: 'one atom too few', again: false });
    expect(runsOf(folder, '2')).to.equal(1);
  });

  it('are ended by a stop, and begun again without counting it', async () => {
    const program = shell({ 1: 'if [ -e ../go ]; then echo -3 > energy; else sleep 60; fi' });
    const stop = new StopController({ signals: false, announce: () => {} });
    const folder = fresh();
    let stopped = '';
    const first = label(program, [1], folder, { stop }).catch((error) => {
      stopped = error.name;
    });
    while (!existsSync(join(folder, '1', 'runs'))) await sleep(20);
    stop.request('test');
    await first;
    expect(stopped).to.equal('StoppedError');
    writeFileSync(join(folder, '1', 'go'), '');
    const { outcome } = await label(program, [1], folder, { repeat: 0 });
    expect(outcome(1).label!.energy).to.equal(-3);
    expect(runsOf(folder, '1')).to.equal(2);
  });

  it('are found again after a session was killed: those that run on, those that ended, and those that went with it', async () => {
    // what a session leaves that was killed after it began a try
    const program = shell({ 1: 'sleep 0.7; echo -3 > energy', 2: 'echo -4 > energy', 3: 'echo -5 > energy' });
    const folder = fresh();
    const starts = [1, 2, 3].map(async (x) => {
      const inputs = program.inputs(cell(x), {});
      const at = join(folder, String(x), 'try-1');
      mkdirSync(at, { recursive: true });
      const { runScript } = await import('../../../src/engines/labelling/run.js');
      writeFileSync(join(at, 'work.sh'), inputs['work.sh']!);
      const run = { folder: at, name: 'x', command: program.command, environment: program.environment, limitFactor: 1 };
      writeFileSync(join(at, 'run.sh'), runScript(run));
      const input = contentHash(...Object.entries(inputs).flat());
      const state = { input, tries: [{ number: 1, changes: {}, limitFactor: 1, input }] };
      writeFileSync(join(folder, String(x), 'job.json'), JSON.stringify(state));
      if (x === 3) return writeFileSync(join(at, 'run.began'), '999999999\n');
      const child = spawn('sh', ['run.sh'], { cwd: at, detached: true, stdio: 'ignore' });
      child.unref();
      if (x === 2) await new Promise((resolve) => child.once('exit', resolve));
      else while (!existsSync(join(at, 'run.began'))) await sleep(10);
    });
    await Promise.all(starts);
    const { outcome } = await label(program, [1, 2, 3], folder);
    expect([1, 2, 3].map((x) => outcome(x).label!.energy)).to.deep.equal([-3, -4, -5]);
    expect([1, 2, 3].map((x) => runsOf(folder, String(x)))).to.deep.equal([1, 1, 1]);
    expect(existsSync(join(folder, '3', 'try-2'))).to.equal(true);
  });
});

describe('k-point meshes', () => {
  it('follow the rule of KSPACING, or are given', () => {
    const pbc: [boolean, boolean, boolean] = [true, true, true];
    const fcc = Float64Array.of(3.61, 0, 0, 0, 3.61, 0, 0, 0, 3.61);
    // table of vasp-templates/README.md
    expect(meshOf({ cell: fcc, pbc }, { spacing: 0.15 })).to.deep.equal([12, 12, 12]);
    const primitive = Float64Array.of(0, 1.805, 1.805, 1.805, 0, 1.805, 1.805, 1.805, 0);
    expect(meshOf({ cell: primitive, pbc }, { spacing: 0.15 })).to.deep.equal([21, 21, 21]);
    expect(meshOf({ cell: fcc, pbc: [true, true, false] }, { spacing: 0.15 })).to.deep.equal([12, 12, 1]);
    expect(meshOf({ cell: fcc, pbc }, { mesh: [2, 3, 4] })).to.deep.equal([2, 3, 4]);
  });
});
