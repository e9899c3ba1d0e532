import { crystals } from './crystals.js';
import { defects } from './defects.js';
import { elastic } from './elastic.js';
import { equilibrium } from './equilibrium.js';
import type { TargetFamily } from './family.js';
import { faults, surfaces } from './planes.js';
import { thermal } from './thermal.js';
import { vibrations } from './vibrations.js';

/** Everything that a fit can be pulled towards. */
export const TARGET_FAMILIES: readonly TargetFamily[] = [equilibrium, elastic, defects, surfaces, faults, crystals, vibrations, thermal];

/** The family of a name, undefined for a name that none knows. */
export function familyOf(name: string): TargetFamily | undefined {
  return TARGET_FAMILIES.find((family) => family.knows(name));
}
