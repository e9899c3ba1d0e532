import { join } from 'node:path';
import { learnSchema } from '../src/config/learn-schema.js';
import { loadLearnSettings } from '../src/config/load-learn.js';
import { writeExtxyz } from '../src/datasets/extxyz/write.js';
import { writeFileAtomic } from '../src/engines/files.js';
import { lammpsInPath } from '../src/engines/lammps/native.js';
import { VerificationError } from '../src/errors.js';
import { RULE_NAMES } from '../src/learning/rules/index.js';
import { median } from '../src/math/median.js';
import { RandomStream } from '../src/math/random.js';
import { builtinModel } from '../src/potentials/builtin.js';
import { EquationPotential } from '../src/potentials/equation-potential.js';
import { recoverySet } from '../src/sampling/recovery-set.js';
import { createLabeller } from '../src/workflows/label/labellers.js';
import { learn } from '../src/workflows/learn/learn.js';
import { RunFolder, type TrainingRecord } from '../src/workflows/learn/run-folder.js';
import { recoveryOf } from '../src/workflows/recovery.js';
import { inTemporaryFolder, ROOT } from './data.js';
import { printTable, significant } from './measure.js';
import type { Section } from './section.js';

/** The paper's benchmark of active learning, and how fast the rules learn. */
export const learning: Section = {
  name: 'learning',
  what: 'active learning: Sutton-Chen found again from 21 structures, and the error against labels of four rules',
  duration: '15 min of processor time',
  async run({ repeats = 3 }) {
    await recovery(repeats);
    await curves(repeats);
  },
};

/** examples/copper/learn-sutton-chen.yaml with several seeds. */
async function recovery(seeds: number): Promise<void> {
  const file = join(ROOT, 'examples/copper/learn-sutton-chen.yaml');
  const { settings, directory } = loadLearnSettings(file);
  const truth = builtinModel('sutton-chen-cu');
  const rows: string[][] = [];
  for (let seed = 1; seed <= seeds; seed++)
    await inTemporaryFolder(async (folder) => {
      const [cpu, started] = [process.cpuUsage(), performance.now()];
      const labeller = await createLabeller(settings.label, directory);
      const result = await learn({ ...settings, seed }, { labeller, directory, runDirectory: folder, truth });
      const { user, system } = process.cpuUsage(cpu);
      const { constants, sameTerms } = recoveryOf((result.potential as EquationPotential).model, truth);
      const off = Math.max(...constants.map(({ truth: expected, found }) => Math.abs(found / expected - 1)));
      rows.push([
        String(seed),
        String(result.rounds.length - 1),
        String(result.judged.length),
        String(result.final.frames),
        sameTerms ? `yes, constants within ${(100 * off).toPrecision(1)} %` : 'no',
        ((result.rounds.at(-1)?.before.mean ?? Number.NaN) * 1e3).toExponential(1),
        ((user + system) / 1e6).toFixed(0),
        ((performance.now() - started) / 1000).toFixed(0),
      ]);
    });
  console.log('examples/copper/learn-sutton-chen.yaml: 21 structures to start with, rule error (110 %)');
  printTable(
    ['seed', 'rounds', 'labels', 'trained on', 'equation found', 'last error, meV/atom', 'processor time, s', 'wall time, s'],
    rows,
  );
}

/** Nearest distances of copper that atoms come as close as, in the loop and in the test set. */
const CLOSEST = 0.7;
const NEAREST = 2.5527;
/** Labels of SR2, which is no sum of the networks' terms, in cells of eight atoms. */
const CURVE = {
  element: 'Cu',
  nearest: NEAREST,
  label: { engine: 'reference', model: 'sr2' },
  reference_energy: 0,
  data: { use: ['energy'], folds: 0 },
  uncertainty: { committee: 0 },
  network: { cutoff: 8, cutoff_style: 'shift', density_floor: 0 },
  search: { restarts: 2, steps: 300 },
  refine: { candidates: 1, max_complexity: 45 },
  export: { proof_frames: 0 },
  start: { crystals: [{ phase: 'fcc', atoms: 8, count: 21 }] },
  sample: { nested: { atoms: [8], minimum_distance: CLOSEST } },
  train: { full_every: 100 },
  stop: { rounds: 5 },
  test: ['test.extxyz'],
  workers: 1,
} as const;
const BUDGET = 15;
const TEST_FRAMES = 120;

/** Error on a test set from an ensemble of the true potential, after each round, by rule. */
async function curves(seeds: number): Promise<void> {
  const truth = new EquationPotential(builtinModel('sr2'));
  const { frames } = recoverySet(truth, RandomStream.fromSeed(1000), {
    repeat: [1, 1, 2],
    total: TEST_FRAMES,
    nearCrystal: 21,
    minimumDistance: CLOSEST * NEAREST,
  });
  const rows: string[][] = [];
  for (const rule of RULE_NAMES) {
    const runs: RoundOfRun[][] = [];
    for (let seed = 1; seed <= seeds; seed++) runs.push(await trainings(rule, seed, writeExtxyz(frames)));
    for (let round = 0; round <= CURVE.stop.rounds; round++) {
      const there = runs.flatMap((records) => records[round] ?? []);
      if (there.length === 0) continue;
      const tests = there.map(({ testError }) => testError! * 1e3);
      rows.push([
        round === 0 ? rule : '',
        String(round),
        String(median(there.map(({ labels }) => labels))),
        String(there.length),
        significant(median(tests)),
        `${significant(Math.min(...tests))}..${significant(Math.max(...tests))}`,
        String(median(there.map((record) => record.frames))),
      ]);
    }
  }
  console.log(
    `\nlabels of SR2, cells of 8 atoms, up to ${BUDGET} labels a round; test set of ${TEST_FRAMES} structures from ensembles of SR2 itself,\n` +
      `up to 3 eV/atom above the crystal; atoms at least ${(CLOSEST * NEAREST).toFixed(2)} Å apart`,
  );
  printTable(['rule', 'round', 'labels', 'runs', 'test error, meV/atom, median', 'range', 'trained on'], rows);
}

/** What a round's training left, and the labels until then. */
type RoundOfRun = TrainingRecord & { labels: number };

/** All rounds of a run with a rule. */
async function trainings(rule: (typeof RULE_NAMES)[number], seed: number, test: string): Promise<RoundOfRun[]> {
  const out: RoundOfRun[] = [];
  const spent = process.cpuUsage();
  await inTemporaryFolder(async (directory) => {
    writeFileAtomic(join(directory, 'test.extxyz'), test);
    // the embedded one is started anew for every proof
    const lammps = lammpsInPath() ? 'native' : 'embedded';
    const settings = learnSchema.parse({ ...CURVE, seed, lammps, select: { rule, budget: BUDGET } });
    const labeller = await createLabeller(settings.label, directory);
    const runDirectory = join(directory, 'run');
    try {
      await learn(settings, { labeller, directory, runDirectory });
    } catch (error) {
      // the potential of a run with few labels need not be sound
      if (!(error instanceof VerificationError)) throw error;
    }
    const folder = new RunFolder(runDirectory);
    let labels: number = CURVE.start.crystals[0].count;
    for (let record = folder.training(0); record; record = folder.training(out.length)) {
      labels += folder.proposal(out.length)?.chosen ?? 0;
      out.push({ ...record, labels });
    }
  });
  const { user, system } = process.cpuUsage(spent);
  const errors = out.map(({ testError }) => significant(testError! * 1e3)).join(' ');
  console.error(`${rule}, seed ${seed}: ${errors} meV/atom, ${((user + system) / 1e6).toFixed(0)} s of processor time`);
  return out;
}
