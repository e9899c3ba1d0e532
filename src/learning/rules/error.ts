import { selectByEnergy } from '../../sampling/select.js';
import type { Rule } from './rule.js';

/**
 * The paper's rule: candidates are labelled, those whose energy is off by more than 110 % of the training error are added. Which ones are
 * labelled is not said there; here they are spread over energy, more densely near the ground state.
 */
export const error: Rule = {
  committee: false,
  compares: true,
  choose(pool, { budget }) {
    const members = pool.map((judged) => ({
      judged,
      structure: judged.structure,
      energy: judged.energy * judged.structure.species.length,
      iteration: 0,
    }));
    return selectByEnergy(members, { count: budget, highest: Infinity, same: 0 }).map(({ judged }) => judged);
  },
};
