import { adam } from './adam.js';
import { lbfgs } from './lbfgs.js';
import { levenbergMarquardt } from './levenberg-marquardt.js';
import type { LocalOptimiser } from './optimiser.js';

export type { LocalOptimiser, LocalResult, LocalTask } from './optimiser.js';

/** Every local optimiser with the number of steps it is given by default. */
export const OPTIMISERS: Readonly<Record<'levenberg-marquardt' | 'lbfgs' | 'adam', { run: LocalOptimiser; steps: number }>> = {
  'levenberg-marquardt': { run: levenbergMarquardt, steps: 100 },
  lbfgs: { run: lbfgs, steps: 2000 },
  adam: { run: adam, steps: 10000 },
};
