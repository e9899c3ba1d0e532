import type { Frame } from '../../structures/structure.js';

/**
 * `error`: the frame would spoil a fit and should not be used as it is; `warning`: look at it; `note`: for information.
 */
export type Severity = 'error' | 'warning' | 'note';

/** What can be done about a finding. */
export type Remedy = 'mend' | 'exclude' | 'none';

export interface Finding {
  /** name of the check */
  check: string;
  severity: Severity;
  /** indices of the frames concerned, in the order of the data set */
  frames: number[];
  /** what is wrong, without the names of the frames; equal messages are printed together */
  message: string;
  /** the numbers behind it; keys say the unit */
  evidence: Record<string, number | string>;
  remedy: Remedy;
}

export interface AuditReport {
  /** number of frames audited */
  frames: number;
  findings: Finding[];
  /** frames with coordinates that belong to their cell, by index; labels are those of the data */
  mended: Map<number, Frame>;
  /** checks that did not apply, one line each with the reason */
  leftOut: { check: string; reason: string }[];
  /** Å, as used */
  settings: AuditSettings;
}

/** All lengths in Å, energies in eV/atom. */
export interface AuditSettings {
  /** cutoff of the model that judges energies and forces; 2.4 typical nearest distances when absent */
  cutoff?: number;
  /** distances below this are errors; 0.4 of the element's usual nearest distance when absent */
  closest?: number;
  /** same structures with energies further apart than this are in conflict */
  conflict: number;
  /** residuals smaller than this are never reported */
  energyTolerance: number;
  /** residuals above this many local noise scales are errors; above half of it warnings */
  outlier: number;
  /** how well coordinates have to be an image of a perfect crystal or of another frame, largest deviation */
  imageTolerance: number;
  /** net force per atom above this is a warning, eV/Å */
  netForce: number;
}

export const AUDIT_DEFAULTS: AuditSettings = {
  conflict: 2e-3,
  energyTolerance: 0.02,
  outlier: 12,
  imageTolerance: 1e-3,
  netForce: 0.02,
};
