import type { Rule } from './rule.js';

/** Any of the candidates: what the other rules have to be better than. */
export const random: Rule = {
  committee: false,
  compares: false,
  choose(pool, { budget, random: stream }) {
    const rest = [...pool];
    const chosen: typeof rest = [];
    while (chosen.length < budget && rest.length > 0) chosen.push(...rest.splice(stream.integer(rest.length), 1));
    return chosen;
  },
};
