import { type NeighbourList, neighbourPairs } from '../structures/neighbours.js';
import { type Frame, volume } from '../structures/structure.js';
import type { DataSet } from './read.js';
import { dominantShear, shearedPlane } from './shear.js';
import { pressureGPa } from './units.js';

/** Smallest and largest value, and in which frame each stands. */
export interface Range {
  low: number;
  high: number;
  /** index of the frame in the data set */
  lowFrame: number;
  highFrame: number;
}

export interface DataSummary {
  files: { path: string; format: string; frames: number; bytes: number; sha256: string }[];
  frames: number;
  atoms: number;
  /** number of atoms of each element */
  elements: Record<string, number>;
  /** number of frames of each group, and how many of them have each label */
  configTypes: Record<string, { frames: number; atoms: number; energy: number; forces: number; stress: number }>;
  /** number of frames that have each label */
  labels: { energy: number; forces: number; stress: number };
  /** atoms in a frame */
  atomsPerFrame: Range;
  /** eV/atom; undefined without energies */
  energyPerAtom: Range | undefined;
  /** largest force on an atom of each frame, eV/Å */
  largestForce: Range | undefined;
  /** GPa, positive = compression, from the stress */
  pressure: Range | undefined;
  /** Å³/atom, of fully periodic frames */
  volumePerAtom: Range | undefined;
  /** shortest distance between two atoms of each frame, images included, Å */
  nearestDistance: Range | undefined;
  /** lengths of lattice vectors, Å */
  cellLength: Range | undefined;
  warnings: string[];
}

/** What a data set holds, its ranges, and what is odd about it. Linear in the number of atoms. */
export function summarise(set: DataSet): DataSummary {
  const { frames } = set;
  const elements: DataSummary['elements'] = {};
  const configTypes: DataSummary['configTypes'] = {};
  const labels = { energy: 0, forces: 0, stress: 0 };
  for (const frame of frames) {
    for (const symbol of frame.species) elements[symbol] = (elements[symbol] ?? 0) + 1;
    configTypes[frame.configType] ??= { frames: 0, atoms: 0, energy: 0, forces: 0, stress: 0 };
    const group = configTypes[frame.configType]!;
    group.frames++;
    group.atoms += frame.species.length;
    for (const label of ['energy', 'forces', 'stress'] as const)
      if (frame[label] !== undefined) {
        labels[label]++;
        group[label]++;
      }
  }
  const summary: DataSummary = {
    files: set.files.map(({ path, format, frames: count, bytes, sha256 }) => ({ path, format, frames: count, bytes, sha256 })),
    frames: frames.length,
    atoms: frames.reduce((sum, frame) => sum + frame.species.length, 0),
    elements,
    configTypes,
    labels,
    atomsPerFrame: range(frames, (f) => f.species.length)!,
    energyPerAtom: range(frames, (f) => f.energy && f.energy / f.species.length),
    largestForce: range(frames, (f) => f.forces && largestNorm(f.forces)),
    pressure: range(frames, (f) => f.stress && pressureGPa(f.stress)),
    volumePerAtom: range(frames, (f) => (f.pbc.every(Boolean) ? volume(f.cell) / f.species.length : undefined)),
    nearestDistance: range(frames, nearestDistance),
    cellLength: range(
      frames.flatMap((f) => [0, 3, 6].map((d) => f.cell.subarray(d, d + 3))),
      (row) => Math.hypot(...row) || undefined,
      3,
    ),
    warnings: [...set.warnings],
  };
  summary.warnings.push(...oddities(frames, summary));
  return summary;
}

/**
 * Shortest distance between two atoms, periodic images included, Å; undefined where none is within 12 Å.
 * Exported for audits.
 */
export function nearestDistance(frame: Frame): number | undefined {
  const density = frame.pbc.every(Boolean) ? volume(frame.cell) / frame.species.length : 10;
  // the nearest distance of a closest packing is 1.12 times the cube root of the volume per atom
  for (let cutoff = Math.min(12, 1.2 * Math.cbrt(density)); ; cutoff = Math.min(12, 1.6 * cutoff)) {
    const shortest = minimum(neighbourPairs(frame, cutoff));
    if (shortest !== undefined || cutoff >= 12) return shortest;
  }
}

function minimum(pairs: NeighbourList): number | undefined {
  let low = Number.POSITIVE_INFINITY;
  for (let k = 0; k < pairs.count; k++) low = Math.min(low, pairs.distances[k]!);
  return pairs.count > 0 ? low : undefined;
}

function largestNorm(vectors: Float64Array): number {
  let largest = 0;
  for (let i = 0; i < vectors.length; i += 3) largest = Math.max(largest, Math.hypot(vectors[i]!, vectors[i + 1]!, vectors[i + 2]!));
  return largest;
}

/** @param each how many items belong to one frame */
function range<T>(items: readonly T[], value: (item: T) => number | undefined, each = 1): Range | undefined {
  let out: Range | undefined;
  items.forEach((item, k) => {
    const x = value(item);
    if (x === undefined) return;
    const frame = Math.floor(k / each);
    out ??= { low: x, high: x, lowFrame: frame, highFrame: frame };
    if (x < out.low) [out.low, out.lowFrame] = [x, frame];
    if (x > out.high) [out.high, out.highFrame] = [x, frame];
  });
  return out;
}

function oddities(frames: readonly Frame[], summary: DataSummary): string[] {
  const out: string[] = [];
  const where = (frame: Frame) => `${frame.origin.file}${frame.origin.line === undefined ? '' : `:${frame.origin.line}`}`;
  const count = (what: string, test: (frame: Frame) => boolean) => {
    const hits = frames.filter(test);
    if (hits.length > 0) out.push(`${hits.length} of ${frames.length} frames ${what} (first: ${where(hits[0]!)})`);
  };
  const total = frames.length;
  for (const [label, n] of Object.entries(summary.labels))
    if (n > 0 && n < total) out.push(`${label} is given in ${n} of ${total} frames only`);
  if (summary.labels.energy === 0) out.push('no frame has an energy');
  count('have an energy of exactly zero', (f) => f.energy === 0);
  count('have forces that are all exactly zero: true only of perfect crystals', (f) => f.forces?.every((x) => x === 0) ?? false);
  count('have a net force above 0.1 eV/Å per atom', (f) => f.forces !== undefined && netForce(f.forces) > 0.1);
  count('have a pressure beyond 500 GPa: is the stress in eV/Å³?', (f) => f.stress !== undefined && Math.abs(pressureGPa(f.stress)) > 500);
  count('have atoms closer than 0.5 Å', (f) => (nearestDistanceBelow(f, 0.5) ?? 1) < 0.5);
  count('have a left-handed cell', (f) => f.pbc.every(Boolean) && isLeftHanded(f.cell));
  out.push(...shearOddities(frames));
  return out;
}

function nearestDistanceBelow(frame: Frame, distance: number): number | undefined {
  return minimum(neighbourPairs(frame, distance));
}

function netForce(forces: Float64Array): number {
  const sum = [0, 0, 0];
  for (let i = 0; i < forces.length; i++) sum[i % 3]! += forces[i]!;
  return Math.hypot(...sum) / (forces.length / 3);
}

function isLeftHanded(m: Float64Array): boolean {
  return m[0]! * (m[4]! * m[8]! - m[5]! * m[7]!) - m[1]! * (m[3]! * m[8]! - m[5]! * m[6]!) + m[2]! * (m[3]! * m[7]! - m[4]! * m[6]!) < 0;
}

/**
 * Groups in which sheared cells have their shear stress in another plane: the order of the stress components is wrong there. One
 * frame proves nothing (a low-symmetry surface cell may look sheared), three of a group do.
 */
function shearOddities(frames: readonly Frame[]): string[] {
  const groups = new Map<string, { agree: number; disagree: Frame[] }>();
  for (const frame of frames) {
    const plane = frame.stress && shearedPlane(frame.cell);
    // 0.003 eV/Å³ is 0.5 GPa: above what disorder at finite temperature gives
    const dominant = plane && dominantShear([frame.stress![1]!, frame.stress![5]!, frame.stress![2]!], 0.003);
    if (dominant === undefined) continue;
    if (!groups.has(frame.configType)) groups.set(frame.configType, { agree: 0, disagree: [] });
    const group = groups.get(frame.configType)!;
    if ((['xy', 'yz', 'xz'] as const)[dominant] === plane) group.agree++;
    else group.disagree.push(frame);
  }
  return [...groups]
    .filter(([, { agree, disagree }]) => disagree.length >= 3 && disagree.length > 0.2 * agree)
    .map(([name, { agree, disagree }]) => {
      const { file, line } = disagree[0]!.origin;
      return (
        `${disagree.length} of ${agree + disagree.length} cells of the group ${name} that are sheared in one plane have their shear stress ` +
        `in another: its stress components are in a wrong order (first: ${file}${line === undefined ? '' : `:${line}`})`
      );
    });
}
