import type { LearnSettings } from '../../config/learn-schema.js';
import type { LabelStore } from '../../engines/labelling/store.js';
import { groundOf } from '../../learning/ground.js';
import { RULES } from '../../learning/rules/index.js';
import type { Frame } from '../../structures/structure.js';
import { alloyOf } from './start.js';
import { trainedIn } from './trained.js';

/** What becomes of a label: it is trained on, with a low weight where its energy is far up, or left as it agrees with the prediction. */
export type Verdict = 'train' | 'far' | 'agrees';

/** A labelled structure of the loop. */
export interface JudgedFrame {
  round: number;
  frame: Frame;
  /** energy predicted before it was trained on, eV/atom; NaN in round 0 */
  predicted: number;
  verdict: Verdict;
}

/** Error of the potential on the structures of a round before it was trained on them. */
export interface RoundError {
  /** labels */
  labels: number;
  /** mean and largest absolute energy error, eV/atom; NaN without labels and in round 0 */
  mean: number;
  largest: number;
  /** labels that the potential gets wrong: by more than the threshold */
  wrong: number;
}

/**
 * The labels of a round as frames, each with what the potential of the round before said.
 * @param trained folder of the training before; undefined in round 0
 * @param threshold error that counts, eV/atom
 * @param before labels of the rounds before that are trained on
 */
export function judgeRound(
  settings: LearnSettings,
  store: LabelStore,
  round: number,
  trained: string | undefined,
  threshold: number,
  before: readonly Frame[],
): JudgedFrame[] {
  const stored = store.frames();
  const frames = store
    .labels()
    .flatMap(({ job }, k): Frame[] => (job.round === round ? [{ ...stored[k]!, source: `round ${round}: ${job.why}` }] : []));
  const model = trained === undefined ? undefined : trainedIn(trained);
  const { rule, agreeing = RULES[rule].compares ? 'leave' : 'train', highest } = settings.select;
  const perAtom = frames.map(({ energy, species }) => energy! / species.length);
  const ground = groundOf(alloyOf(settings).elements, [...before, ...frames]);
  return frames.map((frame, k) => {
    const energy = perAtom[k]!;
    const predicted = model ? model.energy(frame) : Number.NaN;
    const agrees = agreeing === 'leave' && Math.abs(predicted - energy) <= threshold;
    return { round, frame, predicted, verdict: agrees ? 'agrees' : energy - ground(frame.species) > highest ? 'far' : 'train' };
  });
}

export function errorOf(judged: readonly JudgedFrame[], threshold: number): RoundError {
  const errors = judged.flatMap(({ frame, predicted }) => {
    const error = Math.abs(predicted - frame.energy! / frame.species.length);
    return Number.isFinite(error) ? [error] : [];
  });
  return {
    labels: judged.length,
    mean: errors.length > 0 ? errors.reduce((sum, error) => sum + error, 0) / errors.length : Number.NaN,
    largest: errors.length > 0 ? Math.max(...errors) : Number.NaN,
    wrong: errors.filter((error) => error > threshold).length,
  };
}
