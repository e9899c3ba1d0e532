import { EngineError } from '../errors.js';
import type { FailedValue, PropertyOutcome, PropertyValue, ValueInfo } from './property.js';

/** Computes one value of several: when LAMMPS fails in it, the others are still wanted. */
export async function attempt(
  info: Pick<ValueInfo, 'name' | 'unit'>,
  compute: () => Promise<PropertyValue>,
): Promise<PropertyValue | FailedValue> {
  try {
    return await compute();
  } catch (error) {
    if (!(error instanceof EngineError)) throw error;
    return { name: info.name, unit: info.unit, error: error.message };
  }
}

/** Values and failures of an outcome. */
export function sorted(results: readonly (PropertyValue | FailedValue)[]): Required<Pick<PropertyOutcome, 'values' | 'failures'>> {
  return {
    values: results.filter((result): result is PropertyValue => 'value' in result),
    failures: results.filter((result): result is FailedValue => 'error' in result),
  };
}
