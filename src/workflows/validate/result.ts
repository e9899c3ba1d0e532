import type { Curve, Detail, PropertyOutcome, Unit, ValueInfo } from '../../properties/property.js';
import type { Reference } from './reference.js';

/** What became of a value. */
export type Status = 'pass' | 'fail' | 'error' | 'skipped' | 'no-reference';

/** A value of one potential as it stands in validation.json. */
export interface Verdict {
  /** null where there is none */
  value: number | null;
  unit: Unit;
  reference: number | null;
  /** value - reference */
  deviation: number | null;
  /** largest deviation that passes */
  tolerance: number | null;
  /** `no-reference`: there is nothing to compare with, or no verdict is wanted */
  status: Status;
  /** of an error: message and log; of a skipped one: why; else facts about how the value was found */
  detail: Detail;
}

/** Everything that a validation found, as in validation.json. */
export interface Validation {
  /** version of this file's layout */
  format: 1;
  eqpot: string;
  command: string;
  /** UTC, ISO 8601 */
  date: string;
  lammps: { kind: string; version: string };
  system: { label: string; kind: string; elements: readonly string[] };
  /** what each potential is: title or file, by its name */
  titles: Record<string, string>;
  properties: { id: string; title: string; values: string[] }[];
  potentials: Record<string, Record<string, Verdict>>;
  /** by potential, then by property */
  curves: Record<string, Record<string, readonly Curve[]>>;
  /** by potential, then by property: other data for pictures */
  data: Record<string, Record<string, Readonly<Record<string, unknown>>>>;
  /** the reference file */
  reference: { title: string | null; values: Record<string, unknown>; curves: Readonly<Record<string, unknown>> } | null;
  counts: Record<Status, number>;
  /** wall-clock seconds by potential, then by property; runs of several properties overlap */
  seconds: Record<string, Record<string, number>>;
}

/** How a property ended. */
export type Ending = { outcome: PropertyOutcome } | { error: string; log: string } | { skipped: string };

/** Differences by rounding do not fail a value. */
const ROUNDING = 1e-9;

/** The verdicts over what a property gave. @param names the values that it should give for this system */
export function judge(ending: Ending, names: readonly ValueInfo[], reference: Reference | undefined): Record<string, Verdict> {
  const out: Record<string, Verdict> = {};
  const empty = ({ name, unit }: Pick<ValueInfo, 'name' | 'unit'>, status: 'error' | 'skipped', detail: Detail) => {
    const wanted = reference?.values.get(name);
    out[name] = {
      value: null,
      unit,
      reference: wanted?.value ?? null,
      deviation: null,
      tolerance: wanted?.tolerance ?? null,
      status,
      detail: { message: '', ...detail },
    };
  };
  if ('skipped' in ending) for (const info of names) empty(info, 'skipped', { message: ending.skipped });
  else if ('error' in ending)
    for (const info of names) empty(info, 'error', { message: ending.error, ...(ending.log ? { log: ending.log } : {}) });
  else {
    for (const { name, value, unit, detail } of ending.outcome.values) {
      if (!Number.isFinite(value)) {
        empty({ name, unit }, 'error', { message: `the value is ${value}`, ...detail });
        continue;
      }
      const wanted = reference?.values.get(name);
      const deviation = wanted ? value - wanted.value : null;
      const tolerance = wanted?.tolerance ?? null;
      const held = deviation !== null && tolerance !== null && Math.abs(deviation) <= tolerance * (1 + ROUNDING);
      const status: Status = deviation === null || tolerance === null ? 'no-reference' : held ? 'pass' : 'fail';
      out[name] = { value, unit, reference: wanted?.value ?? null, deviation, tolerance, status, detail: detail ?? {} };
    }
    for (const failure of ending.outcome.failures ?? []) empty(failure, 'error', { message: failure.error });
    for (const info of names) if (!out[info.name]) empty(info, 'error', { message: 'the property gave no such value' });
  }
  return out;
}

/** How many values have each status. */
export function countStatuses(potentials: Validation['potentials']): Record<Status, number> {
  const counts: Record<Status, number> = { pass: 0, fail: 0, error: 0, skipped: 0, 'no-reference': 0 };
  for (const verdicts of Object.values(potentials)) for (const { status } of Object.values(verdicts)) counts[status]++;
  return counts;
}
