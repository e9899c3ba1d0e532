import { type ErrorPlace, InputError } from '../errors.js';
import { type LoadedModel, loadModel } from '../load-model.js';

/**
 * The model that a setting names as a start.
 * @param setting such as `splines.start`
 * @param directory folder that a relative path starts from
 * @throws InputError at the setting when there is none
 */
export function formerModel(setting: string, name: string, directory: string, at: ErrorPlace): LoadedModel {
  try {
    return loadModel(name, directory);
  } catch (cause) {
    if (!(cause instanceof InputError)) throw cause;
    throw new InputError(`${setting}: ${name}: ${cause.message}`, at, { cause });
  }
}
