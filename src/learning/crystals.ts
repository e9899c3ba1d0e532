import { InputError } from '../errors.js';
import type { RandomStream } from '../math/random.js';
import { primitiveCell } from '../properties/crystal/primitive.js';
import { PROTOTYPES } from '../properties/crystal/prototypes.js';
import { cross, norm, row } from '../properties/crystal/vectors.js';
import { determinant, multiplyRows, repeat, type Structure, volume } from '../structures/structure.js';
import type { Alloy } from './alloy.js';

/** Names of the crystals that structures can be made from. */
export const PHASES: readonly string[] = PROTOTYPES.map(({ name }) => name);

/** Nearest distance of 1 in the close-packed crystals. */
const CLOSE_PACKED_VOLUME = Math.SQRT1_2;

/**
 * The conventional cell of a crystal. Open crystals have shorter bonds than close-packed ones and more room: the nearest distance is
 * half way, in its logarithm, between that of the close-packed crystal and that with its volume.
 * @param nearest nearest distance of the close-packed crystal, Å
 */
export function conventionalCell(phase: string, element: string, nearest: number): Structure {
  const prototype = PROTOTYPES.find(({ name }) => name === phase);
  if (!prototype) throw new InputError(`there is no crystal called "${phase}"`, {}, { hint: `known are ${PHASES.join(', ')}` });
  const unit = prototype.cell(element, 1);
  const shrink = Math.sqrt(Math.cbrt(CLOSE_PACKED_VOLUME / (volume(unit.cell) / unit.species.length)));
  return prototype.cell(element, nearest * Math.min(1, shrink));
}

/**
 * A crystal of exactly so many atoms in as wide a cell as whole cells, conventional or primitive, can form.
 * @returns undefined where no number of cells has that many atoms
 */
export function crystalOfSize(conventional: Structure, atoms: number): Structure | undefined {
  let best: { structure: Structure; width: number } | undefined;
  for (const base of [conventional, primitiveCell(conventional)]) {
    const count = atoms / base.species.length;
    if (!Number.isInteger(count)) continue;
    for (let a = 1; a <= count; a++) {
      if (count % a !== 0) continue;
      for (let b = 1; b <= count / a; b++) {
        if ((count / a) % b !== 0) continue;
        const structure = repeat(base, [a, b, count / a / b]);
        const width = leastWidth(structure.cell);
        if (!best || width > best.width * (1 + 1e-9)) best = { structure, width };
      }
    }
  }
  return best?.structure;
}

/** Shortest distance of two opposite faces, Å. */
function leastWidth(cell: Float64Array): number {
  const v = volume(cell);
  return Math.min(...[0, 1, 2].map((d) => v / norm(cross(row(cell, (d + 1) % 3), row(cell, (d + 2) % 3)))));
}

/**
 * A crystal of so many atoms of the first element of an alloy, see `crystalOfSize`.
 * @returns undefined where no number of cells has that many atoms
 */
export function crystalOf(phase: string, { elements, nearest }: Alloy, atoms: number): Structure | undefined {
  return crystalOfSize(conventionalCell(phase, elements[0]!, nearest[0]!), atoms);
}

/**
 * A crystal in another cell: every component of a traceless symmetric strain even within ±`strain`, the volume even within a range.
 * @param range of the volume, in units of the crystal's
 */
export function randomStrain(crystal: Structure, strain: number, range: readonly [number, number], random: RandomStream): Structure {
  const [xx, yy, zz, yz, xz, xy] = Array.from({ length: 6 }, () => random.range(-strain, strain)) as [
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  const mean = (xx + yy + zz) / 3;
  const stretch = Float64Array.of(1 + xx - mean, xy, xz, xy, 1 + yy - mean, yz, xz, yz, 1 + zz - mean);
  const size = Math.cbrt(random.range(...range) / determinant(stretch));
  const deformation = stretch.map((x) => x * size);
  return { ...crystal, cell: multiplyRows(crystal.cell, deformation), positions: multiplyRows(crystal.positions, deformation) };
}
