import { VerificationError } from '../../errors.js';
import type { ExportModel } from '../../export/exportable.js';
import type { LammpsFiles } from '../../export/lammps-files.js';
import { RandomStream } from '../../math/random.js';
import type { Evaluation } from '../../potentials/eam.js';
import { evaluateEam } from '../../potentials/evaluate-eam.js';
import type { Frame, Structure } from '../../structures/structure.js';
import type { LammpsEngine } from './engine.js';
import { evaluateInLammps, type LammpsEvaluation } from './evaluate.js';
import { framesForProof, generatedStructures, type ProofStructure, type ProvedModel } from './proof-structures.js';

/** Largest differences that pass; energies beyond 10 eV an atom and forces beyond 10 eV/Å are compared in proportion. */
export interface ProofTolerance {
  /** eV/atom, and eV for each atom's own share */
  energy: number;
  /** eV/Å */
  force: number;
  /** eV/Å³ */
  stress: number;
}

/** What counts as agreement. */
const TOLERANCE: ProofTolerance = { energy: 1e-5, force: 1e-4, stress: 1e-5 };

export interface ProofOptions {
  /** default 1e-5 eV/atom, 1e-4 eV/Å, 1e-5 eV/Å³ */
  tolerance?: ProofTolerance;
  /** how many frames of the data are taken; default 12 */
  frames?: number;
  /** seed of the generated structures; default 1 */
  seed?: number;
  /** seconds for each of the LAMMPS runs; default that of the engine */
  timeoutSeconds?: number;
  abort?: AbortSignal;
}

/**
 * One structure in one deck. Differences are LAMMPS against the exact functions, in proportion where these are beyond 10 eV,
 * 10 eV/Å or 1 eV/Å³; NaN where LAMMPS gave NaN.
 */
export interface ProofEntry {
  /** `pair.in` or `pair.hybrid.in` */
  deck: string;
  name: string;
  natoms: number;
  /** eV/atom */
  energyDifferencePerAtom: number;
  /** of the atom with the largest, eV */
  maxAtomEnergyDifference: number;
  /** eV/Å */
  maxForceDifference: number;
  /** eV/Å³; 0 without a cell */
  maxStressDifference: number;
  passed: boolean;
  /** of a structure that did not pass: what is wrong and where */
  reason?: string;
}

export interface ProofReport {
  engine: { kind: string; version: string };
  structures: ProofEntry[];
  worst: { energyDifferencePerAtom: number; maxForceDifference: number; maxStressDifference: number };
  /** largest differences between the exported functions and the printed equation on the frames of the data, eV/atom and eV/Å */
  equation: { energyDifferencePerAtom: number; maxForceDifference: number };
  tolerance: ProofTolerance;
  passed: boolean;
  /** wall-clock seconds */
  seconds: number;
}

/** Exported files and what LAMMPS should make of them. */
export interface ProvedFiles extends ProvedModel {
  /** text by file name */
  files: Record<string, string>;
  /** the include files among them */
  decks: readonly string[];
  /** what the files hold */
  exact(structure: Structure): Evaluation;
  /** what the model says, which tables hold only nearly */
  model(structure: Structure): Evaluation;
}

/**
 * Has LAMMPS evaluate the exported files, through the very `pair.in` and `pair.hybrid.in` that a user includes, and compares
 * energies, each atom's share, forces and stresses with the exact functions, on frames of the data and on generated structures.
 * @throws EngineError when LAMMPS fails; a difference is no error here (see `assertProof`)
 */
export function prove(
  engine: LammpsEngine,
  model: ExportModel,
  exported: LammpsFiles,
  frames: readonly Frame[],
  options: ProofOptions = {},
): Promise<ProofReport> {
  const { potential } = exported.plan;
  const { files, decks } = exported;
  const proved: ProvedFiles = {
    potential,
    rMin: model.rMin,
    files,
    decks,
    exact: (structure) => evaluateEam(potential, structure),
    model: (structure) => evaluateEam(model.potential, structure),
  };
  return proveFiles(engine, proved, frames, options);
}

/** The same for the files of any potential. */
export async function proveFiles(
  engine: LammpsEngine,
  proved: ProvedFiles,
  frames: readonly Frame[],
  options: ProofOptions = {},
): Promise<ProofReport> {
  const started = performance.now();
  const { potential } = proved;
  const tolerance = options.tolerance ?? TOLERANCE;
  const fromData = framesForProof(frames, options.frames ?? 12);
  const all = [...fromData, ...generatedStructures(proved, RandomStream.fromSeed(options.seed ?? 1))];
  const exact = all.map(({ structure }) => proved.exact(structure));
  const equation = { energyDifferencePerAtom: 0, maxForceDifference: 0 };
  for (const [k, { structure }] of fromData.entries()) {
    const { energy, forces } = proved.model(structure);
    const natoms = structure.species.length;
    const perAtom = Math.abs(energy - exact[k]!.energy) / natoms / Math.max(1, Math.abs(energy) / natoms / PROPORTIONAL_FROM.energy);
    equation.energyDifferencePerAtom = worse(equation.energyDifferencePerAtom, perAtom);
    forces.forEach((force, i) => {
      const difference = Math.abs(force - exact[k]!.forces[i]!) / Math.max(1, Math.abs(force) / PROPORTIONAL_FROM.force);
      equation.maxForceDifference = worse(equation.maxForceDifference, difference);
    });
  }
  const structures: ProofEntry[] = [];
  for (const deck of proved.decks) {
    const results = await evaluateInLammps(
      engine,
      {
        pairLines: `include ${deck}\n`,
        files: proved.files,
        elements: potential.elements,
        cutoff: potential.cutoff,
        variables: { eqpot: '.' },
      },
      all.map(({ structure }) => structure),
      {
        ...(options.timeoutSeconds === undefined ? {} : { timeoutSeconds: options.timeoutSeconds }),
        ...(options.abort ? { abort: options.abort } : {}),
      },
    );
    for (const [k, result] of results.entries()) structures.push(compare(deck, all[k]!, exact[k]!, result, tolerance));
  }
  const worst = { energyDifferencePerAtom: 0, maxForceDifference: 0, maxStressDifference: 0 };
  for (const entry of structures)
    for (const key of Object.keys(worst) as (keyof typeof worst)[]) worst[key] = worse(worst[key], entry[key]);
  return {
    engine: { kind: engine.kind, version: await engine.version() },
    structures,
    worst,
    equation,
    tolerance,
    // NaN does not pass
    passed:
      structures.every(({ passed }) => passed) &&
      equation.energyDifferencePerAtom <= tolerance.energy &&
      equation.maxForceDifference <= tolerance.force,
    seconds: (performance.now() - started) / 1000,
  };
}

/**
 * @param remedies what can be done about it
 * @throws VerificationError that names the structures, when a proof did not pass
 */
export function assertProof(report: ProofReport, remedies?: string): void {
  if (report.passed) return;
  const last = remedies === undefined ? '' : `\n  ${remedies}`;
  const failed = report.structures.filter(({ passed }) => !passed);
  const list = failed.slice(0, 5).map(({ deck, name, reason }) => `  ${deck}, ${name}: ${reason}`);
  if (failed.length > 5) list.push(`  and ${failed.length - 5} more`);
  const { energyDifferencePerAtom: energy, maxForceDifference: force } = report.equation;
  if (failed.length === 0)
    throw new VerificationError(
      `the exported functions differ from the printed equation by ${energy.toExponential(1)} eV/atom and ${force.toExponential(1)} eV/Å on frames of the data${last}`,
    );
  throw new VerificationError(
    `LAMMPS (${report.engine.kind}, ${report.engine.version}) does not give the energies of the equation in ${failed.length} of ${report.structures.length} comparisons\n${list.join('\n')}${last}`,
  );
}

function worse(a: number, b: number): number {
  return Number.isNaN(a) || Number.isNaN(b) ? Number.NaN : Math.max(a, b);
}

/** Energies (eV), forces (eV/Å) and stresses (eV/Å³) beyond these are compared in proportion. */
const PROPORTIONAL_FROM = { energy: 10, force: 10, stress: 1 };

function compare(
  deck: string,
  { name, structure, place }: ProofStructure,
  exact: Evaluation,
  result: LammpsEvaluation,
  tolerance: ProofTolerance,
): ProofEntry {
  const natoms = structure.species.length;
  let reason: string | undefined;
  const compared = (kind: keyof ProofTolerance, difference: number, size: number, what: () => string): number => {
    const value = difference / Math.max(1, size / PROPORTIONAL_FROM[kind]);
    // NaN fails; the first failure is named
    if (!(value <= tolerance[kind]))
      reason ??= `${what()} differs by ${value.toExponential(2)} ${UNITS[kind]} (allowed ${tolerance[kind].toExponential(1)})`;
    return value;
  };
  const at = (atom: number) => (place ? place(atom) : `atom ${atom + 1}`);
  let maxAtomEnergyDifference = 0;
  let maxForceDifference = 0;
  for (let i = 0; i < natoms; i++) {
    const share = exact.atomEnergies[i]!;
    const energy = compared('energy', Math.abs(result.atomEnergies[i]! - share), Math.abs(share), () => `the energy of ${at(i)}`);
    maxAtomEnergyDifference = worse(maxAtomEnergyDifference, energy);
    const [x, y, z] = exact.forces.subarray(3 * i, 3 * i + 3) as unknown as [number, number, number];
    const [u, v, w] = result.forces.subarray(3 * i, 3 * i + 3) as unknown as [number, number, number];
    const force = compared('force', Math.hypot(u - x, v - y, w - z), Math.hypot(x, y, z), () => `the force on ${at(i)}`);
    maxForceDifference = worse(maxForceDifference, force);
  }
  const energyDifferencePerAtom = compared(
    'energy',
    Math.abs(result.energy - exact.energy) / natoms,
    Math.abs(exact.energy) / natoms,
    () => 'the energy per atom',
  );
  let maxStressDifference = 0;
  if (exact.stress && result.stress) {
    let difference = 0;
    let size = 0;
    for (let d = 0; d < 9; d++) {
      difference = worse(difference, Math.abs(result.stress[d]! - exact.stress[d]!));
      size = Math.max(size, Math.abs(exact.stress[d]!));
    }
    maxStressDifference = compared('stress', difference, size, () => 'the stress');
  }
  const entry = { deck, name, natoms, energyDifferencePerAtom, maxAtomEnergyDifference, maxForceDifference, maxStressDifference };
  return reason === undefined ? { ...entry, passed: true } : { ...entry, passed: false, reason };
}

const UNITS = { energy: 'eV', force: 'eV/Å', stress: 'eV/Å³' };
