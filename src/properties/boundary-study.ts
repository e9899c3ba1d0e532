import type { PropertyContext } from './context.js';
import type { Boundary } from './crystal/bicrystal.js';
import { Block, type RelaxedAtoms, readAtoms, writeAtoms } from './crystal/boundary-block.js';
import { type BoundaryStart, boundaryStarts, type Joint } from './crystal/boundary-starts.js';
import type { LammpsRun } from './property.js';
import { LARGEST_FORCE, type RelaxedCrystal } from './relaxed-crystal.js';
import { MJ_PER_M2_PER_EV_PER_ANGSTROM2 } from './units.js';

/** Thickness of the rigid ends, Å. */
const RIGID = 6;
/** Å, along the shorter and across; the structures of a boundary differ by more. */
const GRID = [0.65, 1.3] as const;
/**
 * Joints where each layer has one atom: shifts stand for deleted atoms there, as a layer less is a shift. Little displacements let
 * a start leave its symmetry.
 */
const JOINTS: readonly Joint[] = [
  { contact: 0.85, overlap: 0, rattle: 0.03 },
  { contact: 0.5, overlap: 0.7, rattle: 0.03 },
];
/** Joints where a layer has several atoms, of which some may be missing. */
const LARGE_CELL_JOINTS: readonly Joint[] = [
  { contact: 0.85, overlap: 0, rattle: 0.03 },
  ...[0.6, 0.65, 0.7, 0.75, 0.8, 0.85, 0.9].map((overlap) => ({ overlap, rattle: 0.15 })),
];
/** When relaxations end: those of the search early. */
const SEARCH = { force: 0.01, steps: 80 };
/** eV/Å, and steps of LAMMPS. */
export const ROUGH = { force: 5e-3, steps: 300 };
export const FINAL = { force: 1e-3, steps: 2000 };
/** How many of the lowest energies of the search are relaxed to the end, how far apart they are and reach at most, mJ/m². */
const KEPT = { count: 8, apart: 0.5, window: 120 };

/** One relaxed structure of a boundary. */
export interface FoundBoundary {
  block: Block;
  /** mJ/m² */
  energy: number;
  /** volume that the boundary has more than the crystal, by its area, Å */
  opening: number;
  /** eV/Å */
  force: number;
  relaxed: RelaxedAtoms;
}

/** A start from the joined grains, or from a file. */
type Start = BoundaryStart & { from?: string };

/** The runs of one boundary. */
export class BoundaryStudy {
  private readonly typeOf: (species: string) => number;
  /** energy (eV) and lift of the upper end (Å) of blocks without a boundary, by their cut */
  private readonly reference = new Map<number, { energy: number; lift: number }>();

  constructor(
    private readonly context: PropertyContext,
    private readonly crystal: RelaxedCrystal,
    private readonly boundary: Boundary,
    private readonly name: string,
  ) {
    this.typeOf = (species) => context.potential.elements.indexOf(species) + 1;
  }

  /**
   * Relaxes from many shifts of the grains, not quite to the end. The energies hold those of the rigid ends.
   * @param nearest nearest distance in the crystal, Å
   * @param thickness of the grains between boundary and rigid ends, Å
   */
  async search(nearest: number, thickness: number): Promise<{ run: LammpsRun; found: FoundBoundary[]; starts: number }> {
    const { boundary } = this;
    const joints = boundary.area > 1.5 * boundary.lower.area ? LARGE_CELL_JOINTS : JOINTS;
    const searches = boundary.lower.cuts.map(async (_, cut) => {
      const block = new Block(boundary, thickness + RIGID, cut);
      const starts = boundaryStarts(boundary, block.lower, block.upper, GRID, nearest, joints);
      const window = (KEPT.window / MJ_PER_M2_PER_EV_PER_ANGSTROM2) * boundary.area;
      const run = await this.run(block, starts, {}, { ...SEARCH, window, seed: this.context.settings.seed });
      const found: FoundBoundary[] = [];
      for (const each of this.found(run, block))
        if (found.length < KEPT.count && (found.length === 0 || each.energy - found.at(-1)!.energy > KEPT.apart)) found.push(each);
      return { run, starts: starts.length, found };
    });
    const all = await Promise.all(searches);
    return { run: all[0]!.run, found: all.flatMap(({ found }) => found), starts: all.reduce((sum, { starts }) => sum + starts, 0) };
  }

  /** Relaxes them on in thicker blocks; the lowest first, without those that do not come near to rest. */
  async relax(
    found: readonly FoundBoundary[],
    thickness: number,
    settings: typeof FINAL,
  ): Promise<{ run: LammpsRun; found: FoundBoundary[] }> {
    const cuts = [...new Set(found.map(({ block }) => block.cut))];
    const all = await Promise.all(
      cuts.map(async (cut) => {
        const block = new Block(this.boundary, thickness + RIGID, cut);
        const longer = found.filter((each) => each.block.cut === cut).map((each) => block.extended(each.block, each.relaxed, this.typeOf));
        // the rigid ends with their surfaces have an energy of their own, that of blocks without a boundary; where a crystal can be
        // cut at several heights, that of one grain may be another one than that of the other
        const grains = this.boundary.lower.cuts.length > 1 ? (['lower', 'upper'] as const) : (['lower'] as const);
        const perfect = this.reference.has(cut) ? [] : grains.map((grain) => block.perfect(grain, this.typeOf));
        const atoms = [...perfect, ...longer];
        const files = Object.fromEntries(atoms.map((each, k) => [`from-${k + 1}.dump`, writeAtoms(each)]));
        const run = await this.run(block, still(Object.keys(files)), files, settings);
        if (perfect.length > 0) {
          const lift = (k: number) => block.translation(readAtoms(run.files[`start-${k + 1}.dump`] ?? ''))[2];
          const energies = run.rows('start').map(([, , excess]) => excess!);
          const mean = (get: (k: number) => number) => perfect.reduce((sum, _, k) => sum + get(k), 0) / perfect.length;
          this.reference.set(cut, { energy: mean((k) => energies[k]!), lift: mean(lift) });
        }
        const relaxed = this.found(run, block).filter(({ start }) => start > perfect.length);
        return { run, found: relaxed.filter(({ force }) => force <= LARGEST_FORCE) };
      }),
    );
    return { run: all[0]!.run, found: all.flatMap((one) => one.found).sort((p, q) => p.energy - q.energy) };
  }

  private run(
    block: Block,
    starts: readonly Start[],
    files: Readonly<Record<string, string>>,
    settings: Readonly<Record<string, number>>,
  ): Promise<LammpsRun> {
    const data = `${this.name}.data`;
    return this.context.lammps({
      template: 'in.grain-boundary',
      structures: { [data]: block.structure },
      files,
      variables: {
        data,
        lower: block.lower.species.length,
        rigid: RIGID,
        bulk: this.crystal.energy,
        from: starts.map(({ from }) => from ?? 'joined.dump'),
        shift: starts.map(({ shift }) => shift.join(' ')),
        overlap: starts.map(({ overlap }) => String(overlap)),
        rattle: starts.map(({ rattle }) => String(rattle)),
        ...settings,
      },
    });
  }

  /** What a run has found, less the rigid ends where they are known; the lowest first. */
  private found(run: LammpsRun, block: Block): (FoundBoundary & { start: number })[] {
    const { area, lower } = this.boundary;
    const reference = this.reference.get(block.cut) ?? { energy: 0, lift: 0 };
    const perAtom = (lower.spacing * lower.area) / lower.atoms.length / area;
    const found = run.rows('start').flatMap(([start, atoms, excess, force]) => {
      const dump = run.files[`start-${start}.dump`];
      if (dump === undefined) return [];
      const relaxed = readAtoms(dump);
      const deleted = block.structure.species.length - atoms!;
      return {
        start: start!,
        block,
        energy: ((excess! - reference.energy) / area) * MJ_PER_M2_PER_EV_PER_ANGSTROM2,
        opening: block.translation(relaxed)[2] - reference.lift + deleted * perAtom,
        force: force!,
        relaxed,
      };
    });
    return found.sort((p, q) => p.energy - q.energy);
  }
}

/** Starts from files, nothing moved. */
function still(files: readonly string[]): Start[] {
  return files.map((from) => ({ from, shift: [0, 0, 0], overlap: 0, rattle: 0 }));
}
