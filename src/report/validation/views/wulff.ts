import { cubicPlanes, type WulffFacet, wulffShape } from '../../../structures/wulff.js';
import { type Markup, markup } from '../../markup.js';
import { significant } from '../../numbers.js';
import { note } from '../../section.js';
import { n2 } from '../../svg/coordinates.js';
import { renderTable } from '../../table.js';
import type { Validation } from '../validation.js';

type Vector = readonly [number, number, number];

/** Crystals whose surfaces {hkl} are all equal by the symmetry of the cube. */
const CUBIC = ['fcc', 'bcc', 'sc', 'diamond'];
/** Least number of surfaces that a shape is made of. */
const FEW = 3;
/** Direction from which the shapes are looked at. */
const EYE: Vector = [2.6, 1.1, 1.5];
/** Facets with a colour of their own; smaller ones are grey. */
const COLOURS = 6;

interface Shape {
  name: string;
  facets: WulffFacet[];
}

/** Equilibrium shapes of crystals by the surface energies, with the share of each facet; undefined where there are too few. */
export function wulffShapes(validation: Validation): Markup | undefined {
  if (!CUBIC.includes(validation.system.kind)) return undefined;
  const computed = Object.entries(validation.potentials).map(([name, verdicts]) => ({
    name,
    energies: Object.entries(verdicts).flatMap(([value, { value: energy }]) => (energy === null ? [] : [[value, energy] as const])),
  }));
  const given = Object.entries(validation.reference?.values ?? {}).map(([value, one]) => [value, one.value] as const);
  const shapes = [...computed, { name: 'reference', energies: given }].flatMap(({ name, energies }): Shape[] => {
    const surfaces = energies.flatMap(([value, energy]) => {
      const family = /^surface_(\d{3})$/.exec(value)?.[1];
      return family ? [{ family, energy }] : [];
    });
    if (surfaces.length < FEW) return [];
    const planes = surfaces.flatMap(({ family, energy }) =>
      cubicPlanes([...family].map(Number) as [number, number, number]).map((normal) => ({ normal, energy, family })),
    );
    const facets = wulffShape(planes);
    return facets.length > 0 ? [{ name, facets }] : [];
  });
  if (shapes.length === 0) return undefined;
  const families = largestFirst(shapes);
  return markup`<h3>Wulff shapes</h3><div class="solids">${shapes.map(({ name, facets }) => solid(name, facets, families))}</div>
${renderTable({
  caption: 'Share of each facet in the surface of the shape, %',
  columns: [{ head: 'facet', tight: true }, ...shapes.map(({ name }) => ({ head: name, align: 'right' as const }))],
  rows: families.map((family, k) => [
    markup`<span class="swatch ${colourOf(k)}"></span>{${family}}`,
    ...shapes.map(({ facets }) => {
      const share = sharesOf(facets).get(family);
      return share === undefined ? '' : significant(100 * share, 3);
    }),
  ]),
})}
${shapes.some(({ name }) => name === 'reference') && note('The shape of the reference is made of the surfaces that the reference file has, those of the potentials of all that were computed.')}`;
}

function colourOf(k: number): string {
  return k < COLOURS ? `s${k}` : 'rest';
}

/** Facets by their largest share. */
function largestFirst(shapes: readonly Shape[]): string[] {
  const most = new Map<string, number>();
  for (const { facets } of shapes) for (const [family, share] of sharesOf(facets)) most.set(family, Math.max(share, most.get(family) ?? 0));
  return [...most].sort((a, b) => b[1] - a[1]).map(([family]) => family);
}

function sharesOf(facets: readonly WulffFacet[]): Map<string, number> {
  const whole = facets.reduce((sum, { area }) => sum + area, 0);
  const shares = new Map<string, number>();
  for (const { family, area } of facets) shares.set(family, (shares.get(family) ?? 0) + area / whole);
  return shares;
}

/** A convex solid as seen from EYE: the facets that face the eye do not hide each other. */
function solid(name: string, facets: readonly WulffFacet[], families: readonly string[]): Markup {
  const eye = unit(EYE);
  const right = unit([-eye[1], eye[0], 0]);
  const up: Vector = [eye[1] * right[2] - eye[2] * right[1], eye[2] * right[0] - eye[0] * right[2], eye[0] * right[1] - eye[1] * right[0]];
  const size = Math.max(...facets.flatMap(({ corners }) => corners.map((corner) => Math.hypot(...corner))));
  const shown = facets.filter(({ normal }) => dot(normal, eye) > 1e-6);
  return markup`<figure><svg class="solid" viewBox="-1.04 -1.04 2.08 2.08" role="img" aria-label="Wulff shape of ${name}">${shown.map(
    ({ family, normal, corners }) => {
      const path = corners.map((corner) => `${round(dot(corner, right) / size)} ${round(-dot(corner, up) / size)}`).join('L');
      return markup`<path class="${colourOf(families.indexOf(family))}" fill-opacity="${n2(0.3 + 0.6 * dot(normal, eye))}" d="M${path}z"><title>{${family}}</title></path>`;
    },
  )}</svg><figcaption>${name}</figcaption></figure>
`;
}

function round(value: number): number {
  return Math.round(value * 1e4) / 1e4;
}

function dot(a: Vector, b: Vector): number {
  return a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
}

function unit(a: Vector): Vector {
  const length = Math.hypot(...a);
  return [a[0] / length, a[1] / length, a[2] / length];
}
