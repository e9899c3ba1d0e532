import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { readToken } from '../../bridges/sockets/hub/token.js';
import { workForHub } from '../../bridges/sockets/hub/worker.js';
import { learnSchema } from '../../src/config/learn-schema.js';
import { lammpsInPath } from '../../src/engines/lammps/native.js';
import { SILENT } from '../../src/engines/progress.js';
import { StopController } from '../../src/engines/stop.js';
import { createLabeller } from '../../src/workflows/label/labellers.js';
import { type LearnResult, learn } from '../../src/workflows/learn/learn.js';

const SUTTON_CHEN = { engine: 'reference', model: 'sutton-chen-cu' };

const settings = (changes: object) =>
  learnSchema.parse({
    element: 'Cu',
    label: SUTTON_CHEN,
    reference_energy: 0,
    data: { folds: 0 },
    uncertainty: { committee: 0 },
    network: {
      cutoff: 5,
      pair: { basis: ['r^-9', 'r^-6', 'exp(-r)'] },
      density: { basis: ['r^-6', 'exp(-r)'] },
      embedding: { basis: ['rho^0.5', 'rho'] },
    },
    search: { restarts: 1, steps: 20, patience: 20 },
    refine: { steps: 10, candidates: 1 },
    export: { proof_frames: 0 },
    start: { crystals: [{ phase: 'fcc', atoms: 4, count: 6 }] },
    stop: { rounds: 1 },
    workers: 1,
    // the embedded one is started anew for every run
    lammps: lammpsInPath() ? 'native' : 'embedded',
    ...changes,
  });

describe('whole loops of active learning', function () {
  this.timeout(300_000);
  let folder: string;
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'eqpot-loops-'));
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  async function loop(name: string, changes: object): Promise<LearnResult> {
    const all = settings(changes);
    const labeller = await createLabeller(all.label, folder);
    try {
      return await learn(all, { labeller, directory: folder, runDirectory: join(folder, name) });
    } finally {
      await labeller.close?.();
    }
  }

  /** Labels of round 1, by what is asked. */
  const second = ({ judged }: LearnResult) => judged.filter(({ round }) => round === 1);

  /** Every label is that of the reference engine. */
  async function expectLabelsOfSuttonChen({ judged }: LearnResult, within: number): Promise<void> {
    const truth = await createLabeller(settings({}).label, folder);
    const energies = new Map<string, number>();
    await truth.label(
      judged.map(({ frame }, k) => ({ id: String(k), structure: frame })),
      {
        directory: join(folder, 'truth'),
        progress: SILENT,
        stop: new StopController({ signals: false, announce: () => {} }),
        onOutcome: (outcome) => void ('label' in outcome && energies.set(outcome.id, outcome.label.energy)),
      },
    );
    for (const [k, { frame }] of judged.entries())
      expect(frame.energy! / frame.species.length).to.be.closeTo(energies.get(String(k))! / frame.species.length, within);
  }

  it('the structures farthest from all that are known, labelled by a LAMMPS that stays', async function () {
    if (!lammpsInPath()) {
      console.log('      skipped: no native LAMMPS (lmp) in PATH');
      this.skip();
    }
    const result = await loop('farthest', {
      label: { engine: 'socket', potential: 'sutton-chen-cu', clients: 2 },
      sample: {
        defects: { atoms: [32], count: 2 },
        strained: { atoms: [4], count: 6, strain: 0.1 },
        surfaces: { planes: ['111'], count: 2 },
      },
      select: { rule: 'farthest', budget: 4, distance: 0.05 },
    });
    expect(Object.keys(result.rounds[1]!.proposal!.found)).to.have.members(['defects', 'strained', 'surfaces']);
    expect(second(result)).to.have.length(4);
    for (const { frame } of second(result))
      expect(frame.labelOrigin)
        .to.include({ engine: 'socket' })
        .and.to.have.property('version')
        .that.matches(/^native /);
    await expectLabelsOfSuttonChen(result, 1e-6);
  });

  it('molecular dynamics, chosen where equations of the front disagree, labelled by a worker through the hub', async () => {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as { port: number };
    await new Promise((resolve) => server.close(resolve));
    const token = join(folder, 'token');
    writeFileSync(token, 'a-token-of-the-tests\n', { mode: 0o600 });
    const stop = new StopController({ signals: false, announce: () => {} });
    const worker = workForHub({
      url: `ws://127.0.0.1:${port}`,
      token: readToken(token),
      labeller: await createLabeller(settings({}).label, folder),
      directory: join(folder, 'worker'),
      batch: 1,
      idle: Infinity,
      stop,
      progress: SILENT,
    }).catch((error: Error) => error);
    const result = await loop('hub', {
      // the learner says nothing for longer while it trains
      label: { engine: 'hub', listen: port, token_file: token, by: SUTTON_CHEN, heartbeat: 0.2, lease: 1 },
      sample: { dynamics: { atoms: [4], temperatures: [600, 3000], steps: 200, snapshots: 6 } },
      select: { rule: 'committee', budget: 4 },
    });
    stop.request('the run is over');
    await worker;
    stop.dispose();
    const { proposal, training } = result.rounds[1]!;
    expect(proposal!.found).to.deep.equal({ dynamics: 12 });
    expect(proposal!.notes).to.deep.equal([]);
    expect(second(result)).to.have.length.within(1, 4);
    for (const { frame, verdict } of second(result)) {
      expect(frame.configType).to.equal('dynamics');
      expect(frame.source).to.match(/^round 1: dynamics of fcc, 4 atoms, (600|3000) K, snapshot \d$/);
      // a rule that needs no label has nothing against those that agree
      expect(verdict).to.equal('train');
    }
    expect(training!.frames).to.equal(6 + second(result).length);
    expect(result.rounds.flatMap(({ failures }) => failures)).to.deep.equal([]);
    await expectLabelsOfSuttonChen(result, 1e-12);
    expect(readFileSync(join(folder, 'hub', 'labels.extxyz'), 'utf8')).to.include('label_engine=reference');
  });
});
