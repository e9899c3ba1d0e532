import type { RandomStream } from '../../math/random.js';
import type { FrontTask } from '../front.js';
import { CmaSearch, type CmaSearchState } from './cma-search.js';
import type { ScoredPoint } from './elite.js';
import { TreeSearch, type TreeSearchSettings, type TreeSearchState } from './mcts.js';
import { MultiStart, type MultiStartState } from './multi-start.js';
import type { SearchSpace } from './space.js';

/** A search over the whole range of the pseudo-weights, for points that are worth refining. */
export interface GlobalSearch {
  /** work done, in steps of the tree search: those of payouts + 1 loss evaluations, or as much time in other work */
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

/** What the methods differ in. */
export interface GlobalSettings {
  tree: TreeSearchSettings;
  /** first population of CMA-ES */
  population: number;
}

/** State of any of the methods. */
export type GlobalState = TreeSearchState | CmaSearchState | MultiStartState;

type Open = (space: SearchSpace, task: FrontTask, settings: GlobalSettings, random: RandomStream) => GlobalSearch;

const methods = <Name extends string>(all: Record<Name, Open>): Readonly<Record<Name, Open>> => all;

/** Every method by the name that the settings know it by. */
export const SEARCH_METHODS = methods({
  tree: (space, _task, { tree }, random) => new TreeSearch(tree, space.bounds, space.evaluate, random),
  'cma-es': (space, _task, { tree, population }, random) => new CmaSearch(space, population, tree.payouts + 1, random),
  'multi-start': (space, task, { tree }, random) => new MultiStart(space, task, tree.payouts + 1, random),
});

export type SearchMethodName = keyof typeof SEARCH_METHODS;
