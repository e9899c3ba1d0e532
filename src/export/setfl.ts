import { InputError } from '../errors.js';
import { isAdp } from '../potentials/adp.js';
import type { EamPotential, ScalarFunction } from '../potentials/eam.js';
import type { TableGrid, TableValues } from '../potentials/tables.js';
import type { Element } from '../structures/elements.js';
import { digits, type ExportModel, headerElements, oneLine } from './exportable.js';

/** The functions of a potential on a grid; at the cutoff and beyond, radial functions are zero. */
export function tabulate(potential: EamPotential, grid: TableGrid): TableValues {
  const indices = potential.elements.map((_, k) => k);
  const { cutoff } = potential;
  const known = new Map<ScalarFunction, Float64Array>();
  const radial = (f: ScalarFunction): Float64Array => {
    const values = known.get(f) ?? sample(f, grid.nr, grid.dr, cutoff);
    known.set(f, values);
    return values;
  };
  const ofPairs = (tableOf: (a: number, b: number) => Float64Array) =>
    indices.flatMap((a) => indices.slice(0, a + 1).map((b) => tableOf(a, b)));
  const values: TableValues = {
    embedding: indices.map((a) => sample(potential.embedding(a), grid.nrho, grid.drho)),
    density: indices.map((b) => indices.map((a) => radial(potential.density(a, b)))),
    pair: ofPairs((a, b) => samplePair(potential.pair(a, b), grid, cutoff)),
  };
  if (isAdp(potential))
    values.angular = {
      dipole: ofPairs((a, b) => radial(potential.dipole(a, b))),
      quadrupole: ofPairs((a, b) => radial(potential.quadrupole(a, b))),
    };
  return values;
}

function sample(f: ScalarFunction, n: number, step: number, end = Infinity): Float64Array {
  const slope = new Float64Array(1);
  return atZero(Float64Array.from({ length: n }, (_, i) => (isBeyond(i * step, end) ? 0 : f.evaluate(i * step, slope))));
}

function samplePair(f: ScalarFunction, grid: TableGrid, cutoff: number): Float64Array {
  const slope = new Float64Array(1);
  return atZero(
    Float64Array.from({ length: grid.nr }, (_, i) => (isBeyond(i * grid.dr, cutoff) ? 0 : i * grid.dr * f.evaluate(i * grid.dr, slope))),
  );
}

/** A pure power such as 1/r^9 is infinite at r = 0 alone; two atoms never are that close, but LAMMPS reads the row. */
function atZero(values: Float64Array): Float64Array {
  if (!Number.isFinite(values[0]!)) values[0] = 2 * values[1]! - values[2]!;
  return values;
}

function isBeyond(x: number, end: number): boolean {
  return x >= end * (1 - 1e-14);
}

/** What a format holds besides embedding and pair functions: a density for each pair of elements; one an element; that, and angular terms. */
export type SetflKind = 'eam/fs' | 'eam/alloy' | 'adp';

/**
 * Text of a setfl file. Line 1 is the one from which LAMMPS reads DATE and UNITS.
 * @throws InputError when a value is not finite, or the format cannot hold what the potential has
 */
export function setflText(model: ExportModel, kind: SetflKind, grid: TableGrid, values: TableValues, note: string): string {
  const elements = headerElements(model);
  checkHolds(kind, values, elements);
  const { cutoff } = model.potential;
  const contributor = oneLine(model.contributor ?? 'eqpot');
  const lines = [
    `# DATE: ${oneLine(model.date)} UNITS: metal CONTRIBUTOR: ${contributor} CITATION: ${oneLine(model.citation)}`,
    `# ${oneLine(model.title)}`,
    `# ${oneLine(note)}`,
    [elements.length, ...elements.map(({ symbol }) => symbol)].join(' '),
    [grid.nrho, grid.drho, grid.nr, grid.dr, cutoff].join(' '),
  ];
  for (const [b, element] of elements.entries()) {
    lines.push(`${element.z} ${element.mass} ${element.a0} ${element.lattice}`);
    push(lines, values.embedding[b]!, grid.drho, (rho) => `the embedding energy of ${element.symbol} at density ${rho}`);
    const sites = kind === 'eam/fs' ? elements.map((_, a) => a) : [b];
    for (const a of sites)
      push(lines, values.density[b]![a]!, grid.dr, (r) => `the density of ${element.symbol} at ${elements[a]!.symbol}, ${r} Å away,`);
  }
  const pairs = elements.flatMap(({ symbol }, a) => elements.slice(0, a + 1).map((other) => `${symbol} and ${other.symbol}`));
  const ofPairs = (tables: readonly Float64Array[], what: string) => {
    for (const [k, pair] of pairs.entries()) push(lines, tables[k]!, grid.dr, (r) => `${what} of ${pair} at ${r} Å`);
  };
  ofPairs(values.pair, 'r times the pair energy');
  if (values.angular) {
    ofPairs(values.angular.dipole, 'the dipole function');
    ofPairs(values.angular.quadrupole, 'the quadrupole function');
  }
  return `${lines.join('\n')}\n`;
}

/** @throws InputError for angular terms outside of adp, and for densities that depend on the site outside of eam/fs */
function checkHolds(kind: SetflKind, { density, angular }: TableValues, elements: readonly Element[]): void {
  if (angular && kind !== 'adp')
    throw new InputError(`the potential has dipole and quadrupole terms, which ${kind} cannot hold`, {}, { hint: 'export it as adp' });
  if (!angular && kind === 'adp')
    throw new InputError('the potential has no dipole and quadrupole terms', {}, { hint: 'export it as eam/fs' });
  if (kind === 'eam/fs') return;
  for (const [b, rows] of density.entries())
    for (const [a, row] of rows.entries())
      if (row !== rows[b] && row.some((value, i) => value !== rows[b]![i]))
        throw new InputError(
          `the density of ${elements[b]!.symbol} differs between the sites of ${elements[a]!.symbol} and ${elements[b]!.symbol}, which ${kind} cannot hold`,
          {},
          kind === 'adp' ? {} : { hint: 'export it as eam/fs' },
        );
}

/** Values on a line: LAMMPS wants each function to end with a line's end, and reads few long lines fastest. */
const PER_LINE = 5;

function push(lines: string[], values: Float64Array, step: number, what: (x: number) => string): void {
  for (let i = 0; i < values.length; i += PER_LINE) {
    let line = '';
    for (let j = i; j < Math.min(i + PER_LINE, values.length); j++)
      line += (j > i ? ' ' : '') + digits(values[j]!, () => what(Number((j * step).toPrecision(6))));
    lines.push(line);
  }
}
