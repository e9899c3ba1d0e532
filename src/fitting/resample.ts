import type { RandomStream } from '../math/random.js';
import type { FitProblem } from './problem.js';

/**
 * The problem with as many frames drawn from its own with replacement: the weight of a frame is multiplied by how often it was drawn.
 * - Whole frames are drawn, since the atoms of one are not independent.
 * - Each config_type keeps its number of frames: whoever made the data chose its composition, and a resample without any surface would say
 *   nothing about how well the surfaces determine the fit.
 * - Targets are not drawn, as each stands for itself; their values move by up to their tolerance (evenly), which is how well the user says
 *   that they are known. Kept where they are, all members would end at the same edge of a tolerance and agree about it.
 */
export function resampled(problem: FitProblem, random: RandomStream): FitProblem {
  const { frames, ownWeights, targets } = problem;
  const groups = new Map<string, number[]>();
  frames.forEach(({ configType }, s) => {
    const group = groups.get(configType);
    if (group) group.push(s);
    else groups.set(configType, [s]);
  });
  const drawn = new Float64Array(frames.length);
  for (const group of groups.values()) for (let k = 0; k < group.length; k++) drawn[group[random.integer(group.length)]!]!++;
  return {
    ...problem,
    ownWeights: ownWeights.map((weight, s) => weight * drawn[s]!),
    ...(targets && {
      targets: {
        ...targets,
        list: targets.list.map((target) => ({ ...target, value: target.value + target.tolerance * random.range(-1, 1) })),
      },
    }),
  };
}
