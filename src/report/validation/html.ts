import { type Markup, markup } from '../markup.js';
import { plural } from '../numbers.js';
import { renderPage } from '../page.js';
import { figures, type Section } from '../section.js';
import { detailsSection } from './details.js';
import { failuresSection, skippedSection } from './failures.js';
import { provenanceSection, referenceSection } from './provenance.js';
import { VALIDATION_STYLE } from './style.js';
import { renderSummary } from './summary.js';
import type { Validation } from './validation.js';
import { valuesSection } from './values.js';
import { generalFigures } from './views/general.js';
import { VIEWS } from './views/index.js';

/** So many pictures of a property are shown unasked. */
const OPEN = 6;

/**
 * The report of a validation as one HTML page: all potentials together. It is made of nothing but the content of
 * validation.json, so that it can be made again from it; the same content gives the same text.
 */
export function renderValidation(validation: Validation): string {
  const { system, potentials, lammps, eqpot, date } = validation;
  const names = Object.keys(potentials);
  return renderPage({
    title: `${system.label}: properties of ${names.length === 1 ? names[0] : plural(names.length, 'potential')}`,
    subtitle: `LAMMPS ${lammps.version} (${lammps.kind}) · eqpot ${eqpot} · ${date.slice(0, 16).replace('T', ' ')} UTC`,
    summary: renderSummary(validation),
    sections: sectionsOf(validation),
    style: VALIDATION_STYLE,
  });
}

function sectionsOf(validation: Validation): Section[] {
  const all: (Section | undefined)[] = [
    valuesSection(validation),
    ...validation.properties.map((property) => propertySection(validation, property)),
    failuresSection(validation),
    skippedSection(validation),
    detailsSection(validation),
    referenceSection(validation),
    provenanceSection(validation),
  ];
  return all.filter((section): section is Section => section !== undefined);
}

/** Pictures of one property; undefined where there are none. */
function propertySection(validation: Validation, property: Validation['properties'][number]): Section | undefined {
  const view = VIEWS.find((each) => each.property === property.id);
  const drawn = (view ? view.figures(validation, property) : generalFigures(validation, property)).filter(
    (figure): figure is Markup => figure !== undefined,
  );
  const below = view?.below?.(validation, property);
  if (drawn.length === 0 && !below) return undefined;
  return { id: `p-${property.id}`, title: property.title, body: markup`${drawn.length > 0 && pictures(drawn)}${below}` };
}

/** The first pictures; where there are many the others are folded. */
function pictures(drawn: readonly Markup[]): Markup {
  if (drawn.length <= OPEN + 2) return figures(drawn, drawn.length > 3 ? 'many' : 'medium');
  return markup`${figures(drawn.slice(0, OPEN), 'many')}<details><summary>${plural(drawn.length - OPEN, 'more picture')}</summary>${figures(drawn.slice(OPEN), 'many')}</details>`;
}
