import type { ReportEquation } from '../report-data.js';

/** One round of active learning. Energies in eV/atom, NaN where there are none. */
export interface LearningRound {
  round: number;
  /** labels of this round, and of all rounds up to it */
  labels: number;
  total: number;
  /** mean and largest error of its structures before they were trained on */
  before: number;
  largest: number;
  /** error that counted as wrong, and how many were */
  threshold: number;
  wrong: number;
  /** training after it: structures, error on them, and on the test set */
  frames: number;
  trained: number;
  test: number;
  complexity: number;
  /** whether the whole search was made */
  full: boolean;
  /** candidates of each source, and how many of all were new */
  found: Readonly<Record<string, number>>;
  distinct: number;
  /** groups of its structures with their numbers */
  groups: Readonly<Record<string, number>>;
  notes: readonly string[];
  failures: readonly string[];
}

/** A labelled structure on the map. */
export interface LearningPoint {
  /** principal components of the fingerprint */
  x: number;
  y: number;
  round: number;
  /** label and prediction before training, eV/atom; the prediction of round 0 is NaN */
  energy: number;
  predicted: number;
  /** what became of it */
  verdict: 'train' | 'far' | 'agrees';
  name: string;
}

/** Everything that learn.html shows. */
export interface LearningReport {
  title: string;
  /** chemical symbols */
  element: string;
  /** what the complexity counts: nodes, parameters */
  counted: string;
  /** what a training does that is no whole search */
  before: string;
  date: string;
  version: string;
  command: string;
  settings: string;
  /** such as `gpaw`, and its settings for a person */
  engine: string;
  engineSettings: string;
  /** the rule that chose */
  rule: string;
  /** why the loop ended; undefined while it goes on */
  reason: string | undefined;
  rounds: readonly LearningRound[];
  points: readonly LearningPoint[];
  /** share of the variance along each axis of the map */
  shares: readonly number[];
  /** the last fit; undefined while the loop goes on */
  final: { frames: number; error: number; test: number; complexity: number; equation: ReportEquation | undefined } | undefined;
}
