import type { RandomStream } from '../math/random.js';
import type { Structure } from '../structures/structure.js';

/** What structures are made of: elements, and the nearest distance that each has in a close-packed crystal, Å. */
export interface Alloy {
  /** chemical symbols */
  elements: readonly string[];
  /** in the order of the elements */
  nearest: readonly number[];
}

/**
 * The species of some atoms, in random order: every division of the atoms among the elements, pure ones included, is about as likely.
 * One element draws no random numbers.
 */
export function drawSpecies({ elements }: Alloy, atoms: number, random: RandomStream): string[] {
  if (elements.length === 1) return new Array<string>(atoms).fill(elements[0]!);
  // the cuts of a row of atoms between one element and the next
  const cuts = [...elements.slice(1).map(() => random.integer(atoms + 1)), atoms].sort((a, b) => a - b);
  return shuffled(
    elements.flatMap((symbol, e) => new Array<string>(cuts[e]! - (cuts[e - 1] ?? 0)).fill(symbol)),
    random,
  );
}

/** The same species in another order; one element draws no random numbers. */
export function shuffled(species: readonly string[], random: RandomStream): string[] {
  const out = [...species];
  if (out.every((symbol) => symbol === out[0])) return out;
  for (let k = out.length - 1; k > 0; k--) {
    const other = random.integer(k + 1);
    [out[k], out[other]] = [out[other]!, out[k]!];
  }
  return out;
}

/** Nearest distance in a close-packed crystal of these atoms, Å: the mean over them. */
export function nearestDistance({ elements, nearest }: Alloy, species: readonly string[]): number {
  if (elements.length === 1) return nearest[0]!;
  return species.reduce((sum, symbol) => sum + nearest[elements.indexOf(symbol)]!, 0) / species.length;
}

/** A crystal with these atoms on its places, its lengths scaled as the nearest distance changes. */
export function decorated(crystal: Structure, alloy: Alloy, species: readonly string[]): Structure {
  if (alloy.elements.length === 1) return crystal;
  const stretch = nearestDistance(alloy, species) / nearestDistance(alloy, crystal.species);
  return {
    ...crystal,
    species: [...species],
    cell: crystal.cell.map((x) => x * stretch),
    positions: crystal.positions.map((x) => x * stretch),
  };
}

/** The same with random atoms, see `drawSpecies`. */
export function randomlyDecorated(crystal: Structure, alloy: Alloy, random: RandomStream): Structure {
  return decorated(crystal, alloy, drawSpecies(alloy, crystal.species.length, random));
}
