import type { Check } from '../check.js';
import type { Finding } from '../finding.js';

/** Below these parts of the usual nearest distance. */
const ERROR_PART = 0.4;
const WARNING_PART = 0.6;

/**
 * Atoms that are too close: against a set distance, or else against the smaller of the nearest distance in the elements' usual solids
 * and the one typical of the data's low-energy half. High-energy frames of sound data reach down to about half of it.
 */
export const distances: Check = {
  name: 'distances',
  description: 'atoms that are too close',
  run(context) {
    const reference = Math.min(context.usual, context.typical);
    const closest = context.settings.closest ?? ERROR_PART * reference;
    const findings: Finding[] = [];
    context.frames.forEach((_, i) => {
      const { nearest } = context.workingSurvey(i);
      if (nearest >= Math.max(closest, WARNING_PART * reference)) return;
      const wrong = nearest < closest;
      if (!wrong && context.settings.closest !== undefined) return;
      findings.push({
        check: 'distances',
        severity: wrong ? 'error' : 'warning',
        frames: [i],
        message: wrong
          ? `atoms closer than ${closest.toFixed(2)} Å`
          : `atoms closer than ${(WARNING_PART * reference).toFixed(2)} Å: sound only if such compression is meant`,
        evidence: { 'shortest distance, Å': Number(nearest.toFixed(3)), 'usual nearest distance, Å': Number(reference.toFixed(3)) },
        remedy: wrong ? 'exclude' : 'none',
      });
    });
    return findings;
  },
};
