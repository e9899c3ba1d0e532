import { type Frame, inverse, multiplyRows } from '../../../structures/structure.js';
import { affineFamilies, FEWEST_ATOMS, type Relative } from '../affine.js';
import type { Check } from '../check.js';
import type { AuditContext } from '../context.js';
import { crystalOfCoordinates } from '../crystal.js';
import type { Finding } from '../finding.js';
import { groupBy } from '../group.js';
import { cellDifference, hasGap, strainText } from '../strain.js';
import { type Evidence, weighEnergies } from './cell-evidence.js';

/** A frame whose coordinates are right for another cell than the stated one. */
export interface Candidate {
  frame: number;
  /** cell of the coordinates, Å */
  cell: Float64Array;
  /** the frame with its coordinates in the stated cell */
  mended: Frame;
  /** largest deviation from the image, Å */
  residual: number;
  /** what the coordinates are an image of */
  kind: string;
  /** cell of a frame of the same crystal or family whose coordinates belong, Å */
  reference: Float64Array | undefined;
}

/**
 * Coordinates that do not belong to their cell: they are, to rounding, an affine image of a perfect crystal or of another frame, but
 * in another cell than the one stated. That alone also happens in sound data (a stacking fault made by tilting a cell, slabs pulled
 * apart), so a frame is called wrong only when its energy says so: under a model fitted to the other frames the energy has to fit
 * the mended frame and not the stated one. Frames too little strained to tell follow the others of their file.
 */
export const cells: Check = {
  name: 'cells',
  description: 'coordinates that do not belong to their cell',
  run(context) {
    const candidates = findCandidates(context);
    const model = context.buildModel(candidates.map((c) => ({ frame: c.frame, structure: c.mended })));
    if (candidates.length === 0) return [];
    const evidence = model ? weighEnergies(context, model, candidates) : undefined;
    const decided = (verdict: Evidence['verdict']) => candidates.filter((c) => evidence?.get(c.frame)?.verdict === verdict).length;
    const byCompany = decided('mended fits') >= 2 && decided('mended fits') >= 5 * decided('stated fits');
    const findings: Finding[] = [];
    for (const candidate of candidates) {
      const seen = evidence?.get(candidate.frame);
      // sound data that happens to look like this
      if (seen?.verdict === 'stated fits') continue;
      const sure = seen?.verdict === 'mended fits' || (seen !== undefined && byCompany);
      if (sure) {
        context.mended.set(candidate.frame, candidate.mended);
        context.mendedSurveys.set(candidate.frame, context.surveyOf(candidate.mended));
      }
      findings.push(describe(context, candidate, seen, sure));
    }
    return findings;
  },
};

function describe(context: AuditContext, candidate: Candidate, seen: Evidence | undefined, sure: boolean): Finding {
  const stated = context.frames[candidate.frame]!.cell;
  const before = context.surveys[candidate.frame]!;
  const after = context.surveyOf(candidate.mended);
  const evidence: Finding['evidence'] = candidate.reference
    ? {
        'strain of the cell': strainText(candidate.reference, stated),
        'strain of the coordinates': strainText(candidate.reference, candidate.cell),
      }
    : { 'strain of the cell against the coordinates': strainText(candidate.cell, stated) };
  evidence['deviation from the image, Å'] = round(candidate.residual, 2);
  evidence['different environments, stated and mended'] = `${before.environments}, ${after.environments}`;
  evidence['spread of neighbours, stated and mended'] = `${spread(before.spread)}, ${spread(after.spread)}`;
  if (seen) {
    evidence['energy residual as stated, meV/atom'] = Number.isFinite(seen.stated)
      ? round(1000 * seen.stated, 3)
      : 'none fits: atoms nearly touch';
    evidence['energy residual mended, meV/atom'] = round(1000 * seen.mended, 3);
    if (Number.isFinite(seen.stated))
      evidence['improvement, factor'] = round(Math.abs(seen.stated) / Math.max(Math.abs(seen.mended), 1e-6), 3);
  }
  const reason = !sure
    ? seen
      ? '; the energy cannot tell whether that is meant'
      : '; without a model of the energies it cannot be told whether that is meant'
    : seen?.verdict === 'mended fits'
      ? ', and the energy fits the mended frame'
      : ', as in other frames where the energy proves it';
  return {
    check: 'cells',
    severity: sure ? 'error' : 'warning',
    frames: [candidate.frame],
    message: `the coordinates do not belong to the cell: they are ${candidate.kind} in another one${reason}`,
    evidence,
    remedy: sure ? 'mend' : 'none',
  };
}

/** What rounding leaves of the spread of a perfect crystal is none. */
function spread(x: number): number {
  return x < 1e-9 ? 0 : round(x, 2);
}

function round(x: number, digits: number): number {
  return Number(x.toPrecision(digits));
}

function findCandidates(context: AuditContext): Candidate[] {
  const { frames, settings } = context;
  const tolerance = settings.imageTolerance;
  const belongs = new Map<number, { cell: Float64Array; sites: number }>();
  const candidates = new Map<number, Candidate>();
  frames.forEach((frame, i) => {
    if (i % 20 === 0) context.progress('coordinates and cells', i, frames.length);
    const crystal = crystalOfCoordinates(frame, tolerance);
    if (!crystal) return;
    const sites = crystal.basis.length / 3;
    if (cellDifference(crystal.cell, frame.cell) <= rounding(tolerance, crystal.residual)) {
      belongs.set(i, { cell: frame.cell, sites });
      return;
    }
    candidates.set(i, {
      frame: i,
      cell: crystal.cell,
      mended: { ...frame, positions: multiplyRows(crystal.fractional, frame.cell) },
      residual: crystal.residual,
      kind: `those of a perfect crystal with ${sites} atom${sites > 1 ? 's' : ''} in its primitive cell`,
      reference: undefined,
    });
  });
  // strains are told against a crystal of the same kind whose coordinates belong, the lowest in energy
  const perAtom = (i: number) => (frames[i]!.energy ?? 0) / frames[i]!.species.length;
  const ordered = [...belongs].sort((a, b) => perAtom(a[0]) - perAtom(b[0]));
  for (const candidate of candidates.values()) {
    const frame = frames[candidate.frame]!;
    candidate.reference = ordered.find(
      ([i, { cell }]) =>
        sameAtoms(frames[i]!, frame) && cellDifference(cell, candidate.cell) < 0.35 * Math.cbrt(Math.abs(cell[0]! * cell[4]! * cell[8]!)),
    )?.[1].cell;
  }
  for (const family of familiesOf(context)) addFamily(context, family, belongs, candidates);
  return [...candidates.values()].sort((a, b) => a.frame - b.frame);
}

/** Differences of cells, Å, that rounded or slightly displaced coordinates may leave. */
function rounding(tolerance: number, residual: number): number {
  return Math.max(2 * tolerance, 10 * residual);
}

function sameAtoms(a: Frame, b: Frame): boolean {
  return a.species.length === b.species.length && a.species.every((symbol, i) => symbol === b.species[i]);
}

function familiesOf(context: AuditContext): Relative[][] {
  const periodic = Array.from(context.frames.keys()).filter((i) => {
    const frame = context.frames[i]!;
    return frame.pbc.every(Boolean) && frame.species.length >= FEWEST_ATOMS;
  });
  const byAtoms = groupBy(periodic, (i) => context.frames[i]!.species.join(' '));
  return [...byAtoms.values()].flatMap((members) => affineFamilies(context.frames, members, context.settings.imageTolerance));
}

/** Frames of one family agree about which coordinates belong to which cell; those that differ from the most trusted ones are candidates. */
function addFamily(context: AuditContext, family: Relative[], belongs: Map<number, unknown>, candidates: Map<number, Candidate>): void {
  const { frames, settings } = context;
  const variants: Relative[][] = [];
  for (const relative of family) {
    const size = Math.cbrt(Math.abs(relative.image.cell[0]! * relative.image.cell[4]! * relative.image.cell[8]!)) || 10;
    const same = variants.find((v) => cellDifference(v[0]!.relation, relative.relation) <= (2 * settings.imageTolerance) / size);
    if (same) same.push(relative);
    else variants.push([relative]);
  }
  if (variants.length < 2) return;
  // the most regular structure is the right one; among equals the most frequent
  const rank = (variant: Relative[]): [number, number] => [
    variant.some((r) => belongs.has(r.frame)) ? 0 : Math.min(...variant.map((r) => context.surveys[r.frame]!.environments)),
    -variant.length,
  ];
  const ranked = variants
    .map((variant) => ({ variant, rank: rank(variant) }))
    .sort((a, b) => a.rank[0] - b.rank[0] || a.rank[1] - b.rank[1]);
  const right = ranked[0]!.variant;
  const model = right[0]!;
  const toRight = inverse(model.relation);
  for (const { variant } of ranked.slice(1))
    for (const relative of variant) {
      if (candidates.has(relative.frame) || belongs.has(relative.frame)) continue;
      const frame = frames[relative.frame]!;
      // x = u_first A = u_right (relation_right^-1 A)
      const cell = multiplyRows(toRight, relative.image.cell);
      if (cellDifference(cell, frame.cell) <= rounding(settings.imageTolerance, relative.image.residual)) continue;
      if (onlyAcrossGaps(frame, cell)) continue;
      candidates.set(relative.frame, {
        frame: relative.frame,
        cell,
        mended: { ...frame, positions: multiplyRows(multiplyRows(relative.image.unwrapped, inverse(cell)), frame.cell) },
        residual: relative.image.residual,
        kind: `those of ${right.length > 1 ? `${right.length} other frames` : 'another frame'} of the same atoms`,
        reference: frames[model.frame]!.cell,
      });
    }
}

/** Lattice vectors that differ only where there is vacuum along them: the same slab with more or less of it. */
function onlyAcrossGaps(frame: Frame, cell: Float64Array): boolean {
  return [0, 1, 2].every((d) => {
    const differs = cellDifference(cell.subarray(3 * d, 3 * d + 3), frame.cell.subarray(3 * d, 3 * d + 3)) > 2e-3;
    return !differs || hasGap(frame, d);
  });
}
