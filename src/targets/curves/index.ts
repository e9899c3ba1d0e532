import { bainPath } from './bain-path.js';
import type { Curve } from './curve.js';
import { dimer } from './dimer.js';
import { equationOfState } from './equation-of-state.js';

/** Curves that a fit can be pulled towards, by their names in the settings. */
export const CURVES = { equation_of_state: equationOfState, bain_path: bainPath, dimer } as const satisfies Record<string, Curve>;
