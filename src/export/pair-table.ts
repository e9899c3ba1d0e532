import type { EamPotential, ScalarFunction } from '../potentials/eam.js';
import { CORE_FROM, LOOSE, LOOSE_BELOW } from './environments.js';
import { digits, type ExportModel, type ExportOptions, oneLine } from './exportable.js';
import { LammpsPairTable, type PairRows } from './lammps-pair-table.js';

/** A written pair table file with one section for each pair of elements. */
export interface PairTableFile {
  text: string;
  /** rows of each section, and N of `pair_style table spline N` */
  points: number;
  /** first row, Å; LAMMPS stops when two atoms come closer */
  inner: number;
  /** Å */
  outer: number;
  /** keyword of the section of each pair of elements, in the order (0,0) (1,0) (1,1) ... */
  keywords: string[];
  /** largest error of LAMMPS's interpolation of one pair's energy, eV; beyond 10 eV in proportion */
  errorEstimate: number;
  /** largest error of its force, eV/Å */
  forceErrorEstimate: number;
  met: boolean;
}

/** An atom has up to some hundred neighbours whose errors may add up. */
const PAIR_SHARE = 1 / 10;
/** Largest error of a pair's force (eV/Å) for each eV/atom of accuracy. */
const FORCE_SHARE = 20;
const SIZES = [1000, 1600, 2500, 4000, 6300, 10_000, 16_000];
/** The internal table is even in r squared, coarse close to zero: a table that begins here has room for the core. */
const INNER = 0.05;

/** Name of a pair's section. */
function keyword(potential: EamPotential, a: number, b: number): string {
  return `${potential.elements[b]}-${potential.elements[a]}`;
}

/**
 * LAMMPS `pair_style table spline N`: `index r E F` with F = -dE/dr, from 0.05 Å to the cutoff, in steps of equal length.
 * @throws InputError when the pair energy is not finite
 */
export function exportPairTable(model: ExportModel, options: ExportOptions = {}): PairTableFile {
  const { potential } = model;
  const accuracy = options.accuracy ?? 1e-6;
  const good = (error: { energy: number; force: number }) => error.energy <= PAIR_SHARE * accuracy && error.force <= FORCE_SHARE * accuracy;
  const most = options.maxDistancePoints ?? 20_000;
  const inner = Math.min(INNER, CORE_FROM * model.rMin);
  const outer = potential.cutoff;
  const pairs: { name: string; phi: ScalarFunction }[] = [];
  for (let a = 0; a < potential.elements.length; a++)
    for (let b = 0; b <= a; b++) pairs.push({ name: keyword(potential, a, b), phi: potential.pair(a, b) });
  let points = 0;
  let error = { energy: Infinity, force: Infinity };
  let tables: PairRows[] = [];
  for (const size of [...SIZES.filter((n) => n < most), most]) {
    points = size;
    tables = pairs.map(({ phi }) => rowsOf(phi, inner, outer, size));
    error = { energy: 0, force: 0 };
    for (const [k, { phi }] of pairs.entries()) {
      const one = largestError(phi, new LammpsPairTable(tables[k]!, size), model.rMin, outer, size);
      error = { energy: Math.max(error.energy, one.energy), force: Math.max(error.force, one.force) };
    }
    if (good(error)) break;
  }
  const lines = [
    `# DATE: ${oneLine(model.date)} UNITS: metal CONTRIBUTOR: ${oneLine(model.contributor ?? 'eqpot')} CITATION: ${oneLine(model.citation)}`,
    `# ${oneLine(model.title)}: pair energies, for pair_style table spline ${points}`,
  ];
  for (const [k, { name }] of pairs.entries()) {
    const rows = tables[k]!;
    const what = (i: number) => () => `the pair energy or force of ${name} at ${radius(inner, outer, i, points).toFixed(4)} Å`;
    const slopes = rows.forceSlopes.map((slope, end) => digits(slope, what(end === 0 ? 0 : points - 1))).join(' ');
    lines.push('', name, `N ${points} R ${inner} ${outer} FPRIME ${slopes}`, '');
    for (let i = 0; i < points; i++) {
      const r = radius(inner, outer, i, points);
      lines.push(`${i + 1} ${r} ${digits(rows.energy[i]!, what(i))} ${digits(rows.force[i]!, what(i))}`);
    }
  }
  return {
    text: `${lines.join('\n')}\n`,
    points,
    inner,
    outer,
    keywords: pairs.map(({ name }) => name),
    errorEstimate: error.energy,
    forceErrorEstimate: error.force,
    met: good(error),
  };
}

/** Distance of row i, Å, in LAMMPS's own words, but the last one free of rounding. */
function radius(inner: number, outer: number, i: number, count: number): number {
  return i === count - 1 ? outer : inner + ((outer - inner) * i) / (count - 1);
}

function rowsOf(phi: ScalarFunction, inner: number, outer: number, count: number): PairRows {
  const slope = new Float64Array(1);
  const energy = new Float64Array(count);
  const force = new Float64Array(count);
  for (let i = 0; i < count; i++) {
    const r = radius(inner, outer, i, count);
    // the last row stands for the cutoff seen from inside, so that a shifted pair term keeps its slope up to there
    energy[i] = i === count - 1 ? 0 : phi.evaluate(r, slope);
    if (i === count - 1) phi.evaluate(outer * (1 - 1e-12), slope);
    force[i] = -slope[0]!;
  }
  const bend = (r: number, step: number) => {
    phi.evaluate(r + step, slope);
    const further = slope[0]!;
    phi.evaluate(r, slope);
    return -(further - slope[0]!) / step;
  };
  return { inner, outer, energy, force, forceSlopes: [bend(inner, 1e-6), bend(outer * (1 - 1e-12), -1e-6)] };
}

function largestError(
  phi: ScalarFunction,
  table: LammpsPairTable,
  rMin: number,
  outer: number,
  size: number,
): { energy: number; force: number } {
  const one = new Float64Array(1);
  const other = new Float64Array(1);
  const from = CORE_FROM * rMin;
  let energy = 0;
  let force = 0;
  const count = 2 * size;
  for (let k = 0; k < count; k++) {
    const r = from + ((outer - from) * (k + ((k * 0.6180339887498949) % 1))) / count;
    if (r >= outer) continue;
    const exact = phi.evaluate(r, one);
    const allowance = r < LOOSE_BELOW * rMin ? LOOSE : 1;
    energy = Math.max(energy, Math.abs(table.evaluate(r, other) - exact) / Math.max(1, Math.abs(exact) / 10) / allowance);
    force = Math.max(force, Math.abs(other[0]! - one[0]!) / Math.max(1, Math.abs(one[0]!) / 10) / allowance);
  }
  return { energy, force };
}
