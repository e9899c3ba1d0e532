import { attempt, sorted } from './attempt.js';
import { BoundaryStudy, FINAL, type FoundBoundary, ROUGH } from './boundary-study.js';
import type { PropertyContext } from './context.js';
import { type Boundary, boundaryOf } from './crystal/bicrystal.js';
import { boundaryOfName, type NamedBoundary, USUAL } from './crystal/grain-boundary-names.js';
import { askedFor, type Property, type PropertySettings, type PropertyValue, type ValueInfo } from './property.js';
import { LARGEST_FORCE, type RelaxedCrystal } from './relaxed-crystal.js';
import type { System } from './system.js';

/** Thickness of each grain between boundary and rigid end, Å: of the search, and as long as the energy still changes. */
const THICKNESSES = [12, 22, 34, 54] as const;
/** How many structures are followed from one to the next. */
const FOLLOWED = 2;
/** Largest change from one to the next, as a share, and mJ/m². */
const LARGEST_CHANGE = { share: 0.005, energy: 1 };

const NEAREST = { fcc: Math.SQRT1_2, bcc: Math.sqrt(3) / 2, diamond: Math.sqrt(3) / 4 };
type Cubic = keyof typeof NEAREST;

const ID = 'grain_boundaries';

function kindOf({ kind }: System): Cubic | undefined {
  return kind in NEAREST ? (kind as Cubic) : undefined;
}

function boundariesFor(system: System, settings: PropertySettings): NamedBoundary[] {
  const kind = kindOf(system);
  if (kind === undefined) return [];
  return askedFor(settings, USUAL[kind], boundaryOfName, [ID]);
}

const info = ({ name, sigma, type, plane, rotation: { axis, angle } }: NamedBoundary): ValueInfo => ({
  name,
  unit: 'mJ/m²',
  description: `energy of the Σ${sigma} ${type} boundary on (${plane.join(' ')}), ${angle.toFixed(2)}° about [${axis.join(' ')}]`,
});

/** Energies of relaxed symmetric grain boundaries of cubic crystals, the lowest of many shifts of the grains. */
export const grainBoundaries = grainBoundariesOf(boundariesFor);

/** The same with another choice of boundaries. */
export function grainBoundariesOf(choose: (system: System, settings: PropertySettings) => readonly NamedBoundary[]): Property {
  return {
    id: ID,
    title: 'Grain boundaries',
    cost: 'half a minute for the 24 of an fcc crystal; 2 s for each with embedded LAMMPS',
    templates: ['in.grain-boundary'],
    values: (system, settings) => choose(system, settings).map(info),
    knows: (name) => boundaryOfName(name) !== undefined,
    applies: (system) =>
      kindOf(system) === undefined ? 'coincidence boundaries are made of fcc, bcc and diamond crystals of one element' : undefined,
    async run(context) {
      const crystal = await context.lattice();
      const boundaries = choose(context.system, context.settings);
      return sorted(await Promise.all(boundaries.map((each) => attempt(info(each), () => energy(context, crystal, each)))));
    },
  };
}

/** The lowest energy of a boundary. */
async function energy(context: PropertyContext, crystal: RelaxedCrystal, named: NamedBoundary): Promise<PropertyValue> {
  const boundary = boundaryOf(crystal.structure, named.plane, named.rotation);
  const study = new BoundaryStudy(context, crystal, boundary, named.name);
  let { run, found, starts } = await study.search(NEAREST[kindOf(context.system)!] * crystal.a, THICKNESSES[0]);
  if (found.length === 0) throw run.error('the grains fell into each other, whatever the shift');
  let previous: number | undefined;
  for (const [k, thickness] of THICKNESSES.slice(1).entries()) {
    ({ run, found } = await study.relax(found, thickness, k === 0 ? ROUGH : FINAL));
    const [best, ...others] = found;
    if (!best) throw run.error(`the atoms did not relax, a force of more than ${LARGEST_FORCE} eV/Å is left`);
    const change = best.energy - (previous ?? Number.POSITIVE_INFINITY);
    if (Math.abs(change) <= Math.max(LARGEST_CHANGE.energy, LARGEST_CHANGE.share * best.energy))
      return { name: named.name, unit: 'mJ/m²', value: best.energy, detail: detail(named, boundary, best, thickness, change, starts) };
    previous = best.energy;
    found = [best, ...others].slice(0, FOLLOWED);
  }
  throw run.error(
    `the energy is not converged with the thickness of the grains: ${previous!.toFixed(1)} mJ/m² with ${THICKNESSES.at(-1)} Å, which is still another one than before`,
  );
}

function detail(
  { sigma, type, plane, rotation }: NamedBoundary,
  boundary: Boundary,
  { opening, relaxed }: FoundBoundary,
  thickness: number,
  change: number,
  starts: number,
): PropertyValue['detail'] {
  return {
    type,
    sigma,
    plane: [...plane],
    axis: [...rotation.axis],
    angle_degrees: rotation.angle,
    excess_volume_angstrom: opening,
    change_to_thinner_grains_mj_per_m2: change,
    thickness_of_grains_angstrom: thickness,
    area_angstrom2: boundary.area,
    atoms: relaxed.ids.length,
    starts,
  };
}
