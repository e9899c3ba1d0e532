import type { RandomStream } from '../../math/random.js';
import type { FrontTask } from '../front.js';
import { CmaSearch, type CmaSearchState } from './cma-search.js';
import type { ScoredPoint } from './elite.js';
import { TreeSearch, type TreeSearchSettings, type TreeSearchState } from './mcts.js';
import { MultiStart, type MultiStartState } from './multi-start.js';
import type { SearchSpace } from './space.js';

/** A search over the whole range of the pseudo-weights, for points that are worth refining. */
export interface GlobalSearch {
  /** of the work asked for, see `SearchMethod.total` */
  readonly steps: number;
  /** value of `steps` at the last gain */
  readonly lastGain: number;
  /** smallest loss met, eV/atom */
  readonly best: number;
  /** points to be refined, best first, as pseudo-weights */
  readonly elite: readonly ScoredPoint[];
  step(): Promise<void>;
  /** plain data with which `restore` goes on exactly as if there had been no interruption */
  save(): GlobalState;
  restore(state: GlobalState): void;
}

/** How much each method does. */
export interface GlobalSettings {
  tree: TreeSearchSettings;
  /** tree search steps of payouts + 1 loss evaluations; CMA-ES has as many evaluations */
  steps: number;
  /** first population of CMA-ES */
  population: number;
  /** refinements of a multi-start search */
  starts: number;
}

/** State of any of the methods. */
export type GlobalState = TreeSearchState | CmaSearchState | MultiStartState;

/** One method for the first stage of a restart. */
interface SearchMethod {
  /** what a step is called */
  unit: string;
  total(settings: GlobalSettings): number;
  /** steps between two looks at the clock */
  stride: number;
  open(space: SearchSpace, task: FrontTask, settings: GlobalSettings, random: RandomStream): GlobalSearch;
}

const methods = <Name extends string>(all: Record<Name, SearchMethod>): Readonly<Record<Name, SearchMethod>> => all;

/** Every method by the name that the settings know it by. */
export const SEARCH_METHODS = methods({
  tree: {
    unit: 'steps',
    total: ({ steps }) => steps,
    stride: 20,
    open: (space, _task, { tree }, random) => new TreeSearch(tree, space.bounds, space.evaluate, random),
  },
  'cma-es': {
    unit: 'steps',
    total: ({ steps }) => steps,
    stride: 20,
    open: (space, _task, { tree, population }, random) => new CmaSearch(space, population, tree.payouts + 1, random),
  },
  'multi-start': {
    unit: 'starts',
    total: ({ starts }) => starts,
    stride: 1,
    open: (space, task, { tree }, random) => new MultiStart(space, task, tree.payouts + 1, random),
  },
});

export type SearchMethodName = keyof typeof SEARCH_METHODS;
