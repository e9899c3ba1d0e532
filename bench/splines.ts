import { settingsSchema } from '../src/config/schema.js';
import { readFrames } from '../src/datasets/read.js';
import { SplineObjective, type SplineProblem } from '../src/fitting/splines/objective.js';
import { startParameters } from '../src/fitting/splines/start.js';
import { frameUnit } from '../src/fitting/unit.js';
import { SplineKernel } from '../src/kernels/spline-kernel.js';
import { SplineLayout, type SplineShape } from '../src/kernels/spline-layout.js';
import { RandomStream } from '../src/math/random.js';
import { S_MEAM_KINDS, type SMeamFunctions } from '../src/potentials/s-meam.js';
import { lossSettings } from '../src/workflows/prepare.js';
import { sharedData } from './data.js';
import { printTable, show, summary, threadSeconds } from './measure.js';
import type { Section } from './section.js';

const SETS = 10_000;
/** Å, of copper (section 3.2 of the paper) */
const CUTOFF = 4;
/** Knots of each function; with two slopes at the ends of each of five functions 45 parameters (section 3.3). */
const KNOTS = 7;
/** What the paper's own code took on this kind of machine, µs an atom and parameter set, with and without three-body terms. */
const PAPER = { angular: 15, pair: 4.3 };

/** The paper's own test: energies and forces of a cell of 108 atoms for ten thousand parameter sets. */
export const splines: Section = {
  name: 'splines',
  what: 'spline MEAM: energies and forces of 108 atoms of copper for 10,000 parameter sets, one thread',
  duration: '20 s',
  async run({ repeats = 3 }) {
    const frame = readFrames([sharedData('snap-cu.extxyz')]).frames.find(({ species }) => species.length === 108)!;
    const radial: SplineShape = { first: 2, last: CUTOFF, count: KNOTS };
    const unit: SplineShape = { first: -1, last: 1, count: KNOTS };
    const rows: string[][] = [];
    for (const [name, terms, paper] of [
      ['phi', { phi: radial }, undefined],
      ['phi, rho, U', { phi: radial, rho: radial, u: unit }, PAPER.pair],
      ['phi, f, g, U', { phi: radial, f: radial, g: unit, u: unit }, undefined],
      ['all', { phi: radial, rho: radial, f: radial, g: unit, u: unit }, PAPER.angular],
    ] as [string, Partial<Record<string, SplineShape>>, number | undefined][]) {
      const shapes = Object.fromEntries(S_MEAM_KINDS.map((kind) => [kind, terms[kind] ? [terms[kind]] : []]));
      const layout = new SplineLayout(['Cu'], shapes as unknown as SMeamFunctions<SplineShape>);
      const kernel = new SplineKernel(layout, [frame]);
      const random = RandomStream.fromSeed(1);
      const sets = Array.from({ length: SETS }, () => Float64Array.from({ length: layout.size }, () => 0.1 * random.normal()));
      let check = 0;
      const run = (): void => {
        for (let c = 0; c < SETS; c += kernel.capacity)
          kernel.batch(sets.slice(c, c + kernel.capacity), false, (_, { energies }) => {
            check += energies[0]!;
          });
      };
      run();
      const times = Array.from({ length: repeats }, () => {
        const from = threadSeconds();
        run();
        return threadSeconds() - from;
      });
      if (!Number.isFinite(check)) throw new Error('a parameter set has no energy');
      const each = 1e6 / SETS / frame.species.length;
      const timing = summary(times);
      rows.push([
        name,
        show(timing),
        show(timing, each),
        paper === undefined ? '' : `${paper}: ${(paper / (timing.median * each)).toFixed(0)} times`,
      ]);
    }
    printTable(['terms', 's of processor time', 'µs an atom and set', "the paper's code"], rows);
    const problem: SplineProblem = {
      form: { elements: ['Cu'], functions: { phi: [radial], rho: [radial], u: [unit], f: [radial], g: [unit] } },
      frames: [frame],
      units: [frameUnit(frame)],
      ownWeights: new Float64Array(1).fill(1),
      loss: lossSettings(settingsSchema.parse({ data: { files: ['x'] } }), undefined),
      references: undefined,
      smoothness: 1e-7,
    };
    const objective = new SplineObjective(problem);
    const p = startParameters(objective, 2.56, RandomStream.fromSeed(1));
    const gradient = new Float64Array(objective.size);
    const hessian = new Float64Array(objective.size ** 2);
    const timed = (work: () => unknown): string => {
      const rounds = 200;
      work();
      const from = threadSeconds();
      for (let k = 0; k < rounds; k++) work();
      return (((threadSeconds() - from) * 1e6) / rounds / frame.species.length).toFixed(2);
    };
    console.log();
    printTable(
      ['one candidate, all terms, with the loss of energies, forces and stresses', 'µs an atom'],
      [
        ['loss', timed(() => objective.loss(p))],
        [`loss, gradient and Gauss-Newton matrix of ${objective.size} parameters`, timed(() => objective.linearise(p, gradient, hessian))],
        ['the same along phi and U alone', timed(() => objective.linearise(p, gradient, hessian, objective.linear))],
      ],
    );
  },
};
