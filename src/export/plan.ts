import { InputError } from '../errors.js';
import type { EamPotential, ScalarFunction } from '../potentials/eam.js';
import { LammpsSpline } from '../potentials/lammps-spline.js';
import { interpolated, type TableGrid, type TableValues } from '../potentials/tables.js';
import { isTabulated } from '../potentials/tabulated-eam.js';
import { type CoreViolation, checkCore } from './check-core.js';
import { judgingSurroundings, type TableError, tableError } from './environments.js';
import type { ExportModel, ExportOptions } from './exportable.js';
import { tabulate } from './setfl.js';
import { endNote, followedUpTo, lastDensity, withEnds } from './table-ends.js';
import { coreNotes, planOfTables } from './table-plan.js';

/** A change that an embedding function needs near density zero to fit into a table. */
export interface LowDensityChange {
  element: string;
  /** the function is replaced below this density */
  belowDensity: number;
  /** largest change, eV per atom */
  largestDifference: number;
  /** a dimer longer than this has such a density, Å; undefined where no dimer has more */
  dimersBeyond: number | undefined;
}

/** Everything that is decided before a file is written. */
export interface ExportPlan {
  grid: TableGrid;
  values: TableValues;
  /** what the files hold, exactly: the model with its embedding functions' ends as `changes` and `linearFrom` say */
  potential: EamPotential;
  /** largest error of LAMMPS's interpolation, eV/atom */
  errorEstimate: number;
  /** largest error of its forces, eV/Å */
  forceErrorEstimate: number;
  /** asked accuracy, eV/atom, and whether it is met */
  accuracy: number;
  met: boolean;
  changes: LowDensityChange[];
  /** density from which F goes on as a straight line, or, with angular terms, flattens out */
  linearFrom: number;
  /** where the exported potential does not repel; empty when sound */
  core: CoreViolation[];
  /** the above in sentences */
  notes: string[];
}

const DEFAULT_ACCURACY = 1e-6;
/** Largest error of half a dimer's force (eV/Å) for each eV/atom of accuracy. */
const FORCE_SHARE = 25;
const SIZES = [1000, 1250, 1600, 2000, 2500, 3200, 4000, 5000, 6300, 8000];

/** Table sizes to try, growing, the last being the most allowed. */
function sizes(most: number): number[] {
  const out: number[] = [];
  for (let scale = 1; ; scale *= 10)
    for (const size of SIZES) {
      if (size * scale >= most) return [...out, most];
      out.push(size * scale);
    }
}

/**
 * Chooses table sizes for an asked accuracy by doing LAMMPS's interpolation, and changes the ends of the embedding functions
 * where no table of the allowed size would do.
 * @throws InputError when a function is not finite where a table needs it
 */
export function planExport(model: ExportModel, options: ExportOptions = {}): ExportPlan {
  const accuracy = options.accuracy ?? DEFAULT_ACCURACY;
  const { rMin, potential: exact } = model;
  if (!(accuracy > 0)) throw new InputError(`the asked accuracy must be positive, not ${accuracy} eV/atom`);
  if (!(rMin > 0) || !(rMin < exact.cutoff))
    throw new InputError(`the shortest distance in the data must be between 0 and the cutoff (${exact.cutoff} Å), not ${rMin} Å`);
  if (!(model.rhoMax >= 0) || !Number.isFinite(model.rhoMax))
    throw new InputError(`the largest density in the data must be a number from 0 up, not ${model.rhoMax}`);
  if (isTabulated(exact)) return planOfTables(exact, rMin, accuracy);
  const rhoEnd = lastDensity(exact, model);
  const indices = exact.elements.map((_, k) => k);
  // density: sizes for each function on its own
  const most = Math.max(100, options.maxDensityPoints ?? 200_000);
  let nrho = 0;
  const rhoF: number[] = [];
  for (const a of indices) {
    const { count, below } = embeddingTable(exact.embedding(a), rhoEnd, accuracy / 2, sizes(most), exact.elements[a]!);
    nrho = Math.max(nrho, count);
    rhoF.push(below);
  }
  // distance, then both together
  const distanceSizes = sizes(Math.max(100, options.maxDistancePoints ?? 20_000));
  const densitySizes = sizes(most);
  const judged = judgingSurroundings(exact, rMin);
  const attempt = (nr: number, count: number) => {
    const grid: TableGrid = { nr, dr: exact.cutoff / (nr - 1), nrho: count, drho: rhoEnd / (count - 1) };
    const potential = withEnds(exact, grid, rhoF);
    const values = tabulate(potential, grid);
    const error = tableError(potential, interpolated(potential, grid, values), judged, rMin, 2 * nr);
    return { grid, potential, values, error, good: error.energy <= accuracy && error.force <= FORCE_SHARE * accuracy };
  };
  let at = 0;
  let result = attempt(distanceSizes[0]!, nrho);
  while (!result.good) {
    if (at < distanceSizes.length - 1) at++;
    else if (nrho < most) nrho = densitySizes.find((size) => size > nrho)!;
    else break;
    result = attempt(distanceSizes[at]!, nrho);
  }
  const { grid, potential, values, error } = result;
  const changes = indices
    .filter((a) => rhoF[a]! > 0)
    .map((a) => describeChange(exact, potential, a, Math.ceil(rhoF[a]! / grid.drho) * grid.drho));
  const core = checkCore(potential, rMin);
  const linearFrom = followedUpTo(exact, grid);
  return {
    grid,
    values,
    potential,
    errorEstimate: error.energy,
    forceErrorEstimate: error.force,
    accuracy,
    met: result.good,
    changes,
    linearFrom,
    core,
    notes: notesOf(result.good, accuracy, error, changes, [endNote(exact, linearFrom), ...coreNotes(core)]),
  };
}

/** The fewest points that hold F to `tolerance` (eV), and the density below which F must be replaced for that (0: nowhere). */
function embeddingTable(
  f: ScalarFunction,
  rhoEnd: number,
  tolerance: number,
  counts: readonly number[],
  element: string,
): { count: number; below: number } {
  const atZero = f.evaluate(0, new Float64Array(1));
  if (!Number.isFinite(atZero))
    throw new InputError(
      `the embedding energy of ${element} at density 0 is ${atZero}, so a free atom has no energy`,
      {},
      {
        hint: 'give the equation a density floor, or another embedding function',
      },
    );
  const most = counts[counts.length - 1]!;
  const failures = tableFailures(f, rhoEnd, most, tolerance);
  if (failures === 0) {
    // smaller tables, from the smallest on
    for (const count of counts) if (tableFailures(f, rhoEnd, count, tolerance) === 0) return { count, below: 0 };
  }
  // an unbounded slope or curvature at zero shows itself by failures near zero alone
  return { count: most, below: failures > 0.02 * rhoEnd ? 0 : failures };
}

/** The largest density at which a table of `count` points is off by more than `tolerance`; 0 where there is none. */
function tableFailures(f: ScalarFunction, rhoEnd: number, count: number, tolerance: number): number {
  const step = rhoEnd / (count - 1);
  const slope = new Float64Array(1);
  const limit = (value: number) => tolerance * Math.max(1, Math.abs(value) / 10);
  let largest = 0;
  // windows of eight points, dense near zero and sparse further up, have all the neighbours that the slopes need
  for (let i = 0; i < count - 6; i += i < 400 ? 1 : Math.ceil(i / 100)) {
    const start = Math.max(0, i - 3);
    const values = Float64Array.from({ length: 8 }, (_, k) => f.evaluate((start + k) * step, slope));
    const table = new LammpsSpline(values, step, 'line');
    for (const part of [0.25, 0.5, 0.75]) {
      const rho = (i + part) * step;
      const value = f.evaluate(rho, slope);
      // NaN fails
      if (!(Math.abs(table.evaluate(rho - start * step, slope) - value) <= limit(value))) largest = rho;
    }
  }
  return largest;
}

function describeChange(exact: EamPotential, exported: EamPotential, a: number, rhoF: number): LowDensityChange {
  const slope = new Float64Array(1);
  let largestDifference = 0;
  for (let k = 1; k < 1000; k++) {
    // most of the change is close to zero
    const rho = rhoF * (k / 1000) ** 2;
    const change = Math.abs(exported.embedding(a).evaluate(rho, slope) - exact.embedding(a).evaluate(rho, slope));
    largestDifference = Math.max(largestDifference, change);
  }
  let dimersBeyond: number | undefined;
  for (let b = 0; b < exact.elements.length; b++)
    for (let r = exact.cutoff; r > 0; r -= 0.005)
      if (exact.density(a, b).evaluate(r, slope) >= rhoF) {
        dimersBeyond = Math.max(dimersBeyond ?? 0, r);
        break;
      }
  return { element: exact.elements[a]!, belowDensity: rhoF, largestDifference, dimersBeyond };
}

function notesOf(
  met: boolean,
  accuracy: number,
  { energy, where }: TableError,
  changes: readonly LowDensityChange[],
  more: readonly string[],
): string[] {
  const notes = [`LAMMPS interpolates these tables to ${energy.toExponential(1)} eV/atom (worst: ${where})`];
  if (!met)
    notes.push(
      `the asked ${accuracy.toExponential(1)} eV/atom, and ${(FORCE_SHARE * accuracy).toExponential(1)} eV/Å for forces, are not met with the largest tables allowed`,
    );
  for (const { element, belowDensity, largestDifference, dimersBeyond } of changes) {
    const dimer = dimersBeyond === undefined ? '' : `, that is a dimer longer than ${dimersBeyond.toFixed(2)} Å,`;
    notes.push(
      `below density ${belowDensity.toPrecision(3)}${dimer} F of ${element} differs from the printed equation by at most ${largestDifference.toPrecision(2)} eV`,
    );
  }
  return [...notes, ...more];
}
