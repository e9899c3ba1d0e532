import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'chai';
import { contentHash, type Label, type LabelFailure, type LabelOutcome } from '../../../src/engines/labelling/labeller.js';
import { type LabelProgram, programLabeller } from '../../../src/engines/labelling/program.js';
import { slurmRunner } from '../../../src/engines/labelling/slurm.js';
import { canStart } from '../../../src/engines/lammps/native.js';
import { type Progress, SILENT } from '../../../src/engines/progress.js';
import { StopController } from '../../../src/engines/stop.js';

/** Port of the controller; the next one is the node's. */
const PORT = 16917;

/** A Slurm of one node on this machine with all its files in a folder; the reason where there is none. */
async function startSlurm(folder: string): Promise<string | undefined> {
  if (!['sbatch', 'slurmctld', 'slurmd', 'munged'].every((name) => canStart(name) || existsSync(`/usr/sbin/${name}`)))
    return 'Slurm is not installed (Debian: apt install slurm-wlm munge)';
  if (process.getuid?.() !== 0) return 'starting a Slurm of its own takes root';
  for (const name of ['state', 'spool', 'log']) mkdirSync(join(folder, name), { recursive: true });
  chmodSync(folder, 0o755);
  chmodSync(join(folder, 'state'), 0o700);
  writeFileSync(join(folder, 'munge.key'), Buffer.alloc(1024, 'eqpot'), { mode: 0o600 });
  const host = hostname().split('.')[0];
  const conf = join(folder, 'slurm.conf');
  writeFileSync(
    conf,
    `ClusterName=local
SlurmctldHost=${host}(127.0.0.1)
SlurmctldPort=${PORT}
SlurmdPort=${PORT + 1}
SlurmUser=root
SlurmdUser=root
AuthType=auth/munge
AuthInfo=socket=${folder}/munge.sock
CredType=cred/munge
StateSaveLocation=${folder}/state
SlurmdSpoolDir=${folder}/spool
SlurmctldPidFile=${folder}/slurmctld.pid
SlurmdPidFile=${folder}/slurmd.pid
SlurmctldLogFile=${folder}/log/slurmctld.log
SlurmdLogFile=${folder}/log/slurmd.log
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
JobAcctGatherType=jobacct_gather/none
AccountingStorageType=accounting_storage/none
SelectType=select/cons_tres
SelectTypeParameters=CR_Core
SchedulerType=sched/backfill
SchedulerParameters=sched_min_interval=100000,bf_interval=1
SlurmdParameters=config_overrides
MailProg=/bin/true
ReturnToService=2
KillWait=1
MessageTimeout=30
OverTimeLimit=0
NodeName=${host} NodeAddr=127.0.0.1 CPUs=4 RealMemory=2000 State=UNKNOWN
PartitionName=main Nodes=${host} Default=YES MaxTime=60 State=UP OverSubscribe=NO
`,
  );
  process.env.SLURM_CONF = conf;
  const start = (name: string, ...words: string[]) =>
    spawnSync(existsSync(`/usr/sbin/${name}`) ? `/usr/sbin/${name}` : name, words, { encoding: 'utf8' });
  start(
    'munged',
    '--force',
    `--socket=${folder}/munge.sock`,
    `--key-file=${folder}/munge.key`,
    `--pid-file=${folder}/munged.pid`,
    `--log-file=${folder}/log/munged.log`,
    `--seed-file=${folder}/munge.seed`,
  );
  start('slurmctld', '-c', '-f', conf);
  start('slurmd', '-c', '-f', conf);
  for (let k = 0; k < 600; k++) {
    if (/idle|mixed/.test(spawnSync('sinfo', ['-h', '-o', '%T'], { encoding: 'utf8' }).stdout ?? '')) return undefined;
    await sleep(100);
  }
  return 'Slurm does not come up here';
}

function stopSlurm(folder: string): void {
  for (const name of ['slurmd', 'slurmctld', 'munged']) {
    const file = join(folder, `${name}.pid`);
    if (existsSync(file)) spawnSync('kill', ['-9', readFileSync(file, 'utf8').trim()]);
  }
  delete process.env.SLURM_CONF;
}

describe('programs as Slurm jobs', () => {
  let directory: string;
  let folder: string;
  let count = 0;
  before(async function () {
    this.timeout(120_000);
    directory = mkdtempSync(join(tmpdir(), 'eqpot-slurm-'));
    folder = join(directory, 'slurm');
    const reason = await startSlurm(folder);
    if (reason === undefined) return;
    console.log(`skipped: ${reason}`);
    this.skip();
  });
  after(() => {
    stopSlurm(folder);
    rmSync(directory, { recursive: true, force: true });
  });

  const program = (script: string): LabelProgram => ({
    engine: 'shell',
    settings: contentHash('shell'),
    description: '',
    command: '. ./work.sh',
    environment: { CHECK: 'set' },
    retries: [],
    inputs: () => ({ 'work.sh': `echo $SLURM_JOB_ID >> ../jobs\n${script}\n` }),
    read(at) {
      const path = join(at, 'energy');
      if (!existsSync(path)) return { problem: 'broken', reason: 'no energy' };
      return { label: { energy: Number(readFileSync(path, 'utf8')) }, version: '1' };
    },
  });
  const structure = {
    cell: Float64Array.of(3, 0, 0, 0, 3, 0, 0, 0, 3),
    pbc: [true, true, true] as [boolean, boolean, boolean],
    species: ['Cu'],
    positions: new Float64Array(3),
  };
  const label = async (
    script: string,
    at: string,
    {
      stop = new StopController({ signals: false }),
      progress = SILENT,
      ...more
    }: { stop?: StopController; progress?: Progress; limitSeconds?: number; options?: string[] } = {},
  ) => {
    let outcome: LabelOutcome | undefined;
    const runner = slurmRunner({ options: [], prologue: 'PROLOGUE=done', pollSeconds: 0.3, ...more });
    try {
      await programLabeller(program(script), runner, { parallel: 1, repeat: 0 }).label([{ id: 'a', structure }], {
        directory: at,
        stop,
        progress,
        onOutcome: (each) => {
          outcome = each;
        },
      });
    } finally {
      stop.dispose();
    }
    return outcome as unknown as { label: Label; failure: LabelFailure };
  };
  const fresh = () => join(directory, String(count++));
  const jobsOf = (at: string) =>
    readFileSync(join(at, 'a', 'jobs'), 'utf8')
      .trim()
      .split('\n');
  const until = async (what: () => boolean) => {
    for (let k = 0; k < 600 && !what(); k++) await sleep(50);
  };

  it('give their labels, with options, environment and prologue', async function () {
    this.timeout(120_000);
    const at = fresh();
    const { label: found } = await label('[ "$CHECK$PROLOGUE" = setdone ] && echo -3 > energy', at, {
      options: ['--comment=hello'],
      limitSeconds: 90,
    });
    expect(found.energy).to.equal(-3);
    expect(found.origin.wallSeconds).to.be.a('number').within(0, 120);
    const script = readFileSync(join(at, 'a', 'try-1', 'run.sh'), 'utf8');
    expect(script)
      .to.include('#SBATCH --comment=hello\n')
      .and.to.include('#SBATCH --time=2\n')
      .and.to.match(/--job-name=eqpot-a-1\n/);
  });

  it('go on in the queue after a stop, and are found again by a session that knows the job and by one that does not', async function () {
    this.timeout(240_000);
    for (const known of [true, false]) {
      const at = fresh();
      const script = 'while [ ! -e ../go ]; do sleep 0.1; done; echo -4 > energy';
      const stop = new StopController({ signals: false, announce: () => {} });
      const lines: string[] = [];
      const first = label(script, at, { stop, progress: { ...SILENT, line: (text) => lines.push(text) } }).catch((error) => error.name);
      await until(() => existsSync(join(at, 'a', 'jobs')));
      stop.request('test');
      expect(await first).to.equal('StoppedError');
      const [job] = jobsOf(at);
      expect(lines.join()).to.include(`scancel ${job}`);
      // as if the session had been killed between sbatch and the note of its answer, before the job began
      if (!known) rmSync(join(at, 'a', 'try-1', 'slurm.job'));
      writeFileSync(join(at, 'a', 'go'), '');
      expect((await label(script, at)).label.energy).to.equal(-4);
      expect(jobsOf(at)).to.deep.equal([job]);
    }
  });

  it('are recognised when they are cancelled, fail, or are gone from the memory of Slurm', async function () {
    this.timeout(240_000);
    const at = fresh();
    const running = label('sleep 100', at);
    await until(() => existsSync(join(at, 'a', 'jobs')));
    spawnSync('scancel', jobsOf(at));
    expect((await running).failure).to.deep.include({ reason: `no energy; job ${jobsOf(at)[0]} ended as CANCELLED`, again: true });
    expect((await label('echo trouble; exit 5', fresh())).failure).to.deep.equal({
      reason: 'no energy; exit code 5',
      again: true,
      log: 'trouble',
    });
    // a result of a job that Slurm has forgotten
    const old = fresh();
    const input = contentHash(...Object.entries(program('x').inputs(structure, {})).flat());
    mkdirSync(join(old, 'a', 'try-1'), { recursive: true });
    writeFileSync(join(old, 'a', 'job.json'), JSON.stringify({ input, tries: [{ number: 1, changes: {}, limitFactor: 1, input }] }));
    for (const [name, text] of Object.entries({ energy: '-5', 'slurm.job': '999999', 'run.sh': '', 'run.began': '1', 'run.end': '0' }))
      writeFileSync(join(old, 'a', 'try-1', name), `${text}\n`);
    expect((await label('x', old)).label.energy).to.equal(-5);
  });

  it('end with the reason where Slurm refuses them', async () => {
    const error = await label('true', fresh(), { options: ['--partition=nowhere'] }).catch((each) => each);
    expect(error.name).to.equal('EngineError');
    expect(error.message).to.match(/sbatch refuses the job: .*partition/i);
  });
});

describe('the end of a Slurm job, as scontrol tells it', () => {
  let directory: string;
  const path = process.env.PATH;
  before(() => {
    directory = mkdtempSync(join(tmpdir(), 'eqpot-slurm-'));
    const command = (name: string, text: string) => {
      writeFileSync(join(directory, name), `#!/bin/sh\n${text}\n`);
      chmodSync(join(directory, name), 0o755);
    };
    command('squeue', `[ -e ${directory}/up ] || { touch ${directory}/up; echo "Unable to contact slurm controller" >&2; exit 1; }`);
    command('sbatch', 'echo "sbatch: error: Batch job submission failed: Requested time limit is invalid" >&2; exit 1');
    command(
      'scontrol',
      `echo "JobId=$4 JobName=x JobState=$(head -1 ${directory}/state) Reason=None TimeLimit=00:02:00"
[ $(wc -l < ${directory}/state) = 0 ] || sed -i 1d ${directory}/state`,
    );
    process.env.PATH = `${directory}:${path}`;
  });
  after(() => {
    process.env.PATH = path;
    rmSync(directory, { recursive: true, force: true });
  });

  it('is told from the exit code that the script may have written, and a controller that is away is waited for', async () => {
    const stop = new StopController({ signals: false });
    const run = async (state: string, end?: string) => {
      const folder = mkdtempSync(join(directory, 'run-'));
      writeFileSync(join(directory, 'state'), state);
      writeFileSync(join(folder, 'slurm.job'), '12\n');
      writeFileSync(join(folder, 'run.began'), '1\n');
      if (end !== undefined) writeFileSync(join(folder, 'run.end'), `${end}\n`);
      const runner = slurmRunner({ options: [], prologue: '', pollSeconds: 0.05 });
      const { how, exitCode, detail } = await runner.run({ folder, name: 'x', command: '', environment: {}, limitFactor: 1 }, stop);
      return [how, exitCode, detail];
    };
    expect(await run('TIMEOUT', '143')).to.deep.equal(['limit', undefined, 'job 12 reached its time limit 00:02:00']);
    expect(await run('OUT_OF_MEMORY', '137')).to.deep.equal(['killed', undefined, 'job 12 ended as OUT_OF_MEMORY']);
    expect(await run('NODE_FAIL')).to.deep.equal(['killed', undefined, 'job 12 ended as NODE_FAIL']);
    expect(await run('FAILED', '2')).to.deep.equal(['finished', 2, undefined]);
    expect(await run('COMPLETED', '0')).to.deep.equal(['finished', 0, undefined]);
    // back in the queue between the questions to squeue and to scontrol
    expect(await run('PENDING\nCOMPLETED', '0')).to.deep.equal(['finished', 0, undefined]);
    stop.dispose();
  });

  it('is the limit where a run that reached its time gets no more of it, and an error where the first is refused', async () => {
    const stop = new StopController({ signals: false });
    const run = (limitFactor: number) =>
      slurmRunner({ options: [], prologue: '', pollSeconds: 0.05, limitSeconds: 60 }).run(
        { folder: mkdtempSync(join(directory, 'run-')), name: 'x', command: '', environment: {}, limitFactor },
        stop,
      );
    const { how, detail } = await run(2);
    expect([how, detail]).to.deep.equal([
      'limit',
      'Slurm gives it no more time: sbatch: error: Batch job submission failed: Requested time limit is invalid',
    ]);
    expect((await run(1).catch((error) => error)).message).to.match(/sbatch refuses the job/);
    stop.dispose();
  });
});
