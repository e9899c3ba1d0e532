import { usualNearestDistance } from '../../structures/elements.js';
import type { Frame, Structure } from '../../structures/structure.js';
import type { AuditSettings } from './finding.js';
import type { EnergyModel, JudgeFit, JudgeTask, ModelFactory } from './judge.js';
import { type Survey, survey } from './survey.js';
import { twins } from './twins.js';

/** Fewest frames from which a model can judge one. */
export const FEWEST_FRAMES = 15;

/** Frames to which the model is fitted at most; the others are judged without having been seen. */
const MOST_FITTED = 1200;
const FOLDS = 5;

/** The working frames under the model: a fit to all, and for each frame the energy from a fit that has not seen it. */
export interface Judgement {
  model: EnergyModel;
  task: JudgeTask;
  fit: JudgeFit;
  /** eV/atom, shape (structures of the model) */
  held: Float64Array;
}

/** What the checks share. Checks run in the order of the registry; the one of the cells runs before those that use energies. */
export class AuditContext {
  /** geometry of the frames as they are in the data */
  readonly surveys: Survey[];
  /** usual nearest distance of the elements, Å */
  readonly usual: number;
  /** nearest distance that is typical of the frames lowest in energy, Å */
  readonly typical: number;
  /** mended frames by index; filled by the check of the cells */
  readonly mended = new Map<number, Frame>();
  /** geometry of the mended frames */
  readonly mendedSurveys = new Map<number, Survey>();
  /** file of each frame, as a number from 0 */
  readonly fileOf: Int32Array;
  readonly files: string[];
  readonly leftOut: { check: string; reason: string }[] = [];
  private built: { model: EnergyModel; variants: Map<number, number>; usable: Uint8Array } | undefined;
  private judged: Judgement | undefined;
  private twinOf: Int32Array | undefined;
  private variantFrames: { frame: number; structure: Frame }[] = [];

  constructor(
    readonly frames: readonly Frame[],
    readonly settings: AuditSettings,
    private readonly makeModel: ModelFactory | undefined,
    readonly progress: (stage: string, done: number, of: number) => void,
  ) {
    const symbols = new Set(frames.flatMap((frame) => [...new Set(frame.species)]));
    this.usual = symbols.size > 0 ? Math.max(...[...symbols].map(usualNearestDistance)) : 2.5;
    this.surveys = frames.map((frame, i) => {
      if (i % 20 === 0) progress('geometry', i, frames.length);
      return this.surveyOf(frame);
    });
    this.files = [...new Set(frames.map((frame) => frame.origin.file))];
    this.fileOf = Int32Array.from(frames, (frame) => this.files.indexOf(frame.origin.file));
    this.typical = typicalNearest(frames, this.surveys) ?? this.usual;
  }

  surveyOf(structure: Structure): Survey {
    return survey(structure, 2.1 * this.usual);
  }

  /** The frame as it will be used: mended where it could be. */
  working(i: number): Frame {
    return this.mended.get(i) ?? this.frames[i]!;
  }

  workingSurvey(i: number): Survey {
    return this.mendedSurveys.get(i) ?? this.surveys[i]!;
  }

  /**
   * Builds the model of energies over all frames and over variants of some of them.
   * Undefined, with the reason noted, where it cannot judge: several elements, too few energies, no model.
   */
  buildModel(variants: { frame: number; structure: Frame }[]): EnergyModel | undefined {
    this.variantFrames = variants;
    const symbols = new Set(this.frames.flatMap((frame) => [...new Set(frame.species)]));
    const reason = !this.makeModel
      ? 'no model was supplied'
      : symbols.size > 1
        ? `the data has ${symbols.size} elements, and the model that judges energies is one of a single element`
        : undefined;
    if (reason) return this.cannotJudge(reason);
    const lowest = 0.5 * this.typical;
    const usable = new Uint8Array(this.frames.length + variants.length);
    let shortest = this.typical;
    const structures: Structure[] = [];
    const place = (structure: Frame, near: number, at: number) => {
      const good = structure.energy !== undefined && near >= lowest && structure.species.length > 0;
      usable[at] = good ? 1 : 0;
      if (good) shortest = Math.min(shortest, near);
      // structures that cannot be used keep their place without their atoms
      structures.push(good ? structure : NOTHING);
    };
    this.frames.forEach((frame, i) => {
      place(frame, this.surveys[i]!.nearest, i);
    });
    variants.forEach((variant, k) => {
      place(variant.structure, this.surveyOf(variant.structure).nearest, this.frames.length + k);
    });
    const count = usable.subarray(0, this.frames.length).reduce((sum, u) => sum + u, 0);
    if (count < FEWEST_FRAMES)
      return this.cannotJudge(`only ${count} frames have energies that can be modelled, at least ${FEWEST_FRAMES} are needed`);
    const cutoff = this.settings.cutoff ?? 2.4 * this.typical;
    const model = this.makeModel!(structures, { shortest: 0.999 * shortest, cutoff }, (done, of) => this.progress('neighbours', done, of));
    this.built = { model, variants: new Map(variants.map((v, k) => [v.frame, this.frames.length + k])), usable };
    return model;
  }

  private cannotJudge(reason: string): undefined {
    this.leftOut.push({ check: 'energies', reason });
    return undefined;
  }

  get model(): EnergyModel | undefined {
    return this.built?.model;
  }

  /** The working frames under the model, computed once; undefined where there is no model. */
  judgement(): Judgement | undefined {
    if (this.judged || !this.built) return this.judged;
    const { model } = this.built;
    const all = this.task((i) => this.structureOf(i));
    const chosen = Array.from(this.frames.keys()).filter((i) => all.use[this.structureOf(i)]);
    const step = Math.max(1, chosen.length / MOST_FITTED);
    const perAtom = (i: number) => all.energies[this.structureOf(i)]!;
    // every step-th frame in the order of the energy
    const sorted = [...chosen].sort((a, b) => perAtom(a) - perAtom(b));
    const fitted = new Set(Array.from({ length: Math.floor(sorted.length / step) }, (_, k) => sorted[Math.floor(k * step)]!));
    const task = { ...all, use: all.use.slice() };
    for (const i of chosen) if (!fitted.has(i)) task.use[this.structureOf(i)] = 0;
    this.progress('fit', 0, 1);
    const fit = model.fit(task);
    // copies of one structure stay together, and folds are dealt out in the order of the energy
    const fold = new Int32Array(task.use.length);
    const twin = this.twins();
    const foldOfTwin = new Map<number, number>();
    let dealt = 0;
    for (const i of sorted) {
      if (!foldOfTwin.has(twin[i]!)) foldOfTwin.set(twin[i]!, dealt++ % FOLDS);
      fold[this.structureOf(i)] = foldOfTwin.get(twin[i]!)!;
    }
    const held = model.crossValidate(task, fit, fold, (done, of) => this.progress('cross-validation', done, of));
    this.judged = { model, task, fit, held };
    return this.judged;
  }

  /** For each frame the first frame with the same structure. */
  twins(): Int32Array {
    this.twinOf ??= twins(this.frames.map((_, i) => this.workingSurvey(i).fingerprint));
    return this.twinOf;
  }

  /** Place of a frame among the model's structures: of its variant when it is mended or when `asVariant` says so. */
  structureOf(frame: number, asVariant = this.mended.has(frame)): number {
    return (asVariant ? this.built?.variants.get(frame) : undefined) ?? frame;
  }

  usable(structure: number): boolean {
    return this.built?.usable[structure] === 1;
  }

  /** Task over the model's structures: every usable frame for which `choose` names a structure. */
  task(choose: (frame: number) => number | undefined, groupOf: (frame: number) => number = (i) => this.fileOf[i]!): JudgeTask {
    const total = this.frames.length + this.variantFrames.length;
    const energies = new Float64Array(total);
    const use = new Uint8Array(total);
    const zeroOf = new Int32Array(total);
    this.frames.forEach((frame, i) => {
      for (const s of [i, this.structureOf(i, true)]) {
        energies[s] = (frame.energy ?? 0) / Math.max(1, frame.species.length);
        zeroOf[s] = groupOf(i);
      }
      const chosen = choose(i);
      if (chosen !== undefined && this.usable(chosen)) use[chosen] = 1;
    });
    return { energies, use, zeroOf };
  }
}

const NOTHING: Structure = {
  cell: Float64Array.of(9, 0, 0, 0, 9, 0, 0, 0, 9),
  pbc: [true, true, true],
  species: [],
  positions: new Float64Array(0),
};

/** Median nearest distance of the half of the frames that is lowest in energy per atom; of all where there are no energies. */
function typicalNearest(frames: readonly Frame[], surveys: readonly Survey[]): number | undefined {
  const known = frames.map((_, i) => i).filter((i) => Number.isFinite(surveys[i]!.typical));
  const withEnergy = known.filter((i) => frames[i]!.energy !== undefined);
  const perAtom = (i: number) => frames[i]!.energy! / frames[i]!.species.length;
  const chosen =
    withEnergy.length > 0 ? withEnergy.sort((a, b) => perAtom(a) - perAtom(b)).slice(0, Math.ceil(withEnergy.length / 2)) : known;
  const distances = chosen.map((i) => surveys[i]!.typical).sort((a, b) => a - b);
  return distances[distances.length >> 1];
}
