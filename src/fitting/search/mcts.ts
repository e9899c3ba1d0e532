import { RandomStream } from '../../math/random.js';
import type { BatchLoss } from '../optimisers/cma-es.js';
import { Elite, type SavedScore, type ScoredPoint, unitsOf } from './elite.js';

/** Settings of the continuous-action Monte Carlo tree search; the values of the paper stand in the settings schema. */
export interface TreeSearchSettings {
  /** random evaluations of one step */
  payouts: number;
  /** factor of the exploration term of UCB; rewards are -ln(loss) */
  exploration: number;
  /** children that a node has had time for after 16 visits; the number grows with the square root of the visits */
  children: number;
  /** search radius at the root, in units of the half width of the bounds / 5 */
  radius: number;
  /** factor of the radius from a node to its children */
  depthScaling: number;
  maxDepth: number;
  /** two nodes closer than this fraction of the radius count as one */
  uniqueness: number;
}

interface TreeNode {
  point: Float64Array;
  /** loss at the point */
  loss: number;
  /** smallest loss met in the node's ball and below */
  best: number;
  visits: number;
  depth: number;
  parent: number;
  children: number[];
}

/** What a checkpoint holds of a tree search. */
export interface TreeSearchState {
  random: readonly number[];
  steps: number;
  lastGain: number;
  nodes: { point: number[]; loss: number; best: number; visits: number; depth: number; parent: number }[];
  elite: SavedScore[];
}

/** Root mean square distance within which two points of the elite count as one. */
const APART = 0.02;
/** A node may have children * sqrt(visits) / 4 children, so that new branches grow where a search is trapped. */
const WIDENING = 0.25;
/** Attempts at a child that is not the copy of a sibling. */
const ATTEMPTS = 8;

/**
 * Continuous-action Monte Carlo tree search (paper, Methods, and S. Manna et al., Nat. Commun. 13, 368 (2022)): a node is a ball
 * around a point, its radius shrinking geometrically with depth. Each step selects a node by the upper confidence bound, expands it by
 * a child that is no copy of a sibling, samples payouts in the child's ball that are biased towards its centre, and passes the best
 * loss up the tree. The child moves to its best payout, so that its own children start from there.
 */
export class TreeSearch {
  private nodes: TreeNode[] = [];
  private random: RandomStream;
  /** steps done */
  steps = 0;
  /** step of the last improvement of the best loss */
  lastGain = 0;
  private readonly batch: Float64Array[];
  private readonly losses: Float64Array;
  private readonly half: Float64Array;
  private readonly kept: Elite;

  constructor(
    readonly settings: TreeSearchSettings,
    /** lower and upper bound of each coordinate */
    private readonly bounds: readonly (readonly [number, number])[],
    private readonly evaluate: BatchLoss,
    random: RandomStream,
    /** centre of the root; default: the middle of the bounds */
    private readonly root?: Float64Array,
  ) {
    this.random = random;
    this.half = unitsOf(bounds);
    this.kept = new Elite(this.half, APART);
    this.batch = Array.from({ length: settings.payouts + 1 }, () => new Float64Array(bounds.length));
    this.losses = new Float64Array(settings.payouts + 1);
  }

  /** Smallest loss met. */
  get best(): number {
    return this.kept.best;
  }

  /** Best points met, best first. */
  get elite(): readonly ScoredPoint[] {
    return this.kept.points;
  }

  /** One step of the search. */
  async step(): Promise<void> {
    if (this.nodes.length === 0) await this.plant();
    const parentIndex = this.select();
    const parent = this.nodes[parentIndex]!;
    const depth = parent.depth + 1;
    const radius = this.settings.radius * this.settings.depthScaling ** parent.depth;
    this.expand(parent, radius, this.batch[0]!);
    const childRadius = radius * this.settings.depthScaling;
    for (let k = 1; k < this.batch.length; k++) this.sample(this.batch[0]!, childRadius, 2, this.batch[k]!);
    await this.evaluate(this.batch, this.losses);
    let winner = 0;
    for (let k = 1; k < this.batch.length; k++) if (this.losses[k]! < this.losses[winner]!) winner = k;
    const loss = this.losses[winner]!;
    this.nodes.push({ point: this.batch[winner]!.slice(), loss, best: loss, visits: 1, depth, parent: parentIndex, children: [] });
    parent.children.push(this.nodes.length - 1);
    for (let at = parentIndex; at >= 0; at = this.nodes[at]!.parent) {
      const node = this.nodes[at]!;
      node.visits++;
      if (loss < node.best) node.best = loss;
    }
    this.steps++;
    if (loss < this.best) this.lastGain = this.steps;
    for (let k = 0; k < this.batch.length; k++) this.kept.keep(this.batch[k]!, this.losses[k]!);
  }

  private async plant(): Promise<void> {
    const point = this.root?.slice() ?? Float64Array.from(this.bounds, ([low, high]) => 0.5 * (low + high));
    for (const member of this.batch) member.set(point);
    await this.evaluate(this.batch, this.losses);
    const loss = this.losses[0]!;
    this.nodes.push({ point, loss, best: loss, visits: 1, depth: 0, parent: -1, children: [] });
    this.kept.keep(point, loss);
  }

  /** Follows the largest upper confidence bound down to a node that may take another child. */
  private select(): number {
    let at = 0;
    for (;;) {
      const node = this.nodes[at]!;
      if (node.children.length < this.settings.children * Math.sqrt(node.visits) * WIDENING || node.depth >= this.settings.maxDepth)
        return at;
      const log = Math.log(node.visits);
      let bestChild = -1;
      let bestValue = -Infinity;
      for (const index of node.children) {
        const child = this.nodes[index]!;
        // the deepest nodes take no children of their own
        if (child.depth >= this.settings.maxDepth) continue;
        const value = -Math.log(child.best + 1e-12) + this.settings.exploration * Math.sqrt(log / child.visits);
        if (value > bestValue) {
          bestValue = value;
          bestChild = index;
        }
      }
      if (bestChild < 0) return at;
      at = bestChild;
    }
  }

  /** A new point in the ball of the parent that is not the copy of a child it has. */
  private expand(parent: TreeNode, radius: number, out: Float64Array): void {
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      this.sample(parent.point, radius, 1, out);
      if (parent.children.every((index) => this.kept.distance(out, this.nodes[index]!.point) > this.settings.uniqueness * radius)) return;
    }
  }

  /**
   * A random point around `centre`: a random share of the coordinates moves, by up to `radius` times u^bias with one u for the point,
   * so that a larger bias keeps more points close to the centre.
   */
  private sample(centre: Float64Array, radius: number, bias: number, out: Float64Array): void {
    const { random, bounds, half } = this;
    const share = random.uniform();
    const reach = radius * random.uniform() ** bias;
    let moved = false;
    for (let q = 0; q < out.length; q++) {
      out[q] = centre[q]!;
      if (random.uniform() > share && !(q === out.length - 1 && !moved)) continue;
      moved = true;
      const x = centre[q]! + reach * half[q]! * random.range(-1, 1);
      out[q] = Math.min(bounds[q]![1], Math.max(bounds[q]![0], x));
    }
  }

  /** Everything that the search needs to go on exactly as if it had not been interrupted. */
  save(): TreeSearchState {
    return {
      random: [...this.random.state()],
      steps: this.steps,
      lastGain: this.lastGain,
      nodes: this.nodes.map(({ point, children: _, ...rest }) => ({ point: [...point], ...rest })),
      elite: this.kept.save(),
    };
  }

  /** Restores a state from `save`. */
  restore(state: TreeSearchState): void {
    this.random = RandomStream.fromState(state.random);
    this.steps = state.steps;
    this.lastGain = state.lastGain;
    this.nodes = state.nodes.map((node) => ({ ...node, point: Float64Array.from(node.point), children: [] }));
    this.nodes.forEach((node, index) => {
      if (node.parent >= 0) this.nodes[node.parent]!.children.push(index);
    });
    this.kept.restore(state.elite);
  }
}
