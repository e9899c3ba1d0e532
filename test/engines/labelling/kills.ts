import { type ChildProcess, spawn } from 'node:child_process';
import { appendFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { PARTS } from '../../../bridges/files/folder/layout.js';
import { Journal } from '../../../src/engines/journal.js';
import { RandomStream } from '../../../src/math/random.js';
import { delayedLabeller } from './delayed.js';
import { LABELS, smallLearner } from './small-learner.js';

const CHILD = fileURLToPath(new URL('./kill-child.ts', import.meta.url));
const TSX = import.meta.resolve('tsx');
/** Largest error of the clocks, s. */
const CLOCKS = 1e7;

export interface KillPlan {
  /** learner: it labels itself; folder: it hands its jobs to two workers */
  mode: 'learner' | 'folder';
  kills: number;
  seed: number;
  /** of one label, ms */
  delay: number;
}

export interface KillTally {
  runs: number;
  kills: number;
  /** of processes that compute labels */
  workersKilled: number;
  /** labels computed more than once: those that were under way when a worker was killed */
  repeated: number;
  tornLines: number;
}

/**
 * Runs small learners, kills their processes at random moments and starts them again, until there were enough kills and the last run is
 * over. Every process has another wrong clock, and some journals get half a line. Each run has to end with the data set of a run
 * without kills, every label recorded once, and no label computed again that was finished.
 */
export async function runWithKills(plan: KillPlan): Promise<KillTally> {
  const tally: KillTally = { runs: 0, kills: 0, workersKilled: 0, repeated: 0, tornLines: 0 };
  const random = RandomStream.fromSeed(plan.seed);
  const root = mkdtempSync(join(tmpdir(), 'eqpot-kills-'));
  try {
    await smallLearner(join(root, 'calm'), delayedLabeller(0));
    const expected = readFileSync(join(root, 'calm', 'training.extxyz'), 'utf8');
    while (tally.kills < plan.kills) {
      const run = new KilledRun(join(root, `run ${tally.runs}`), plan, random, tally);
      try {
        await run.live();
      } finally {
        run.end();
      }
      run.check(expected);
      tally.runs++;
    }
    return tally;
  } catch (error) {
    (error as Error).message += ` (${plan.mode}, seed ${plan.seed}, after ${tally.kills} kills)`;
    throw error;
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
}

interface Process {
  role: 'learner' | 'sender' | 'worker';
  child: ChildProcess;
  ready: Promise<unknown>;
  exited: Promise<number | null>;
  stderr: string;
}

class KilledRun {
  private readonly processes: Process[] = [];
  private workersKilled = 0;

  constructor(
    private readonly directory: string,
    private readonly plan: KillPlan,
    private readonly random: RandomStream,
    private readonly tally: KillTally,
  ) {
    for (const part of PARTS) mkdirSync(join(directory, 'jobs', part), { recursive: true });
    const roles = plan.mode === 'learner' ? (['learner'] as const) : (['sender', 'worker', 'worker'] as const);
    this.processes = roles.map((role) => this.start(role));
  }

  /** Until the learner has ended by itself. */
  async live(): Promise<void> {
    for (;;) {
      const learner = this.processes[0]!;
      if (this.tally.kills >= this.plan.kills) {
        await this.finish(learner);
        return;
      }
      // everything dies at once now and then, as in a power cut
      const victims = this.random.uniform() < 0.1 ? [...this.processes] : [this.processes[this.random.integer(this.processes.length)]!];
      const early = this.random.uniform() < 0.2;
      const moment = this.random.range(0, early ? 400 : (LABELS / 2) * this.plan.delay);
      if (!early) await Promise.race([Promise.all(victims.map(({ ready }) => ready)), learner.exited]);
      await Promise.race([sleep(moment), learner.exited]);
      if (learner.child.exitCode !== null) {
        await this.finish(learner);
        return;
      }
      for (const { child } of victims) child.kill('SIGKILL');
      for (const victim of victims) await this.restart(victim);
    }
  }

  private async finish(learner: Process): Promise<void> {
    const code = await learner.exited;
    if (code !== 0) throw new Error(`the learner ended with exit code ${code}: ${learner.stderr}`);
  }

  end(): void {
    for (const { child } of this.processes) child.kill('SIGKILL');
  }

  check(expected: string): void {
    expect(
      readFileSync(join(this.directory, 'training.extxyz'), 'utf8') === expected,
      'the data set is that of a run without kills',
    ).to.equal(true);
    const { records } = Journal.read<{ id?: string; label?: object }>(join(this.directory, 'labels', 'journal.jsonl'), 'eqpot labels 1');
    const labelled = records.flatMap(({ id, label }) => (label ? [id] : []));
    expect(labelled.length, 'labels in the journal').to.equal(LABELS);
    expect(new Set(labelled).size).to.equal(LABELS);
    const computed = readFileSync(join(this.directory, 'computed.log'), 'utf8').trim().split('\n');
    expect(new Set(computed)).to.deep.equal(new Set(labelled));
    const repeated = computed.length - LABELS;
    expect(repeated, 'labels computed again').to.be.at.most(this.workersKilled);
    this.tally.repeated += repeated;
  }

  private async restart(victim: Process): Promise<void> {
    await victim.exited;
    this.tally.kills++;
    if (victim.role !== 'sender') {
      this.tally.workersKilled++;
      this.workersKilled++;
    }
    if (victim.role !== 'worker') {
      this.tear(join(this.directory, 'labels', 'journal.jsonl'));
      this.tear(join(this.directory, 'jobs', 'journal.jsonl'));
    }
    this.processes[this.processes.indexOf(victim)] = this.start(victim.role);
  }

  /** Half a line, as a machine leaves it that dies while it writes. */
  private tear(journal: string): void {
    if (this.random.uniform() > 0.3 || !existsSync(journal)) return;
    const lines = readFileSync(journal, 'utf8').split('\n');
    const last = lines.at(-2) ?? '';
    if (lines.at(-1) !== '' || last === '') return;
    appendFileSync(journal, last.slice(0, 1 + this.random.integer(last.length - 1)));
    this.tally.tornLines++;
  }

  private start(role: Process['role']): Process {
    const offset = Math.round(this.random.range(-CLOCKS, CLOCKS));
    const child = spawn(process.execPath, ['--import', TSX, CHILD, role, this.directory, String(this.plan.delay), String(offset)], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const started: Process = {
      role,
      child,
      stderr: '',
      ready: new Promise((resolve) => child.stdout.once('data', resolve)),
      exited: new Promise((resolve) => child.once('exit', resolve)),
    };
    child.stderr.on('data', (text: Buffer) => {
      started.stderr += text.toString();
    });
    return started;
  }
}
