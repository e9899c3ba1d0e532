import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { RandomStream } from '../../../src/math/random.js';

/** Processes that work together, of which any may be killed. */
export interface KillScene {
  name: string;
  /** the run is over when the first one ends by itself */
  roles: readonly string[];
  /** about how long a run takes without kills, ms; default 1000 */
  pace?: number;
  /** makes the folder of a run */
  prepare(directory: string): void;
  /** arguments of Node for a process that lives in this folder */
  command(role: string, directory: string, random: RandomStream): string[];
  /** journals that a process of this role may leave with half a line at their end */
  journals(role: string, directory: string): string[];
  /**
   * Compares the result of a run with what it should be.
   * @param killed how often processes of each role were killed
   */
  check(directory: string, killed: ReadonlyMap<string, number>): void;
}

export interface KillTally {
  runs: number;
  kills: number;
  tornLines: number;
  /** from the last start to the end of the last run, ms: moments of kills follow it, so that they do not depend on the machine */
  pace: number;
}

/** Latest moment of a kill after the process is ready, as a part of what a run takes. */
const PART = 0.6;

/** Runs a scene, kills its processes at random moments and starts them again, until there were enough kills and the last run is over. */
export async function runWithKills(scene: KillScene, kills: number, seed: number): Promise<KillTally> {
  const tally: KillTally = { runs: 0, kills: 0, tornLines: 0, pace: scene.pace ?? 1000 };
  const random = RandomStream.fromSeed(seed);
  const root = mkdtempSync(join(tmpdir(), 'eqpot-kills-'));
  try {
    while (tally.kills < kills) {
      const directory = join(root, `run-${tally.runs}`);
      mkdirSync(directory);
      scene.prepare(directory);
      const run = new KilledRun(scene, directory, kills, random, tally);
      try {
        await run.live();
      } finally {
        await run.end();
      }
      scene.check(directory, run.killed);
      tally.runs++;
    }
    return tally;
  } catch (error) {
    (error as Error).message += ` (${scene.name}, seed ${seed}, after ${tally.kills} kills)`;
    throw error;
  } finally {
    rmSync(root, { recursive: true, force: true, maxRetries: 3 });
  }
}

/** Half a line at the end of a journal, as a machine leaves it that dies while it writes. */
function tear(journal: string, random: RandomStream): boolean {
  if (!existsSync(journal)) return false;
  const lines = readFileSync(journal, 'utf8').split('\n');
  const last = lines.at(-2) ?? '';
  if (lines.at(-1) !== '' || last === '') return false;
  appendFileSync(journal, last.slice(0, 1 + random.integer(last.length - 1)));
  return true;
}

interface Process {
  role: string;
  child: ChildProcess;
  /** it has said something, or is over */
  ready: Promise<unknown>;
  exited: Promise<number | null>;
  stderr: string;
}

class KilledRun {
  readonly killed = new Map<string, number>();
  private readonly processes: Process[];
  /** of the process that was ready last, ms */
  private startTime = 500;
  private readyAt = performance.now();

  constructor(
    private readonly scene: KillScene,
    private readonly directory: string,
    private readonly kills: number,
    private readonly random: RandomStream,
    private readonly tally: KillTally,
  ) {
    this.processes = scene.roles.map((role) => this.start(role));
  }

  /** Until the first process has ended by itself. */
  async live(): Promise<void> {
    const { random, tally, processes } = this;
    while (tally.kills < this.kills) {
      const first = processes[0]!;
      // everything dies at once now and then, as in a power cut
      const victims = random.uniform() < 0.1 ? [...processes] : [processes[random.integer(processes.length)]!];
      const early = random.uniform() < 0.2;
      const part = random.uniform();
      if (!early) await Promise.race([Promise.all(victims.map(({ ready }) => ready)), first.exited]);
      await Promise.race([sleep(part * (early ? this.startTime : PART * tally.pace)), first.exited]);
      if (first.child.exitCode !== null) break;
      for (const { child } of victims) child.kill('SIGKILL');
      for (const victim of victims) await this.restart(victim);
    }
    const first = processes[0]!;
    const code = await first.exited;
    tally.pace = Math.max(50, performance.now() - this.readyAt);
    if (code !== 0) throw new Error(`${first.role} ended with exit code ${code}: ${first.stderr}`);
  }

  async end(): Promise<void> {
    for (const { child } of this.processes) child.kill('SIGKILL');
    await Promise.all(this.processes.map(({ exited }) => exited));
  }

  private async restart(victim: Process): Promise<void> {
    const { scene, directory, random, tally, killed } = this;
    const { role } = victim;
    await victim.exited;
    tally.kills++;
    killed.set(role, (killed.get(role) ?? 0) + 1);
    for (const journal of scene.journals(role, directory)) if (random.uniform() < 0.3 && tear(journal, random)) tally.tornLines++;
    this.processes[this.processes.indexOf(victim)] = this.start(role);
  }

  private start(role: string): Process {
    const child = spawn(process.execPath, this.scene.command(role, this.directory, this.random), { stdio: ['ignore', 'pipe', 'pipe'] });
    const exited = new Promise<number | null>((resolve) => child.once('exit', resolve));
    const began = performance.now();
    const said = Promise.race([once(child.stdout, 'data'), once(child.stderr, 'data')]).then(() => {
      this.readyAt = performance.now();
      this.startTime = this.readyAt - began;
    });
    const started: Process = { role, child, stderr: '', ready: Promise.race([exited, said]), exited };
    child.stdout.resume();
    child.stderr.on('data', (text: Buffer) => {
      started.stderr = `${started.stderr}${text}`.slice(-5000);
    });
    return started;
  }
}
