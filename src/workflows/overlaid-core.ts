import { type CoreViolation, checkCalculatorCore } from '../export/check-core.js';
import { type OverlaidCore, type SMeamModel, SMeamPotential } from '../potentials/s-meam.js';

/** Inner end of the switch of the repulsion over its outer end, from soft to steep. */
const INNER = [0.6, 0.7, 0.8, 0.9, 0.95];

/**
 * The repulsion of the nuclei that is laid over a spline potential below the shortest distance of the data, Å, so that nothing of the data
 * changes: the softest with which dimers and squeezed crystals repel all the way, or else the steepest, with what is left wrong with it.
 */
export function overlaidCore(model: SMeamModel, shortest: number): { core: OverlaidCore; violations: readonly CoreViolation[] } {
  const outer = Math.floor(shortest * 100) / 100;
  let last: { core: OverlaidCore; violations: readonly CoreViolation[] } | undefined;
  for (const share of INNER) {
    const core: OverlaidCore = { kind: 'zbl', inner: Number((share * outer).toFixed(2)), outer };
    last = { core, violations: checkCalculatorCore(new SMeamPotential({ ...model, core }), shortest) };
    if (last.violations.length === 0) break;
  }
  return last!;
}
