import { runInWorkers, workerUrl } from '../src/engines/workers.js';
import type { FitShared } from '../src/workflows/fit-worker.js';
import { fitShared } from '../src/workflows/search.js';
import type { BudgetResult, BudgetTask } from './budget-worker.js';
import { copperSettings, preparedCopper } from './data.js';
import { printTable } from './measure.js';
import type { Section } from './section.js';

const STEPS = 55_000;
const GRADIENT_STEPS = 10_000;
const CUTOFF = 8;
const OPTIMISERS: BudgetTask['optimisers'] = [
  { name: 'adam', steps: GRADIENT_STEPS },
  { name: 'lbfgs', steps: 2000 },
  { name: 'levenberg-marquardt', steps: 300 },
];

/**
 * The budget of the paper (Methods: 55,000 tree search steps with 10 payouts, then 10,000 gradient steps): once in one thread, once
 * split into two restarts in two threads. Starting the threads and reading the data are not in the times of search and gradient, but
 * in the wall time.
 */
export const budget: Section = {
  name: 'budget',
  what: 'the search budget of the paper, 55,000 tree search steps and 10,000 gradient steps, copper at 8 Å',
  duration: '4 min',
  async run({ repeats = 1 }) {
    const settings = copperSettings(CUTOFF);
    const { problem } = preparedCopper(settings);
    const shared = fitShared(settings, [problem]);
    const { payouts } = settings.search;
    console.log(
      `${problem.frames.length} frames, ${problem.moments.weights.length} unique rows, K = ${problem.moments.map.count}, ` +
        `${payouts} payouts, ${repeats} repeats\n`,
    );
    const rows: string[][] = [];
    for (let k = 0; k < repeats; k++)
      for (const threads of [1, 2]) {
        const tasks: BudgetTask[] = Array.from({ length: threads }, (_, t) => ({
          steps: STEPS / threads,
          index: k * 10 + t,
          optimisers: OPTIMISERS,
        }));
        const results = await runInWorkers<BudgetTask, BudgetResult, unknown, FitShared>(
          workerUrl(import.meta.url, './budget-worker'),
          tasks,
          {
            workers: threads,
            shared,
          },
        );
        results.forEach((result, t) => {
          rows.push(...rowsOf(result, `${threads} thread${threads > 1 ? `s, restart ${t + 1}` : ''}`));
        });
        const adam = results.map(({ seconds, refined }) => seconds + refined[0]!.seconds);
        const used = results.map(({ processor, refined }) => processor + refined[0]!.processor);
        const best = Math.min(...results.map(({ refined }) => refined[0]!.meanAbsolute));
        rows.push([
          `${threads} thread${threads > 1 ? 's' : ''}, all`,
          'search and Adam',
          '',
          Math.max(...adam).toFixed(1),
          Math.max(...used).toFixed(1),
          '',
          meV(best),
        ]);
      }
    printTable(['run', 'work', 'steps', 's (whole budget: target 60)', 'processor s', 'ms a candidate', 'best loss, meV/atom'], rows);
  },
};

function rowsOf({ seconds, processor, loss, candidates, refined }: BudgetResult, run: string): string[][] {
  const perCandidate = ((seconds * 1e3) / candidates).toFixed(4);
  return [
    [run, 'tree search', String(candidates), seconds.toFixed(1), processor.toFixed(1), perCandidate, meV(loss)],
    ...refined.map((one) => [
      run,
      one.name,
      String(one.steps),
      one.seconds.toFixed(1),
      one.processor.toFixed(1),
      '',
      meV(one.meanAbsolute),
    ]),
  ];
}

function meV(loss: number): string {
  return (loss * 1e3).toFixed(1);
}
