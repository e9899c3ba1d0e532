import type { PropertyContext } from './context.js';

/** What single atoms and the set-up of a potential tell. */
export interface FreeAtoms {
  /** energy of one atom on its own by element, eV */
  energies: Readonly<Record<string, number>>;
  /** distance up to which atoms interact, Å */
  cutoff: number;
}

/** Skin of the neighbour list in the templates, Å. */
const SKIN = 0.3;

/** @throws EngineError when LAMMPS fails, or its log does not tell the cutoff */
export async function freeAtoms(context: PropertyContext): Promise<FreeAtoms> {
  const { elements } = context.potential;
  const run = await context.lammps({ template: 'in.atoms' });
  const rows = run.rows('atom');
  if (rows.length !== elements.length) throw run.error(`LAMMPS gave the energy of ${rows.length} of ${elements.length} free atoms`);
  const cutoff = Number(run.log.match(/master list distance cutoff = (\S+)/)?.[1]) - SKIN;
  if (!(cutoff > 0)) throw run.error('the log of LAMMPS does not tell the cutoff of the potential');
  return { energies: Object.fromEntries(elements.map((symbol, k) => [symbol, rows[k]![1]!])), cutoff };
}
