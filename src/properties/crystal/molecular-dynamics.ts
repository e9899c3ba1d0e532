import { elementOf } from '../../structures/elements.js';
import type { Structure } from '../../structures/structure.js';
import { norm, row } from './vectors.js';

/** Copies along the lattice vectors that make a nearly cubic piece of about this many atoms. */
export function copies({ cell, species }: Structure, atoms: number): [number, number, number] {
  const lengths = [0, 1, 2].map((d) => norm(row(cell, d)));
  const edge = Math.cbrt((atoms / species.length) * lengths.reduce((a, b) => a * b));
  return lengths.map((length) => Math.max(1, Math.round(edge / length))) as [number, number, number];
}

/** A time step that keeps the energy of a hot crystal: 2 fs for copper, less for lighter atoms; ps. */
export function timestepFor({ species }: Structure): number {
  const lightest = Math.min(...species.map((symbol) => elementOf(symbol).mass));
  return Number((0.002 * Math.min(1.5, Math.sqrt(lightest / 63.546))).toPrecision(2));
}
