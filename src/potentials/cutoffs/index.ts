import { mishinTaper } from './mishin.js';
import { polynomialTaper } from './polynomial.js';
import { quinticTaper } from './quintic.js';
import type { Taper } from './taper.js';

export type { Taper } from './taper.js';

/** Every taper. `shift` (the published equations' way, f(r) - f(cutoff)) is not a factor and is handled beside these. */
export const TAPERS = { quintic: quinticTaper, mishin: mishinTaper, polynomial: polynomialTaper } as const satisfies Record<string, Taper>;

export type CutoffStyle = 'shift' | keyof typeof TAPERS;

export const CUTOFF_STYLES = ['shift', ...(Object.keys(TAPERS) as (keyof typeof TAPERS)[])] as readonly CutoffStyle[];
