import { type CoreViolation, checkCore } from '../export/check-core.js';
import { tableRange } from '../export/range.js';
import { asTabulated } from '../export/table-ends.js';
import type { Core } from '../potentials/core.js';
import type { EamPotential } from '../potentials/eam.js';
import { evaluateEam } from '../potentials/evaluate-eam.js';
import { neighbourPairs } from '../structures/neighbours.js';
import type { Structure } from '../structures/structure.js';

/** Dips that are smaller, in units of the search, are rounding close to the cutoff. */
export const NO_DIP = 1e-6;
/** Larger than any drop of an energy that is compared with it. */
const HOPELESS = 1e9;

/** The stretch below the shortest distance where the density, core included, is negative: no table can serve an embedding function there. */
function negativeBelow(potential: EamPotential, shortest: number): CoreViolation | undefined {
  const slope = new Float64Array(1);
  const distances = Array.from({ length: 200 }, (_, k) => (shortest * (k + 1)) / 200);
  const indices = potential.elements.map((_, k) => k);
  const values = distances.map((r) => Math.min(...indices.flatMap((a) => indices.map((b) => potential.density(a, b).evaluate(r, slope)))));
  const limit = -NO_DIP * Math.max(...values.map(Math.abs));
  const bad = distances.filter((_, k) => !(values[k]! >= limit));
  return bad.length === 0 ? undefined : { what: 'a negative density', from: bad[0]!, to: bad.at(-1)!, drop: HOPELESS };
}

/** Lower ends of the join tried, as fractions of its upper end. */
const INNER_FRACTIONS = [0.75, 0.85, 0.65, 0.9, 0.55, 0.45];
/** Straight lines tried, from the upper to the lower end of their join, as fractions of the shortest distance. */
const LINES = [
  [1, 0.85],
  [1, 0.7],
  [0.9, 0.8],
  [0.9, 0.6],
  [0.8, 0.6],
  [0.7, 0.5],
] as const;
/** Upper ends tried when the shortest distance of the data does not do, as multiples of it. */
const FURTHER_OUT = [1.02, 1.05, 1.1, 1.15];
/** eV/atom that count as much as 1 eV/Å of mean force change when joins that reach into the data are compared. */
const FORCE_WEIGHT = 0.1;

/**
 * A core that leaves no stretch where atoms gain energy by coming closer: a join with the nuclear repulsion just below the shortest
 * distance of the data; for equations that are steeper than that, a straight line, from as far out as it can; else, of the joins a little above the
 * shortest distance, the one that changes energies and forces of the data least. The one with the smallest drop when none is sound.
 * @param build the potential with a core
 * @param shortest distance of the data, Å
 * @param slope of the embedding function in the middle of the densities seen, eV: with it the pair term is an effective one; 0 when unknown
 * @param frames of the data, whose energies and forces should stay as they are
 */
export function soundCore(
  build: (core: Core) => EamPotential,
  shortest: number,
  slope: number,
  frames: readonly Structure[] = [],
): { core: Core; violations: CoreViolation[] } {
  const digits = (r: number): number => Math.floor(r * 100 + 1e-9) / 100;
  // as the equation is split into pair and embedding term, then as the effective pair potential of the crystal
  const splits = slope === 0 ? [{}] : [{}, { embeddingSlope: slope }];
  const joins = (factor: number): Core[] => {
    const outer = digits(shortest * factor);
    return splits.flatMap((split) =>
      INNER_FRACTIONS.map((fraction): Core => ({ kind: 'zbl', inner: digits(fraction * outer), outer, ...split })),
    );
  };
  const lines = splits.flatMap((split) =>
    LINES.map(([outer, inner]): Core => ({ kind: 'line', inner: digits(inner * shortest), outer: digits(outer * shortest), ...split })),
  );
  const tried = (core: Core) => {
    const potential = build(core);
    const negative = negativeBelow(potential, shortest);
    if (negative) return { core, potential, violations: [negative], drop: negative.drop };
    const violations = checkCore(asTabulated(potential, tableRange(potential)), shortest);
    return { core, potential, violations, drop: violations.reduce((sum, violation) => sum + violation.drop, 0) };
  };
  let best: ReturnType<typeof tried> | undefined;
  for (const core of [...joins(1), ...lines]) {
    const one = tried(core);
    if (one.drop === 0) return one;
    if (!best || one.drop < best.drop) best = one;
  }
  const further = FURTHER_OUT.flatMap(joins).map(tried);
  const sound = further.filter(({ drop }) => drop === 0);
  if (sound.length === 0) return further.reduce((a, b) => (b.drop < a.drop ? b : a), best!);
  const reach = Math.max(...FURTHER_OUT) * shortest;
  const close = frames.filter((frame) => neighbourPairs(frame, reach).count > 0);
  const bare = build({ kind: 'none' });
  const before = close.map((frame) => evaluateEam(bare, frame));
  const change = (potential: EamPotential): number =>
    close.reduce((sum, frame, k) => {
      const { energy, forces } = evaluateEam(potential, frame);
      const moved = forces.reduce((total, force, i) => total + Math.abs(force - before[k]!.forces[i]!), 0);
      return sum + (Math.abs(energy - before[k]!.energy) + (FORCE_WEIGHT * moved) / 3) / frame.species.length;
    }, 0);
  return sound.map((one) => ({ ...one, change: change(one.potential) })).reduce((a, b) => (b.change < a.change ? b : a));
}
