import { bain } from './bain.js';
import { dimer } from './dimer.js';
import { elastic } from './elastic.js';
import { equationOfState } from './equation-of-state.js';
import { grainBoundaries } from './grain-boundaries.js';
import { interstitials } from './interstitials.js';
import { lattice } from './lattice.js';
import { mdSpeed } from './md-speed.js';
import { melting } from './melting.js';
import { phonons } from './phonons.js';
import { polymorphs } from './polymorphs.js';
import type { Property } from './property.js';
import { radialDistribution } from './radial-distribution.js';
import { stackingFaults } from './stacking-faults.js';
import { strainCurves } from './strain-curves.js';
import { surfaces } from './surfaces.js';
import { thermalExpansion } from './thermal-expansion.js';
import { vacancy } from './vacancy.js';
import { vacancyMigration } from './vacancy-migration.js';

/** Every property, in the order of tables and reports. A new one is a file here and a line in this list. */
export const PROPERTIES: readonly Property[] = [
  lattice,
  equationOfState,
  elastic,
  surfaces,
  vacancy,
  vacancyMigration,
  interstitials,
  stackingFaults,
  grainBoundaries,
  bain,
  polymorphs,
  dimer,
  strainCurves,
  phonons,
  mdSpeed,
  melting,
  thermalExpansion,
  radialDistribution,
];
