import type { Expression } from '../expressions/expression.js';
import type { CutoffStyle } from '../potentials/cutoffs/index.js';

/**
 * Everything a report shows, as plain data. Units are those used everywhere inside eqpot: eV, Å, eV/Å, eV/Å³ and per-atom
 * energies in eV/atom; the page turns errors into meV. A section whose data is absent is left out. Numbers that are not finite
 * are shown as missing, never drawn.
 */
export interface ReportData {
  title: string;
  /** chemical symbol */
  element: string;
  /** as shown, such as `2025-11-20 14:03 UTC`; handed in so that a report can be made again to the letter */
  date: string;
  /** version of eqpot */
  version: string;
  /** command line that made the fit */
  command: string;
  /** the settings file, as text */
  settings: string;
  seed: number;
  /** why the search ended, one sentence without a full stop */
  stopReason: string;
  /** what the reader has to know before trusting the result, one sentence each */
  warnings?: readonly string[];
  dataFiles: readonly ReportDataFile[];
  software: readonly { name: string; version: string }[];
  /** work done, in counts that do not depend on the machine (search steps, candidates, refinement iterations) */
  effort?: readonly { what: string; amount: number; unit: string }[];

  equation: ReportEquation;
  recovery?: ReportRecovery;
  parity?: ReportParity;
  crossValidation?: ReportCrossValidation;
  curves?: ReportCurves;
  front?: readonly ReportFrontEntry[];
  frontReferences?: readonly ReportFrontReference[];
  /** the run directory as one would name it to `eqpot pick` */
  run?: string;
  history?: readonly ReportRestart[];
  targets?: readonly ReportTarget[];
  uncertainty?: ReportUncertainty;
  audit?: ReportAudit;
  lammps?: ReportLammps;
  moments?: ReportMoments;
}

export interface ReportDataFile {
  /** as the user gave it */
  path: string;
  sha256: string;
  frames: number;
  bytes: number;
}

/** The equation in the forms it is shown in; `describeEquation` makes it from an equation model. */
export interface ReportEquation {
  /** chemical symbol */
  element: string;
  /** the equations as `parseExpression` reads them (variables r and rho), every digit */
  pairText: string;
  densityText: string;
  embeddingText: string;
  pairLatex: string;
  densityLatex: string;
  embeddingLatex: string;
  /** the same as trees; read from the texts when absent */
  trees?: { pair: Expression; density: Expression; embedding: Expression };
  /** total energy of a structure in terms of the three functions */
  energyExpression: { text: string; latex: string };
  /** Å */
  cutoff: number;
  /** Å; 0 where the style has no width */
  taperWidth: number;
  cutoffStyle: CutoffStyle;
  /** how the functions are brought to zero at the cutoff */
  cutoffText: string;
  cutoffLatex: string;
  /** density that every atom has without neighbours, in the printed density's unit */
  densityFloor: number;
  /** energy of the free atom on the scale of the data, eV/atom, by element */
  referenceEnergies: Readonly<Record<string, number>>;
  /** nodes of the three printed equations together */
  complexity: number;
  /** what happens at distances shorter than in the data, one or two sentences */
  coreText: string;
  /** how to cite the equation or its method */
  citation: string;
}

/** Fitted against reference values. */
export interface ReportParity {
  energies: readonly ReportEnergyPoint[];
  /** contiguous windows of the reference energy, from the ground state upwards */
  windows: readonly ReportWindow[];
  /** energy that the windows count from, eV/atom; the lowest finite reference energy when absent */
  lowest?: number;
  /** other models on the same frames */
  comparisons?: readonly ReportComparison[];
  /** Cartesian components, eV/Å */
  forces?: ReportComponents;
  /** components, eV/Å³, tension positive */
  stress?: ReportComponents;
  /** errors by config_type */
  groups?: readonly ReportGroup[];
}

export interface ReportEnergyPoint {
  /** of the frame, as `file:line` or the frame's own name */
  name: string;
  /** config_type */
  group: string;
  fold: 'train' | 'test' | 'cross-validation';
  /** eV/atom */
  reference: number;
  /** eV/atom; of a cross-validation point, by the equation refitted without the frame */
  predicted: number;
}

export interface ReportWindow {
  /** eV/atom above the lowest energy, inclusive; -Infinity for an open end */
  from: number;
  /** eV/atom above the lowest energy, exclusive; Infinity for an open end */
  to: number;
  frames: number;
  /** eV/atom */
  mae: number;
  rmse: number;
  /** largest absolute error, eV/atom */
  max: number;
}

export interface ReportComparison {
  /** such as `SR2`; the same name has the same colour in every figure */
  name: string;
  /** one for each window, eV/atom */
  mae: readonly number[];
  /** mean absolute force error, eV/Å */
  forceMae?: number;
}

export interface ReportComponents {
  reference: ArrayLike<number>;
  /** same length and order */
  predicted: ArrayLike<number>;
}

export interface ReportGroup {
  group: string;
  frames: number;
  /** eV/atom */
  energyMae: number;
  energyRmse: number;
  energyMax: number;
  /** eV/Å */
  forceMae?: number;
  /** eV/Å³ */
  stressMae?: number;
}

export interface ReportCrossValidation {
  folds: number;
  /** over all held-out frames, eV/atom */
  energyMae: number;
  energyRmse: number;
  /** eV/Å */
  forceMae?: number;
  /** the same measures on the frames that were fitted, for comparison */
  trainEnergyMae?: number;
  trainForceMae?: number;
  byFold?: readonly { frames: number; energyMae: number; forceMae?: number }[];
}

/** Functions over r and rho. All in one gauge, else they cannot be compared. */
export interface ReportCurves {
  /** eV over Å, with cutoff and core */
  pair: readonly ReportCurve[];
  /** over Å, with cutoff and core */
  density: readonly ReportCurve[];
  /** eV over the density with its floor */
  embedding: readonly ReportCurve[];
  /** shortest distance met in training, Å */
  shortest?: number;
  /** densities met in training */
  densityRange?: readonly [number, number];
}

export interface ReportCurve {
  /** name of the model; the fitted one is drawn heaviest */
  name: string;
  role: 'fit' | 'comparison' | 'true';
  x: ArrayLike<number>;
  y: ArrayLike<number>;
}

export interface ReportFrontEntry {
  /** of hall_of_fame.csv, what `eqpot pick` takes */
  row: number;
  /** nodes */
  complexity: number;
  /** on all the data, constants with all digits, eV/atom */
  loss: number;
  /** with rounded constants, eV/atom */
  rounded?: number;
  /** Å */
  cutoff: number;
  /** estimated time in molecular dynamics, that of SR2 is 1 */
  mdCost: number;
  /** which of several networks it has; empty where there is one of each */
  networks: string;
  /** the three equations, separated by semicolons; shown with rounded constants */
  equationText: string;
  chosen: boolean;
}

/** Another equation with the same loss on the same data. */
export interface ReportFrontReference {
  name: string;
  /** nodes */
  complexity: number;
  /** eV/atom */
  loss: number;
  /** Å */
  cutoff: number;
}

/** Best loss so far of one restart of the search. */
export interface ReportRestart {
  name: string;
  /** search steps, ascending */
  steps: ArrayLike<number>;
  /** best loss up to that step, eV/atom, same length */
  losses: ArrayLike<number>;
  /** true of the one that the result is from, where its loss does not compare with those of the others */
  result?: boolean;
}

/** A property that pulled the fit, with what the equation gives for it. */
export interface ReportTarget {
  name: string;
  unit: string;
  value: number;
  tolerance: number;
  found: number;
}

/** What the data leave open of the constants and of predictions. */
export interface ReportUncertainty {
  constants: readonly {
    part: 'pair' | 'density' | 'embedding' | 'reference';
    role: 'prefactor' | 'exponent' | 'energy';
    /** as it is printed, such as `852/r^5` */
    term: string;
    value: number;
    /** standard error */
    error: number;
  }[];
  /** shape (constants, constants) */
  correlations: readonly (readonly number[])[];
  /** relative error above which a constant counts as not determined, and correlation above which two are known only together */
  limits: { error: number; correlation: number };
  committee?: { bootstrap: number; front: number };
  /** how the spread of the committee goes with errors of held-out frames */
  energies?: ReportCalibration;
  forces?: ReportCalibration;
  /** held-out energies: spread as it is and absolute error, eV/atom */
  points?: readonly { spread: number; error: number }[];
}

export interface ReportCalibration {
  count: number;
  scale: number;
  /** shares of the errors within one and two times the spread */
  plain: readonly [number, number];
  scaled: readonly [number, number];
  correlation: number;
}

export interface ReportAudit {
  /** frames looked at */
  frames: number;
  findings: readonly ReportFinding[];
}

export interface ReportFinding {
  /** `file:line` or the frame's own name */
  frame: string;
  action: 'mended' | 'set aside' | 'kept';
  /** the kind of finding; findings with equal action and reason stand together */
  reason: string;
  /** numbers that show it for this frame */
  evidence: string;
}

export interface ReportLammps {
  passed: boolean;
  engine: 'embedded' | 'native';
  /** as LAMMPS names itself */
  version: string;
  /** eV/atom */
  energyTolerance: number;
  /** eV/Å */
  forceTolerance: number;
  structures: readonly {
    name: string;
    atoms: number;
    /** LAMMPS minus equation, eV/atom */
    energyDifference: number;
    /** largest absolute difference of a component, eV/Å */
    forceDifference: number;
  }[];
  table?: {
    /** such as `Cu.eam.fs` */
    file: string;
    nr: number;
    nrho: number;
    /** asked for, eV/atom */
    accuracy: number;
    /** reached, eV/atom */
    reached?: number;
    /** what was done to tabulate functions that a uniform grid represents badly */
    note?: string;
  };
}

export interface ReportMoments {
  /** radial functions, K */
  functions: number;
  /** estimated error of the expansion, eV/atom */
  error: number;
  /** neighbourhoods left after merging equal ones */
  uniqueRows: number;
  atoms: number;
}

/** Known constants against those found, for data made from a known equation. */
export interface ReportRecovery {
  constants: readonly { name: string; truth: number; found: number }[];
  /** whether the found equation has the true one's terms */
  sameTerms?: boolean;
  note?: string;
}
