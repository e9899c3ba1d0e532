import { median } from '../../../math/median.js';
import type { Check } from '../check.js';
import type { AuditContext, Judgement } from '../context.js';
import type { Finding } from '../finding.js';
import { groupBy } from '../group.js';
import { frameDistances } from '../likeness.js';
import { fileShifts } from './duplicates.js';

/** Offsets are reported when they are this many times their standard deviation and the noise of the group. */
const SIGNIFICANT = 8;
/** Smallest offset that is reported, eV/atom. */
const LEAST = 0.01;
/** Fewest frames of a group within a file. */
const FEWEST = 5;

/**
 * Energies that count from another zero: a file, or a group (config_type) of a file, whose energies fit those of the others only
 * after one constant per atom is added. Seen in structures that both have, or else in the model's energy zeros.
 */
export const zeros: Check = {
  name: 'zeros',
  description: 'energy zeros that differ between files or groups',
  run(context) {
    const findings = betweenFiles(context);
    const judgement = context.judgement();
    if (judgement) findings.push(...withinFiles(context, judgement));
    return findings;
  },
};

function offsetFinding(frames: number[], what: string, offset: number, evidence: Finding['evidence']): Finding {
  return {
    check: 'zeros',
    severity: 'warning',
    frames,
    message: `the energies of ${what} count from another zero: they are ${Math.abs(offset).toFixed(3)} eV/atom ${offset > 0 ? 'higher' : 'lower'} than those of the rest; one reference energy cannot serve both`,
    evidence,
    remedy: 'none',
  };
}

function betweenFiles(context: AuditContext): Finding[] {
  if (context.files.length < 2) return [];
  const clusters = groupBy(context.frames.keys(), (i) => context.twins()[i]!);
  const shifts = fileShifts(
    context,
    [...clusters.values()].filter((members) => new Set(members.map((i) => context.fileOf[i]!)).size > 1),
  );
  const fit = context.judgement()?.fit;
  return context.files.flatMap((file, f) => {
    if (f === 0) return [];
    const frames = Array.from(context.frames.keys()).filter((i) => context.fileOf[i] === f);
    const shared = Array.from(clusters.values()).filter(
      (m) => m.some((i) => context.fileOf[i] === f) && m.some((i) => context.fileOf[i]! < f),
    ).length;
    const name = `the file ${file} (against ${context.files[0]})`;
    if (shared > 0)
      return Math.abs(shifts[f]!) > LEAST
        ? [offsetFinding(frames, name, shifts[f]!, { 'offset, eV/atom': round(shifts[f]!), 'structures in both': shared })]
        : [];
    if (!fit) return [];
    const offset = fit.zeros[f]! - fit.zeros[0]!;
    const error = Math.max(fit.zeroErrors[f]!, 1e-4);
    if (!(Math.abs(offset) > Math.max(5 * LEAST, SIGNIFICANT * error))) return [];
    return [offsetFinding(frames, name, offset, { 'offset, eV/atom': round(offset), 'standard deviation, eV/atom': round(error) })];
  });
}

/**
 * Groups whose residuals are, for most of their frames, one constant that is large against their own spread: with a zero of their own
 * they fit as well as the rest.
 */
function withinFiles(context: AuditContext, { model, task, fit, held }: Judgement): Finding[] {
  const usable = Array.from(context.frames.keys()).filter((i) => context.usable(context.structureOf(i)));
  const groups = groupBy(usable, (i) => `${context.fileOf[i]}\u0000${context.frames[i]!.configType}`);
  const findings: Finding[] = [];
  for (const members of groups.values()) {
    const file = context.fileOf[members[0]!]!;
    const others = usable.filter((i) => context.fileOf[i] === file).length - members.length;
    if (members.length < FEWEST || others < FEWEST || members.length > others) continue;
    if (!overlaps(context, members, usable)) continue;
    // a model without the group, asked about the group
    const inGroup = new Set(members.map((i) => context.structureOf(i)));
    const use = task.use.map((u, s) => (u && !inGroup.has(s) ? 1 : 0));
    const residuals = members.map((i) => held[context.structureOf(i)]! - task.energies[context.structureOf(i)]!);
    if (Math.abs(median(residuals)) < LEAST / 4) continue;
    const own = Int32Array.from(task.zeroOf!, (z, s) => (inGroup.has(s) ? context.files.length : z));
    const without = model.fit({ ...task, use }, fit);
    const seen = members.map((i) => without.energies[context.structureOf(i)]! - task.energies[context.structureOf(i)]!);
    const centre = median(seen);
    const spread = median(seen.map((r) => Math.abs(r - centre))) / 0.6745;
    if (Math.abs(centre) < 2 * LEAST || Math.abs(centre) < SIGNIFICANT * Math.max(spread, 1e-3)) continue;
    // with a zero of its own the group has to fit as well as it does without being seen
    const separate = model.fit({ ...task, zeroOf: own });
    const offset = separate.zeros.at(-1)! - separate.zeros[file]!;
    const error = Math.hypot(separate.zeroErrors.at(-1)!, separate.zeroErrors[file]!);
    if (Math.abs(offset) < Math.max(2 * LEAST, SIGNIFICANT * Math.max(error, 5e-4))) continue;
    findings.push(
      offsetFinding(members, `the group ${context.frames[members[0]!]!.configType} of ${context.files[file]}`, offset, {
        'offset, eV/atom': round(offset),
        'standard deviation, eV/atom': round(error),
      }),
    );
  }
  return findings;
}

/**
 * Whether most frames of a group have others of the set that are as much like them as these are like each other. Without that, a constant
 * cannot be told from physics that the model lacks (surfaces of a covalent solid, say).
 */
function overlaps(context: AuditContext, members: readonly number[], all: readonly number[]): boolean {
  const own = new Set(members);
  const others = all.filter((i) => !own.has(i));
  const distance = frameDistances(context, all);
  const nearest = (i: number, among: readonly number[]) =>
    among.reduce((d, j) => (j === i ? d : Math.min(d, distance(i, j))), Number.POSITIVE_INFINITY);
  const usual = median(others.map((i) => nearest(i, others)));
  const like = members.filter((i) => nearest(i, others) <= 3 * usual);
  return like.length > members.length / 2;
}

function round(x: number): number {
  return Number(x.toPrecision(3));
}
