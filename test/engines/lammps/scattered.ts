import type { RandomStream } from '../../../src/math/random.js';
import { determinant, type Frame, type Structure } from '../../../src/structures/structure.js';

/** Atoms at least `apart` Å from each other in a cell of any shape, some of them far outside of it. */
export function scattered(
  elements: readonly string[],
  pbc: [boolean, boolean, boolean],
  n: number,
  apart: number,
  random: RandomStream,
): Structure {
  let cell: Float64Array;
  do cell = Float64Array.from({ length: 9 }, () => random.range(-7, 7));
  while (Math.abs(determinant(cell)) < 150);
  const positions: number[] = [];
  while (positions.length < 3 * n) {
    const point = [random.range(-9, 9), random.range(-9, 9), random.range(-9, 9)];
    let free = true;
    for (let i = 0; i < positions.length; i += 3)
      for (let u = -1; u <= 1; u++)
        for (let v = -1; v <= 1; v++)
          for (let w = -1; w <= 1; w++) {
            const shift = [u, v, w].map((x, d) => (pbc[d] ? x : 0));
            let square = 0;
            for (let d = 0; d < 3; d++)
              square += (positions[i + d]! - point[d]! + shift[0]! * cell[d]! + shift[1]! * cell[3 + d]! + shift[2]! * cell[6 + d]!) ** 2;
            free &&= square > apart * apart;
          }
    if (free) positions.push(...point);
  }
  return {
    cell,
    pbc,
    species: Array.from({ length: n }, () => elements[random.integer(elements.length)]!),
    positions: Float64Array.from(positions),
  };
}

/** The structure as a frame of a data set. */
export function frameOf(structure: Structure, energy: number, index: number): Frame {
  return { ...structure, energy, configType: 'default', source: '', origin: { file: 'data.extxyz', index } };
}
