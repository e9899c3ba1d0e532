import type { Detail, PropertyOutcome, ValueInfo } from '../../properties/property.js';
import type { Status, Validation, Verdict } from '../../report/validation/validation.js';
import type { Reference } from './reference.js';

export type { Status, Validation, Verdict } from '../../report/validation/validation.js';

/** How a property ended. */
export type Ending = { outcome: PropertyOutcome } | { error: string; log: string } | { skipped: string };

/** Stands between the message of an EngineError and the log. */
export const LOG = '\n--- end of its log ---\n';

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
    for (const failure of ending.outcome.failures ?? []) {
      const [message, log] = failure.error.split(LOG) as [string, string?];
      empty(failure, 'error', { message, ...(log ? { log } : {}) });
    }
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
