import { distanceToNearest, printDistance } from '../moment-print.js';
import type { Judged, Rule } from './rule.js';

/** Farthest-point sampling: again and again the structure that is least like all that have or will have a label. */
export const farthest: Rule = {
  committee: false,
  compares: false,
  choose(pool, { budget, known, distance }) {
    const far = pool.map(({ print }) => distanceToNearest(print, known));
    const chosen: Judged[] = [];
    while (chosen.length < budget) {
      let best = -1;
      for (let k = 0; k < pool.length; k++) if (best < 0 || far[k]! > far[best]!) best = k;
      if (best < 0 || !(far[best]! >= distance)) break;
      const judged = pool[best]!;
      chosen.push(judged);
      for (let k = 0; k < pool.length; k++) far[k] = Math.min(far[k]!, printDistance(pool[k]!.print, judged.print));
    }
    return chosen;
  },
};
