import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadSettings } from '../src/config/load.js';
import { type Settings, settingsSchema } from '../src/config/schema.js';
import { writeExtxyz } from '../src/datasets/extxyz/write.js';
import { SILENT } from '../src/engines/progress.js';
import { complexity } from '../src/expressions/complexity.js';
import { exchangeTerms, type FrontEntry, type FrontTask, prunePath } from '../src/fitting/front.js';
import type { Differentiable } from '../src/fitting/objective.js';
import { coarseProblem, type FitProblem, openObjective } from '../src/fitting/problem.js';
import type { Refined, RefineSettings } from '../src/fitting/refine.js';
import { SEARCH_METHODS, type SearchMethodName } from '../src/fitting/search/methods.js';
import { type RestartSettings, refineStart } from '../src/fitting/search/restart.js';
import { SearchSpace } from '../src/fitting/search/space.js';
import { RandomStream } from '../src/math/random.js';
import { builtinModel } from '../src/potentials/builtin.js';
import { EquationPotential } from '../src/potentials/equation-potential.js';
import { recoverySet } from '../src/sampling/recovery-set.js';
import { prepare } from '../src/workflows/prepare.js';
import { RECOVERY } from '../src/workflows/quickstart.js';
import { fitShared } from '../src/workflows/search.js';
import { inTemporaryFolder, ROOT, sharedData } from './data.js';
import { printTable, summary } from './measure.js';
import type { Section } from './section.js';

/** Processor times of the global search after which its best points are refined, s; equations are pruned after the second. */
const BUDGETS = [0.5, 1.5, 3] as const;
const PRUNED_AT = 1;

interface Variant {
  name: string;
  method: SearchMethodName;
  /** of the short refinements of a multi-start search */
  optimiser: RefineSettings['optimiser'];
}

const VARIANTS: readonly Variant[] = [
  { name: 'tree search', method: 'tree', optimiser: 'levenberg-marquardt' },
  { name: 'CMA-ES', method: 'cma-es', optimiser: 'levenberg-marquardt' },
  { name: 'multi-start, Levenberg-Marquardt', method: 'multi-start', optimiser: 'levenberg-marquardt' },
  { name: 'multi-start, L-BFGS', method: 'multi-start', optimiser: 'lbfgs' },
];

interface Reading {
  /** processor time of search and refinement, s */
  seconds: number;
  /** losses, gradients and Gauss-Newton matrices evaluated in the search */
  evaluations: number;
  /** of the best point before and after refinement, eV/atom */
  found: number;
  refined: number;
}

interface Run {
  readings: Reading[];
  /** best equation within the complexity allowed after pruning and exchange, from the second reading, and the time to it, s */
  final: number;
  total: number;
  /** whether an equation no longer than the true one has next to no loss */
  recovered: boolean;
}

/** Processor time of this process so far, s. */
function seconds(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) * 1e-6;
}

class Counted implements Differentiable {
  readonly size: number;
  readonly linear: Uint8Array;
  calls = 0;

  constructor(private readonly objective: Differentiable & { linear: Uint8Array }) {
    this.size = objective.size;
    this.linear = objective.linear;
  }

  loss(p: Float64Array): number {
    this.calls++;
    return this.objective.loss(p);
  }

  gradient(p: Float64Array, gradient: Float64Array): number {
    this.calls++;
    return this.objective.gradient(p, gradient);
  }

  linearise(p: Float64Array, gradient: Float64Array, hessian: Float64Array, active?: Uint8Array): number {
    this.calls++;
    return this.objective.linearise(p, gradient, hessian, active);
  }
}

/** Loss below which the equation that made the data counts as found, eV/atom. */
const NOTHING = 1e-5;

async function runOnce(problem: FitProblem, restart: RestartSettings, variant: Variant, index: number, trueNodes: number): Promise<Run> {
  const space = new SearchSpace(problem, restart.nullZone);
  const { network, objective } = openObjective(coarseProblem(problem));
  const counted = new Counted(objective);
  const fitReference = problem.loss.referenceEnergy === undefined;
  const task: FrontTask = { network, objective, refine: restart.refine, fitReference };
  const short = { ...task, objective: counted, refine: { ...restart.refine, optimiser: variant.optimiser } };
  const search = SEARCH_METHODS[variant.method](space, short, restart, RandomStream.fromSeed(restart.seed, index));
  const readings: Reading[] = [];
  let [used, final, total, recovered] = [0, Infinity, 0, false];
  for (const [k, budget] of BUDGETS.entries()) {
    const before = seconds();
    while (used + seconds() - before < budget) await search.step();
    used += seconds() - before;
    const from = seconds();
    const refined: Refined[] = [];
    for (const { point } of search.elite.slice(0, restart.candidates)) refined.push(...refineStart(task, await space.real(point)));
    const best = refined.reduce((a, b) => (b.loss < a.loss ? b : a), { parameters: new Float64Array(0), loss: Infinity });
    const perStep = restart.tree.payouts + 1;
    const evaluations = Math.round(search.steps * perStep) + counted.calls;
    readings.push({ seconds: used + seconds() - from, evaluations, found: search.best, refined: best.loss });
    if (k !== PRUNED_AT || !Number.isFinite(best.loss)) continue;
    const pruned = prunePath(task, best);
    const entries: FrontEntry[] = [...pruned];
    const within = pruned.filter((entry) => entry.complexity <= restart.maxComplexity).sort((a, b) => a.loss - b.loss)[0];
    if (within) entries.push(exchangeTerms(task, within, restart.maxComplexity));
    total = used + seconds() - from;
    final = Math.min(...entries.filter((entry) => entry.complexity <= restart.maxComplexity).map(({ loss }) => loss));
    recovered = entries.some((entry) => entry.complexity <= trueNodes && entry.loss < NOTHING);
  }
  return { readings, final, total, recovered };
}

async function compare(problem: FitProblem, settings: Settings, repeats: number, trueNodes: number): Promise<void> {
  const { restart } = fitShared(settings, [problem]);
  // compiled before the first run is timed
  await runOnce(problem, { ...restart, candidates: 1 }, VARIANTS[VARIANTS.length - 1]!, 1000, trueNodes);
  const runs = new Map<string, Run[]>();
  // in turn, so that what else the machine does falls on all alike
  for (let index = 0; index < repeats; index++)
    for (const variant of VARIANTS) {
      const run = await runOnce(problem, restart, variant, index, trueNodes);
      runs.set(variant.name, [...(runs.get(variant.name) ?? []), run]);
      const refined = run.readings.map((reading) => `${milli(reading.refined)} in ${reading.seconds.toFixed(1)} s`).join(', ');
      console.log(`restart ${index + 1} by ${variant.name}: ${refined}; ${milli(run.final)} at the end in ${run.total.toFixed(1)} s`);
    }
  const all = [...runs.values()].flat();
  console.log(
    `${problem.frames.length} frames, ${repeats} restarts of each method, ${restart.candidates} points refined, one thread, processor times; ` +
      'losses in meV/atom: median (min..max)',
  );
  const bestRefined = Math.min(...all.flatMap(({ readings }) => readings.map(({ refined }) => refined)));
  console.log(`\nafter the refinement, all terms on; best of all ${milli(bestRefined)}`);
  const rows: string[][] = [];
  for (const [name, list] of runs)
    BUDGETS.forEach((budget, k) => {
      const at = list.map(({ readings }) => readings[k]!);
      const time = mean(at.map((reading) => reading.seconds));
      rows.push([
        name,
        String(budget),
        time.toFixed(1),
        mean(at.map(({ evaluations }) => evaluations)).toFixed(0),
        range(at.map(({ found }) => found)),
        range(at.map(({ refined }) => refined)),
        ...[1.05, 1.2].map((factor) =>
          share(
            at.map(({ refined }) => refined <= bestRefined * factor),
            time,
          ),
        ),
      ]);
    });
  printTable(
    ['method', 'search, s', 'with refinement, s', 'evaluations', 'before', 'refined', 'within 5 % (s to reach)', 'within 20 %'],
    rows,
  );
  const bestFinal = Math.min(...all.map(({ final }) => final));
  console.log(
    `\nafter pruning and exchange to ${restart.maxComplexity} nodes, from ${BUDGETS[PRUNED_AT]} s of search; best of all ${milli(bestFinal)}`,
  );
  printTable(
    ['method', 'whole restart, s', 'loss', 'within 5 % (s to reach)', 'within 20 %', `true equation (${trueNodes || '-'} nodes)`],
    [...runs].map(([name, list]) => {
      const time = mean(list.map(({ total }) => total));
      return [
        name,
        time.toFixed(1),
        range(list.map(({ final }) => final)),
        ...[1.05, 1.2].map((factor) =>
          share(
            list.map(({ final }) => final <= bestFinal * factor),
            time,
          ),
        ),
        trueNodes > 0
          ? share(
              list.map(({ recovered }) => recovered),
              time,
            )
          : '-',
      ];
    }),
  );
  console.log();
}

/** The global searches beside each other: what the advice on `search.method` rests on. */
export const methods: Section = {
  name: 'methods',
  what: 'tree search, CMA-ES and multi-start at equal processor time: copper at 5.5 Å and the recovery of Sutton-Chen copper',
  duration: '20 min',
  async run({ repeats = 8 }) {
    sharedData('cu-symbolic.extxyz');
    const { settings, directory } = loadSettings(join(ROOT, 'examples/copper/copper.yaml'));
    console.log('examples/copper/copper.yaml');
    await compare(prepare(settings, directory, SILENT)[0]!.problem, settings, repeats, 0);
    const truth = builtinModel('sutton-chen-cu');
    const { frames } = recoverySet(new EquationPotential(truth), RandomStream.fromSeed(1));
    console.log('recovery of Sutton-Chen copper');
    await inTemporaryFolder(async (folder) => {
      writeFileSync(join(folder, RECOVERY.data.files[0]!), writeExtxyz(frames));
      const recovery = settingsSchema.parse(RECOVERY);
      const nodes = complexity(truth.pair) + complexity(truth.density) + complexity(truth.embedding);
      await compare(prepare(recovery, folder, SILENT)[0]!.problem, recovery, repeats, nodes);
    });
  },
};

function mean(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0) / values.length;
}

function milli(loss: number): string {
  const value = loss * 1e3;
  return value >= 1e6 ? 'forbidden' : value < 0.1 ? value.toExponential(1) : value.toFixed(2);
}

function range(losses: readonly number[]): string {
  const { median, min, max } = summary(losses);
  return `${milli(median)} (${milli(min)}..${milli(max)})`;
}

/** How many of the restarts, and the processor time that one can expect to need for one of them. */
function share(hits: readonly boolean[], time: number): string {
  const count = hits.filter((hit) => hit).length;
  return `${count} of ${hits.length}${count > 0 ? ` (${((time * hits.length) / count).toFixed(1)})` : ''}`;
}
