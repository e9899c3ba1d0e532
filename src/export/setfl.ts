import type { EamPotential, ScalarFunction } from '../potentials/eam.js';
import type { TableGrid, TableValues } from '../potentials/tables.js';
import { digits, type ExportModel, headerElements, oneLine } from './exportable.js';

/** The functions of a potential on a grid; at the cutoff and beyond, pair and density are zero. */
export function tabulate(potential: EamPotential, grid: TableGrid): TableValues {
  const indices = potential.elements.map((_, k) => k);
  const { cutoff } = potential;
  return {
    embedding: indices.map((a) => sample(potential.embedding(a), grid.nrho, grid.drho)),
    density: indices.map((b) => indices.map((a) => sample(potential.density(a, b), grid.nr, grid.dr, cutoff))),
    pair: indices.flatMap((a) => indices.slice(0, a + 1).map((b) => samplePair(potential.pair(a, b), grid, cutoff))),
  };
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

/** Which densities a format holds: one for each pair of elements, or one an element. */
export type SetflKind = 'eam/fs' | 'eam/alloy';

/**
 * Text of a setfl file. Line 1 is the one from which LAMMPS reads DATE and UNITS.
 * @throws InputError when a value is not finite
 */
export function setflText(model: ExportModel, kind: SetflKind, grid: TableGrid, values: TableValues, note: string): string {
  const elements = headerElements(model);
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
  let k = 0;
  for (let a = 0; a < elements.length; a++)
    for (let b = 0; b <= a; b++)
      push(
        lines,
        values.pair[k++]!,
        grid.dr,
        (r) => `r times the pair energy of ${elements[a]!.symbol} and ${elements[b]!.symbol} at ${r} Å`,
      );
  return `${lines.join('\n')}\n`;
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
