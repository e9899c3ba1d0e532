import { RandomStream } from '../../../src/math/random.js';
import { builtinModel } from '../../../src/potentials/builtin.js';
import { EquationPotential } from '../../../src/potentials/equation-potential.js';
import { evaluateEam } from '../../../src/potentials/evaluate-eam.js';
import { splined } from '../../../src/potentials/splined.js';
import { cubic } from '../../../src/structures/lattices.js';
import { type Frame, fractionalPositions, multiplyRows, repeat, type Structure } from '../../../src/structures/structure.js';

/** Sutton-Chen copper, cut off early: analytic labels for made-up data sets. */
const potential = splined(
  new EquationPotential({ ...builtinModel('sutton-chen-cu', { cutoff: 5.5 }), cutoffStyle: 'quintic', taperWidth: 2 }),
);

/** Lattice constant near the minimum, Å. */
export const A0 = 3.62;

/** The strained cell of `structure`: rows times (1 + strain), strain (3, 3) row-major. Fractional coordinates stay. */
export function strained(structure: Structure, strain: readonly number[]): Structure {
  const f = Float64Array.from(strain, (e, k) => e + (k % 4 === 0 ? 1 : 0));
  return { ...structure, cell: multiplyRows(structure.cell, f), positions: multiplyRows(structure.positions, f) };
}

export function displaced(structure: Structure, size: number, random: RandomStream): Structure {
  return { ...structure, positions: structure.positions.map((x) => x + size * random.normal()) };
}

/** n x n x n conventional cells of fcc copper. */
export function crystal(n = 2, a = A0): Structure {
  return repeat(cubic('fcc', 'Cu', a), [n, n, n]);
}

/** A frame with labels computed for `labelled` (the structure itself by default). */
export function frame(structure: Structure, extra: Partial<Frame> = {}, labelled: Structure = structure): Frame {
  const { energy, forces, stress } = evaluateEam(potential, labelled);
  return {
    ...structure,
    energy: energy - 0.5 * structure.species.length,
    forces,
    ...(stress && { stress }),
    configType: 'bulk',
    source: '',
    origin: { file: 'copper.extxyz', index: 0, line: 1 },
    ...extra,
  };
}

/** Coordinates of the fractional ones of `frame` in another cell: what a careless script leaves behind. Labels stay. */
export function misplaced(frame: Frame, cell: Float64Array): Frame {
  return { ...frame, positions: multiplyRows(fractionalPositions(frame), cell) };
}

/** Sound frames: strained crystals, thermal displacements, vacancies. */
export function soundFrames(seed = 1): Frame[] {
  const random = RandomStream.fromSeed(seed);
  const frames: Frame[] = [];
  const base = crystal();
  for (let k = -5; k <= 5; k++) frames.push(frame(strained(base, [0.01 * k, 0, 0, 0, 0.01 * k, 0, 0, 0, 0.01 * k])));
  for (let k = -3; k <= 3; k++) if (k !== 0) frames.push(frame(strained(base, [0.012 * k, 0, 0, 0, 0, 0, 0, 0, 0])));
  for (let k = 1; k <= 4; k++) frames.push(frame(strained(base, [0, 0.01 * k, 0, 0.01 * k, 0, 0, 0, 0, 0])));
  for (let k = 0; k < 16; k++)
    frames.push(
      frame(displaced(strained(base, [0.01 * random.normal(), 0, 0, 0, 0, 0, 0, 0, 0]), 0.06 + 0.01 * k, random), {
        configType: 'thermal',
      }),
    );
  for (let k = 0; k < 6; k++) {
    const whole = displaced(base, 0.05, random);
    const vacancy = { ...whole, species: whole.species.slice(1), positions: whole.positions.slice(3) };
    frames.push(frame(vacancy, { configType: 'vacancy' }));
  }
  return numbered(frames);
}

/** Gives the frames their places in a file. */
export function numbered(frames: readonly Frame[], file = 'copper.extxyz'): Frame[] {
  return frames.map((f, index) => ({ ...f, source: f.source || `frame-${index}`, origin: { file, index, line: 1 + 34 * index } }));
}
