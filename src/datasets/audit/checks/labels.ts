import type { Check } from '../check.js';
import type { Finding } from '../finding.js';
import { groupBy } from '../group.js';

const LABELS = ['energy', 'forces', 'stress'] as const;

/** Frames without a label that other frames of their group (file and config_type) have, and frames without any. */
export const labels: Check = {
  name: 'labels',
  description: 'label sets that differ within a group',
  run({ frames }) {
    const findings: Finding[] = [];
    const bare = frames.flatMap((frame, i) => (LABELS.every((label) => frame[label] === undefined) ? [i] : []));
    if (bare.length > 0)
      findings.push({
        check: 'labels',
        severity: 'error',
        frames: bare,
        message: 'no energy, forces or stress: there is nothing to fit',
        evidence: {},
        remedy: 'exclude',
      });
    const labelled = Array.from(frames.keys()).filter((i) => !bare.includes(i));
    const groups = groupBy(labelled, (i) => `${frames[i]!.origin.file}\u0000${frames[i]!.configType}`);
    for (const members of groups.values())
      for (const label of LABELS) {
        const without = members.filter((i) => frames[i]![label] === undefined);
        if (without.length === 0 || without.length === members.length) continue;
        findings.push({
          check: 'labels',
          severity: 'warning',
          frames: without,
          message: `no ${label}, which other frames of the group ${frames[members[0]!]!.configType} have`,
          evidence: { 'frames of the group': members.length, [`of them with ${label}`]: members.length - without.length },
          remedy: 'none',
        });
      }
    const zero = frames.flatMap((frame, i) => (frame.energy === 0 && frame.species.length > 1 ? [i] : []));
    if (zero.length > 0 && zero.length < frames.length)
      findings.push({
        check: 'labels',
        severity: 'warning',
        frames: zero,
        message: 'the energy is exactly zero: a placeholder?',
        evidence: {},
        remedy: 'none',
      });
    return findings;
  },
};
