import { median } from '../../../math/median.js';
import { type AuditContext, FEWEST_FRAMES } from '../context.js';
import type { EnergyModel } from '../judge.js';
import type { Candidate } from './cells.js';

/** What the energies say about a candidate. Residuals are model minus data, eV/atom. */
export interface Evidence {
  stated: number;
  mended: number;
  verdict: 'mended fits' | 'stated fits' | 'cannot tell';
}

/**
 * Residuals of the candidates as stated and mended, under a model fitted without any of them. Where nearly all frames are
 * candidates, two models are compared instead, one fitted to all frames as stated and one with the candidates mended.
 */
export function weighEnergies(context: AuditContext, model: EnergyModel, candidates: readonly Candidate[]): Map<number, Evidence> {
  const suspect = new Set(candidates.map((c) => c.frame));
  const rest = context.task((i) => (suspect.has(i) ? undefined : i));
  const count = rest.use.reduce((sum, u) => sum + u, 0);
  const out = new Map<number, Evidence>();
  if (count >= FEWEST_FRAMES) {
    const fit = model.fit(rest);
    const known = new Set(
      Array.from(context.frames.keys())
        .filter((i) => rest.use[i])
        .map((i) => context.fileOf[i]!),
    );
    for (const { frame } of candidates) {
      const [a, b] = [context.structureOf(frame, false), context.structureOf(frame, true)];
      // without other frames of the file its energy zero is not known
      if (!known.has(context.fileOf[frame]!)) continue;
      if (context.frames[frame]!.energy === undefined || !context.usable(b)) continue;
      const mended = fit.energies[b]! - rest.energies[b]!;
      // atoms that nearly touch have no energy that fits
      const stated = context.usable(a) ? fit.energies[a]! - rest.energies[a]! : Number.POSITIVE_INFINITY;
      out.set(frame, { stated, mended, verdict: verdictOf(stated, mended, noiseAt(rest, fit.sigma, rest.energies[a]!)) });
    }
    return out;
  }
  const worlds = [false, true].map((asMended) => {
    const task = context.task((i) => context.structureOf(i, asMended && suspect.has(i)));
    return { task, fit: model.fit(task) };
  });
  const size = (world: (typeof worlds)[number], asMended: boolean) =>
    median(candidates.map(({ frame }) => Math.abs(residual(world, context.structureOf(frame, asMended)))));
  const [before, after] = [size(worlds[0]!, false), size(worlds[1]!, true)];
  for (const { frame } of candidates) {
    if (context.frames[frame]!.energy === undefined) continue;
    const stated = residual(worlds[0]!, context.structureOf(frame, false));
    const mended = residual(worlds[1]!, context.structureOf(frame, true));
    out.set(frame, { stated, mended, verdict: verdictOf(before, after, 1e-3) });
  }
  return out;
}

function residual(world: { task: { energies: Float64Array }; fit: { energies: Float64Array } }, structure: number): number {
  return world.fit.energies[structure]! - world.task.energies[structure]!;
}

function verdictOf(stated: number, mended: number, noise: number): Evidence['verdict'] {
  const [a, b] = [Math.abs(stated), Math.abs(mended)];
  if (Math.max(a, b) < 3 * noise) return 'cannot tell';
  if (b < a / 2) return 'mended fits';
  return a < b / 2 ? 'stated fits' : 'cannot tell';
}

/** Noise scale of the fitted structure that is nearest in energy, eV/atom. */
function noiseAt(task: { energies: Float64Array; use: Uint8Array }, sigma: Float64Array, energy: number): number {
  let best = Number.POSITIVE_INFINITY;
  let noise = 1e-3;
  for (let s = 0; s < sigma.length; s++) {
    if (!task.use[s] || Math.abs(task.energies[s]! - energy) >= best) continue;
    best = Math.abs(task.energies[s]! - energy);
    noise = sigma[s]!;
  }
  return Math.max(noise, 3e-4);
}
