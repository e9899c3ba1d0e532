import { type LearnSettings, learnSchema } from '../../config/learn-schema.js';
import type { LammpsEngine } from '../../engines/lammps/engine.js';
import type { LammpsPotential } from '../../engines/lammps/evaluate.js';
import { snapshots } from '../../engines/lammps/snapshots.js';
import type { Progress } from '../../engines/progress.js';
import type { StopToken } from '../../engines/stop.js';
import { distinct } from '../../learning/distinct.js';
import { groundOf } from '../../learning/ground.js';
import { momentPrint } from '../../learning/moment-print.js';
import { RULES } from '../../learning/rules/index.js';
import type { Judged } from '../../learning/rules/rule.js';
import { sampleAll } from '../../learning/sources/index.js';
import type { Candidate, Dynamics } from '../../learning/sources/source.js';
import { RandomStream } from '../../math/random.js';
import { timestepFor } from '../../properties/crystal/molecular-dynamics.js';
import type { Frame, Structure } from '../../structures/structure.js';
import { potentialFrom } from '../validate/potential.js';
import { frontSpread } from './front-committee.js';
import type { ProposalRecord } from './run-folder.js';
import { alloyOf, STREAMS_PER_ROUND } from './start.js';
import { trainedIn } from './trained.js';

export interface ProposeOptions {
  /** the round that the structures are for */
  round: number;
  /** folder of the training before, absolute */
  trained: string;
  /** labelled frames that are trained on with full weight; the lowest energy counts from them */
  frames: readonly Frame[];
  /** everything that has a label or had its chance */
  asked: readonly Structure[];
  /** error or disagreement that counts, eV/atom */
  threshold: number;
  /** structures wanted at most */
  budget: number;
  lammps: LammpsEngine;
  progress: Progress;
  stop: StopToken;
}

/** Nearest distances that a structure is compared up to. */
const PRINT_REACH = 2.2;

/** The print by which structures of a run are compared. */
export function printOf(settings: LearnSettings, structure: Structure): Float64Array {
  const { elements, nearest } = alloyOf(settings);
  return momentPrint(structure, PRINT_REACH * Math.max(...nearest), elements);
}

/**
 * New structures by the present potential: all sources are asked, what is alike is left out, and the rule chooses.
 * @throws StoppedError
 */
export async function propose(settings: LearnSettings, options: ProposeOptions): Promise<{ chosen: Judged[]; record: ProposalRecord }> {
  const { round, trained, frames, threshold, budget, progress, stop } = options;
  const model = trainedIn(trained);
  const alloy = alloyOf(settings);
  const lowest = groundOf(alloy.elements, frames);
  const notes: string[] = [];
  const found: Record<string, number> = {};
  const note = (text: string): void => {
    if (notes.includes(text)) return;
    notes.push(text);
    progress.line(`note: ${text}`);
  };
  const stream = (k: number): RandomStream => RandomStream.fromSeed(settings.seed, round * STREAMS_PER_ROUND + k);
  progress.phase(`round ${round}: sampling`);
  const candidates = await sampleAll(
    sourcesOf(settings),
    (k) => ({
      alloy,
      potential: model.potential,
      lowest: (species) => lowest(species) - model.reference(species),
      random: stream(1 + k),
      dynamics: dynamicsBy(options, model.potential.cutoff),
      stop: () => stop.requested,
      note,
    }),
    (name, count) => {
      found[name] = count;
    },
  );
  stop.throwIfRequested();
  const rule = RULES[settings.select.rule];
  const spread = rule.committee ? frontSpread(trained) : undefined;
  const judge = (candidate: Candidate): Judged => ({
    ...candidate,
    print: printOf(settings, candidate.structure),
    energy: model.energy(candidate.structure),
    disagreement: spread ? spread(candidate.structure) : Number.NaN,
  });
  const known = options.asked.map((structure) => printOf(settings, structure));
  const window = sourcesOf(settings).nested?.window ?? settings.select.highest;
  const judged = candidates.map(judge).filter(({ energy, structure }) => energy - lowest(structure.species) <= window);
  const pool = distinct(judged, known, settings.select.same);
  const { distance } = settings.select;
  const chosen = rule.choose(pool, { budget, known, threshold, distance, random: stream(0) });
  progress.line(
    `round ${round}: ${Object.entries(found)
      .map(([name, count]) => `${count} from ${name}`)
      .join(', ')}; ${pool.length} of them new, ${chosen.length} chosen by the rule ${settings.select.rule}`,
  );
  return { chosen, record: { found, distinct: pool.length, chosen: chosen.length, threshold, notes } };
}

/** The nested ensemble of the paper where no source is named. */
export function sourcesOf({ sample }: LearnSettings): LearnSettings['sample'] {
  return Object.values(sample).some((source) => source !== undefined)
    ? sample
    : { nested: learnSchema.shape.sample.parse({ nested: {} }).nested };
}

function dynamicsBy({ trained, lammps, stop }: ProposeOptions, cutoff: number): Dynamics {
  let potential: LammpsPotential | undefined;
  return (start, options) => {
    potential ??= { ...potentialFrom(trained), cutoff };
    return snapshots(lammps, potential, start, { ...options, timestep: timestepFor(start), abort: stop.signal });
  };
}
