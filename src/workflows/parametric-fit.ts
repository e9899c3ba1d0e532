import type { Settings } from '../config/schema.js';
import { type CoreViolation, checkCore } from '../export/check-core.js';
import { tableRange } from '../export/range.js';
import { asTabulated } from '../export/table-ends.js';
import type { ParametricProblem } from '../fitting/zjw04/objective.js';
import type { Core } from '../potentials/core.js';
import type { EamPotential } from '../potentials/eam.js';
import type { Frame } from '../structures/structure.js';
import { soundCore } from './core.js';
import type { TargetBuilder } from './target-requests.js';
import { SETTLED, type TargetRow } from './targets.js';

/**
 * A fit with the structures of its targets relaxed with what was found; undefined where none move.
 * @param rowsOf the targets of a problem without frames
 */
export function relaxedTargets<Prepared extends { problem: ParametricProblem; targets: TargetBuilder | undefined }>(
  prepared: Prepared,
  potential: EamPotential,
  before: readonly TargetRow[],
  rowsOf: (problem: Prepared['problem']) => readonly TargetRow[],
): Prepared | undefined {
  const { targets, problem } = prepared;
  if (!targets?.relaxes) return undefined;
  const relaxed = { ...prepared, problem: { ...problem, targets: targets.build(potential) } };
  const after = rowsOf({ ...relaxed.problem, frames: [], units: [], ownWeights: new Float64Array(0) });
  // targets of thermal motion are only there from now on
  const moved =
    after.length > before.length || after.some(({ found, tolerance }, k) => Math.abs(found - before[k]!.found) > SETTLED * tolerance);
  return moved ? relaxed : undefined;
}

/** The model with the core that the settings ask for, and what is not sound in the end. @param shortest of the data, Å */
export function withCore<Model extends { core: Core }>(
  settings: Settings,
  model: Model,
  potentialOf: (model: Model) => EamPotential,
  shortest: number,
  frames: readonly Frame[],
): { model: Model; violations: readonly CoreViolation[] } {
  if (settings.export.core === 'none') {
    const bare = potentialOf(model);
    return { model, violations: checkCore(asTabulated(bare, tableRange(bare)), shortest) };
  }
  const { core, violations } = soundCore((tried) => potentialOf({ ...model, core: tried }), shortest, 0, frames);
  return { model: { ...model, core }, violations };
}
