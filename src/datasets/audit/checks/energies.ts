import { median } from '../../../math/median.js';
import type { Check } from '../check.js';
import type { AuditContext, Judgement } from '../context.js';
import type { Finding } from '../finding.js';
import { groupBy } from '../group.js';
import { frameDistances } from '../likeness.js';

/** Frames whose residuals set the scale for one frame. */
const NEIGHBOURS = 15;
/** A frame is unlike the others when it is this many times further from its neighbours than is usual. */
const UNLIKE = 6;
/** Errors are at least this many times the smallest residual that is reported. */
const SURE = 2.5;
/** Smallest local noise scale, eV/atom. */
const SCALE_FLOOR = 1e-3;

/**
 * Energies that a flexible model, fitted robustly to the other frames, does not reproduce. The scale is that of the frames nearest in
 * energy and in structure, so that disordered frames, which no simple model fits to a millielectronvolt, are not all reported.
 */
export const energies: Check = {
  name: 'energies',
  description: 'energies that do not fit those of similar structures',
  run(context) {
    const judgement = context.judgement();
    if (!judgement) return [];
    const residuals = residualsOf(context, judgement);
    const members = [...residuals.keys()];
    const distance = frameDistances(context, members, (i) => judgement.task.energies[context.structureOf(i)]!);
    const separation = new Map<number, number>();
    const scale = new Map<number, number>();
    for (const i of members) {
      const near = nearest(
        members.filter((j) => j !== i && context.twins()[j] !== context.twins()[i]),
        (j) => distance(i, j),
      );
      separation.set(i, median(near.slice(0, 3).map((x) => x.d)));
      scale.set(i, Math.max(SCALE_FLOOR, median(near.map((x) => Math.abs(residuals.get(x.j)!.held))) / 0.6745));
    }
    // nor is a group reported that the model, being no more than an embedded-atom model, fits badly as a whole
    for (const group of groupBy(members, (i) => `${context.fileOf[i]}\u0000${context.frames[i]!.configType}`).values()) {
      if (group.length < 4) continue;
      const own = median(group.map((i) => Math.abs(residuals.get(i)!.held))) / 0.6745;
      for (const i of group) scale.set(i, Math.max(scale.get(i)!, own));
    }
    const usual = median([...separation.values()]);
    const findings: Finding[] = [];
    for (const i of members) {
      const { held, fitted } = residuals.get(i)!;
      const z = Math.abs(held) / scale.get(i)!;
      const zFitted = Math.abs(fitted) / scale.get(i)!;
      if (Math.abs(held) < context.settings.energyTolerance || z < context.settings.outlier / 2) continue;
      const unlike = separation.get(i)! > UNLIKE * usual;
      // a frame that the model can follow once it has seen it may just be the only one of its kind
      const followed = zFitted < context.settings.outlier / 2 || Math.abs(fitted) < context.settings.energyTolerance;
      const wrong = z >= context.settings.outlier && Math.abs(held) >= SURE * context.settings.energyTolerance && !unlike && !followed;
      findings.push({
        check: 'energies',
        severity: wrong ? 'error' : unlike || followed ? 'note' : 'warning',
        frames: [i],
        message: wrong
          ? 'the energy does not fit those of similar structures'
          : unlike || followed
            ? 'the energy is not foreseen from the other frames, which have too few like this one to judge it'
            : 'the energy fits those of similar structures badly',
        evidence: {
          'model minus data, meV/atom': Number((1000 * held).toPrecision(3)),
          'local noise scales': Number(z.toPrecision(3)),
          'with the frame in the fit, meV/atom': Number((1000 * fitted).toPrecision(3)),
        },
        remedy: wrong ? 'exclude' : 'none',
      });
    }
    return findings;
  },
};

/** The nearest frames and their distances, nearest first; a few of many, so inserted one by one. */
function nearest(members: readonly number[], distance: (frame: number) => number): { j: number; d: number }[] {
  const found: { j: number; d: number }[] = [];
  for (const j of members) {
    const d = distance(j);
    if (found.length === NEIGHBOURS && d >= found[NEIGHBOURS - 1]!.d) continue;
    let at = found.length;
    while (at > 0 && found[at - 1]!.d > d) at--;
    found.splice(at, 0, { j, d });
    if (found.length > NEIGHBOURS) found.pop();
  }
  return found;
}

/** Model minus data, eV/atom: from fits that have not seen the frame, and from the fit to all. */
function residualsOf(context: AuditContext, { task, fit, held }: Judgement): Map<number, { held: number; fitted: number }> {
  const out = new Map<number, { held: number; fitted: number }>();
  context.frames.forEach((_, i) => {
    const s = context.structureOf(i);
    if (context.usable(s)) out.set(i, { held: held[s]! - task.energies[s]!, fitted: fit.energies[s]! - task.energies[s]! });
  });
  return out;
}
