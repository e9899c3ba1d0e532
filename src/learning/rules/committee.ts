import { printDistance } from '../moment-print.js';
import type { Judged, Rule } from './rule.js';

/** Structures this close to one that is chosen already wait for the next round; in print distances. */
const APART = 0.15;

/** Where potentials that fit the data about equally well disagree most, at least one of them is wrong. No label is needed to see it. */
export const committee: Rule = {
  committee: true,
  compares: false,
  choose(pool, { budget, threshold }) {
    const sorted = pool.filter(({ disagreement }) => disagreement > threshold).sort((a, b) => b.disagreement - a.disagreement);
    const chosen: Judged[] = [];
    for (const judged of sorted) {
      if (chosen.length === budget) break;
      if (chosen.every((other) => printDistance(other.print, judged.print) >= APART)) chosen.push(judged);
    }
    return chosen;
  },
};
