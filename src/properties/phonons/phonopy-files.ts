import { EngineError } from '../../errors.js';
import { elementOf } from '../../structures/elements.js';
import { repeat, type Structure } from '../../structures/structure.js';
import type { StaticResult } from '../property.js';
import type { BandSegment } from './band-path.js';
import type { ModesAtPoint } from './named-modes.js';

/** A displaced atom of a supercell. */
export interface Displacement {
  /** position in the list of atoms, 0-based */
  atom: number;
  /** Å */
  vector: [number, number, number];
}

/** A supercell with single atoms displaced, one after another. */
export interface DisplacedSupercells {
  counts: readonly [number, number, number];
  perfect: Structure;
  displacements: Displacement[];
  structures: Structure[];
}

/** Points on each piece of the path. */
export const POINTS = 41;

/**
 * All atoms of the primitive cell displaced along ±x, ±y, ±z, each in a supercell. With the full set Phonopy needs no symmetry of the
 * supercell, the search for which takes it minutes for 1000 atoms.
 * @param size of the displacement, Å
 */
export function displaced(primitive: Structure, counts: readonly [number, number, number], size: number): DisplacedSupercells {
  // Phonopy reads POSCAR, where atoms of an element stand together
  const symbols = [...new Set(primitive.species)];
  const order = symbols.flatMap((symbol) => primitive.species.flatMap((each, i) => (each === symbol ? [i] : [])));
  const grouped: Structure = {
    ...primitive,
    species: order.map((i) => primitive.species[i]!),
    positions: Float64Array.from(order.flatMap((i) => [...primitive.positions.subarray(3 * i, 3 * i + 3)])),
  };
  const repeated = repeat(grouped, counts);
  const copies = counts[0] * counts[1] * counts[2];
  const natoms = grouped.species.length;
  // atom i of copy k, all copies of one atom together
  const index = Array.from({ length: natoms }, (_, i) => Array.from({ length: copies }, (_, k) => k * natoms + i)).flat();
  const perfect: Structure = {
    ...repeated,
    species: index.map((i) => repeated.species[i]!),
    positions: Float64Array.from(index.flatMap((i) => [...repeated.positions.subarray(3 * i, 3 * i + 3)])),
  };
  const displacements = grouped.species.flatMap((_, i) =>
    [0, 1, 2].flatMap((d) =>
      [size, -size].map((step): Displacement => {
        const vector: [number, number, number] = [0, 0, 0];
        vector[d] = step;
        return { atom: i * copies, vector };
      }),
    ),
  );
  const structures = displacements.map(({ atom, vector }) => {
    const positions = perfect.positions.slice();
    for (let d = 0; d < 3; d++) positions[3 * atom + d]! += vector[d]!;
    return { ...perfect, positions };
  });
  return { counts, perfect, displacements, structures };
}

/**
 * Input of Phonopy for bands and density of states. The supercell is its unit cell, so the order of atoms is ours.
 * @param mesh numbers of wave vectors along the reciprocal vectors; even ones hold the middle of the zone's faces (X, L, M, ...)
 */
export function phonopyFiles(
  { counts, perfect, displacements }: DisplacedSupercells,
  results: readonly StaticResult[],
  segments: readonly BandSegment[],
  mesh: readonly [number, number, number],
): Record<string, string> {
  const { cell, species, positions } = perfect;
  const lines = (values: ArrayLike<number>) =>
    Array.from({ length: values.length / 3 }, (_, i) => `${values[3 * i]} ${values[3 * i + 1]} ${values[3 * i + 2]}`);
  const copies = counts[0] * counts[1] * counts[2];
  const symbols = [...new Set(species)];
  const of = (symbol: string) => species.filter((each) => each === symbol).length;
  const band = segments
    .map(({ ends: [from, to], broken }, k) => {
      const point = (q: Float64Array) => q.join(' ');
      return `${k === 0 || broken ? `${broken ? ', ' : ''}${point(from)} ` : ''}${point(to)} `;
    })
    .join('');
  return {
    POSCAR: ['eqpot', '1', ...lines(cell), symbols.join(' '), symbols.map(of).join(' '), 'Cartesian', ...lines(positions), ''].join('\n'),
    FORCE_SETS: [
      species.length,
      displacements.length,
      ...displacements.flatMap(({ atom, vector }, k) => ['', atom + 1, vector.join(' '), ...lines(results[k]!.forces)]),
      '',
    ].join('\n'),
    'phonopy.conf': [
      'DIM = 1 1 1',
      `PRIMITIVE_AXES = 1/${counts[0]} 0 0  0 1/${counts[1]} 0  0 0 1/${counts[2]}`,
      // of the atoms of the primitive cell; copies of an atom stand together
      `MASS = ${species
        .filter((_, i) => i % copies === 0)
        .map((symbol) => elementOf(symbol).mass)
        .join(' ')}`,
      'SYMMETRY = .FALSE.',
      'FC_SYMMETRY = .TRUE.',
      `BAND = ${band}`,
      `BAND_POINTS = ${POINTS}`,
      'EIGENVECTORS = .TRUE.',
      `MP = ${mesh.join(' ')}`,
      'GAMMA_CENTER = .TRUE.',
      'WRITE_MESH = .FALSE.',
      'DOS = .TRUE.',
      '',
    ].join('\n'),
  };
}

/** Frequencies and eigenvectors at each point of the path, piece by piece. @throws EngineError when the file is not whole */
export function readBands(text: string | undefined, segments: number, modes: number): ModesAtPoint[][] {
  const points = (text ?? '')
    .split('- q-position:')
    .slice(1)
    .map((block): ModesAtPoint => {
      const parts = block.split(/frequency:/).slice(1);
      return {
        frequencies: parts.map((part) => Number(/^\s*(\S+)/.exec(part)![1])),
        eigenvectors: parts.map((part) =>
          Float64Array.from([...part.matchAll(/\[\s*(\S+),\s*(\S+)\s*\]/g)].flatMap(([, re, im]) => [Number(re), Number(im)])),
        ),
      };
    });
  const whole = points.every(
    ({ frequencies, eigenvectors }) =>
      frequencies.length === modes && frequencies.every(Number.isFinite) && eigenvectors.every((vector) => vector.length === 2 * modes),
  );
  if (points.length !== segments * POINTS || !whole)
    throw new EngineError(
      `Phonopy's band.yaml holds ${points.length} wave vectors in place of ${segments * POINTS} with ${modes} modes and eigenvectors each`,
      (text ?? '').slice(-500),
    );
  return Array.from({ length: segments }, (_, k) => points.slice(k * POINTS, (k + 1) * POINTS));
}

/** Frequencies (THz) and density of states (1/THz, of one primitive cell). @throws EngineError when there is none */
export function readDensityOfStates(text: string | undefined): { frequencies: number[]; density: number[] } {
  const rows = (text ?? '')
    .split('\n')
    .filter((line) => line.trim() !== '' && !line.startsWith('#'))
    .map((line) => line.trim().split(/\s+/).map(Number));
  if (rows.length < 10 || rows.some((row) => row.length < 2 || !row.every(Number.isFinite)))
    throw new EngineError(`Phonopy's total_dos.dat has ${rows.length} lines of numbers`, (text ?? '').slice(-500));
  return { frequencies: rows.map(([f]) => f!), density: rows.map(([, d]) => d!) };
}
