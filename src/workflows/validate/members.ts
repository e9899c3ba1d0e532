import type { Property } from '../../properties/property.js';
import type { Spread, Verdict } from '../../report/validation/validation.js';
import { gives } from './choose.js';
import type { TestedPotential } from './potential.js';

/** Cheap enough to be computed with every member of a committee: neither long nor one of these, unless they are named. */
const COSTLY = ['grain_boundaries', 'md_speed', 'vacancy_migration', 'radial_distribution'];

/** The properties that the members of committees are tried on. @param names as the user gave them, undefined for all */
export function forMembers(chosen: readonly Property[], names: readonly string[] | undefined): Property[] {
  const named = (property: Property): boolean => names?.some((name) => name === property.id || gives(property, name)) ?? false;
  return chosen.filter((property) => named(property) || !(property.long || COSTLY.includes(property.id)));
}

/** A committee that a potential under test has. */
export interface TestedCommittee {
  members: readonly TestedPotential[];
  /** brings the spread to the size of errors, see committee.json */
  scale: number;
}

/**
 * The standard deviation of each value over the members that have one; nothing for values that fewer than two have.
 * @param verdicts of each member
 */
export function spreadsOf(verdicts: readonly Readonly<Record<string, Verdict>>[], scale: number): Record<string, Spread> {
  const out: Record<string, Spread> = {};
  for (const name of new Set(verdicts.flatMap((one) => Object.keys(one)))) {
    const values = verdicts.flatMap((one) => one[name]?.value ?? []);
    if (values.length < 2) continue;
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
    const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1);
    out[name] = { spread: Math.sqrt(variance), scale, members: values.length };
  }
  return out;
}
