import { resolve } from 'node:path';
import type { LammpsEngine } from '../engines/lammps/engine.js';
import { findLammps } from '../engines/lammps/find.js';
import { assertProof, type ProofReport, type ProvedFiles, prove, proveFiles } from '../engines/lammps/proof.js';
import { type Progress, SILENT } from '../engines/progress.js';
import { InputError, VerificationError } from '../errors.js';
import { loadModel } from '../evaluate.js';
import { type CoreViolation, checkCore } from '../export/check-core.js';
import { exportModelOf } from '../export/export-model.js';
import type { ExportModel } from '../export/exportable.js';
import { exportForLammps, type LammpsFiles } from '../export/lammps-files.js';
import { tableRange } from '../export/range.js';
import { exportSMeam } from '../export/s-meam-files.js';
import type { SetflKind } from '../export/setfl.js';
import { asTabulated } from '../export/table-ends.js';
import { isAdp } from '../potentials/adp.js';
import { AlloyPotential } from '../potentials/alloy/model.js';
import type { EamPotential } from '../potentials/eam.js';
import { type EquationModel, EquationPotential, writeModel } from '../potentials/equation-potential.js';
import { isEam } from '../potentials/potential.js';
import { type SMeamModel, SMeamPotential } from '../potentials/s-meam.js';
import { writeSMeam } from '../potentials/s-meam-json.js';
import { twoBodyEam } from '../potentials/two-body-splines.js';
import { Zjw04Potential, zjw04Potential } from '../potentials/zjw04/model.js';
import { describeEquation } from '../report/equation.js';
import { equationTex } from '../report/tex.js';
import { equationText } from '../report/text.js';
import { usualNearestDistance } from '../structures/elements.js';
import type { Frame, Structure } from '../structures/structure.js';
import { fitCore } from './finish.js';
import { overlaidCore } from './overlaid-core.js';
import { writeRunFiles } from './write.js';

/** A model as the exporters want it, with the text of all files. */
export interface ExportedModel {
  model: ExportModel;
  files: LammpsFiles;
}

/** How a model is exported. */
export interface ExportRunOptions {
  /** eV/atom */
  accuracy?: number;
  /** what is done below the shortest distance, for equations without a core */
  core?: 'zbl' | 'none';
  /** kind of the potential file; default: adp with angular terms, eam/alloy for fits of several elements, that of its file for a table, else eam/fs */
  style?: SetflKind;
  /** embedded, native or a command */
  lammps?: string;
  /** command line, for the file headers */
  command?: string;
  /** frames that LAMMPS has to reproduce besides generated ones */
  frames?: readonly Frame[];
  progress?: Progress;
}

/** What an export leaves. */
export interface ExportResult {
  proof: ProofReport;
  /** names of all files in the folder */
  files: string[];
  /** those that LAMMPS reads, by name */
  texts: Record<string, string>;
}

/** The LAMMPS files of an equation for a folder, nothing written. */
export function lammpsFilesOf(
  model: EquationModel,
  folder: string,
  options: { accuracy: number; command: string; style?: SetflKind },
): ExportedModel {
  return filesOf(new EquationPotential(model), model.title, folder, options);
}

/** The same for any functions of the embedded-atom method. @param name for headers, where the potential does not say what it is */
export function filesOf(
  potential: EamPotential,
  name: string,
  folder: string,
  { command, ...options }: { accuracy: number; command: string; style?: SetflKind; maxDistancePoints?: number },
): ExportedModel {
  const model = exportModelOf(potential, name, today());
  return { model, files: exportForLammps(model, { folder, command }, options) };
}

/**
 * Writes the LAMMPS files of any model (built-in name, run directory, model.json, eam file) to a folder and has LAMMPS prove them.
 * @throws InputError for an unknown model; VerificationError when LAMMPS does not agree (the files stay, to be looked at)
 */
export async function exportPotential(nameOrPath: string, directory: string, options: ExportRunOptions = {}): Promise<ExportResult> {
  const folder = resolve(directory);
  const progress = options.progress ?? SILENT;
  const place = {
    accuracy: options.accuracy ?? 1e-6,
    command: options.command ?? `eqpot export ${nameOrPath}`,
    ...(options.style && { style: options.style }),
  };
  const loaded = loadModel(nameOrPath);
  const lammps = await findLammps(options.lammps);
  try {
    progress.phase('export');
    const splines = loaded.potential instanceof SMeamPotential ? withCore(loaded.potential.model, options.core) : undefined;
    if (splines && !options.style) return await exportSplines(splines, folder, place.command, lammps, options);
    const potential = splines ? twoBodyEam(new SMeamPotential(splines)) : loaded.potential;
    if (!isEam(potential)) throw new InputError(`${nameOrPath} is of a form that has no LAMMPS files`);
    let exported: ExportedModel;
    let extra: Record<string, string> = {};
    let violations: CoreViolation[] = [];
    if (potential instanceof EquationPotential) {
      const given = potential.model;
      const range = tableRange(potential);
      const ranged = { ...given, range: given.range ?? { shortest: range.rMin, lowestDensity: 0, highestDensity: range.rhoMax } };
      let model = given;
      if (options.core === 'none') {
        if (given.core.kind !== 'none')
          progress.line(`the ${given.core.kind} core of the model (to ${given.core.outer} Å) is left out, as asked`);
        model = { ...given, core: { kind: 'none' } };
      } else if (given.core.kind === 'none') {
        const fitted = fitCore(ranged, options.frames);
        model = { ...ranged, core: fitted.core };
        violations = fitted.violations;
      }
      exported = lammpsFilesOf(model, folder, place);
      const equation = describeEquation(model);
      extra = { 'model.json': writeModel(model), 'equation.tex': equationTex(equation), 'equation.txt': equationText(equation) };
    } else if (potential instanceof Zjw04Potential || potential instanceof AlloyPotential) {
      const { core, range } = potential.model;
      let used: EamPotential = potential;
      if (options.core !== 'none') violations = checkCore(asTabulated(used, tableRange(used)), range?.shortest ?? tableRange(used).rMin);
      else if (core.kind !== 'none') {
        progress.line(`the ${core.kind} core of the model (to ${core.outer} Å) is left out, as asked`);
        used = withoutCore(potential);
      }
      exported = filesOf(used, loaded.name, folder, { ...(isAdp(used) ? {} : { style: 'eam/alloy' }), ...place });
    } else exported = filesOf(potential, loaded.name, folder, splines ? { ...place, maxDistancePoints: SPLINE_ROWS } : place);
    for (const note of exported.files.plan.notes) progress.line(note);
    const files = { ...extra, ...exported.files.files };
    writeRunFiles(folder, files);
    progress.phase('proof', `LAMMPS (${lammps.kind})`);
    const proof = await prove(lammps, exported.model, exported.files, options.frames ?? []);
    progress.done();
    assertProof(
      proof,
      'the files are written, to be looked at, not to be used; a smaller --accuracy makes finer tables, and --lammps embedded tells whether it is\n  the LAMMPS that was asked',
    );
    assertCore(violations);
    return { proof, files: Object.keys(files), texts: exported.files.files };
  } finally {
    await lammps.close();
  }
}

function withoutCore({ model }: Zjw04Potential | AlloyPotential): EamPotential {
  const core = { kind: 'none' as const };
  return 'kind' in model ? zjw04Potential({ ...model, core }) : new AlloyPotential({ ...model, core });
}

/** Repulsion is overlaid below this part of the usual nearest distance where no data says what is short. */
const CORE_SHARE = 0.7;

/** Splines end with a jump of the curvature, where the force of a table is off by half a row of it. */
const SPLINE_ROWS = 100_000;

/** The distance below which nothing is known, Å. */
function shortestOf({ range, elements }: SMeamModel): number {
  return range?.shortest ?? CORE_SHARE * Math.min(...elements.map(usualNearestDistance));
}

/** With a repulsion where there is none, or without any. */
function withCore(given: SMeamModel, core: ExportRunOptions['core']): SMeamModel {
  if (core === 'none') return { ...given, core: { kind: 'none' } };
  return given.core.kind === 'none' ? { ...given, core: overlaidCore(given, shortestOf(given)).core } : given;
}

async function exportSplines(
  model: SMeamModel,
  folder: string,
  command: string,
  lammps: LammpsEngine,
  { frames = [], progress = SILENT }: ExportRunOptions,
): Promise<ExportResult> {
  const { files, decks } = exportSMeam(model, { folder, command }, today());
  writeRunFiles(folder, { 'model.json': writeSMeam(model), ...files });
  progress.phase('proof', `LAMMPS (${lammps.kind})`);
  const proof = await proveFiles(lammps, provedSplines(model, files, decks, shortestOf(model)), frames);
  progress.done();
  assertProof(proof);
  return { proof, files: ['model.json', ...Object.keys(files)], texts: files };
}

/** A spline potential with its files, for `proveFiles`. */
export function provedSplines(model: SMeamModel, files: Record<string, string>, decks: readonly string[], rMin: number): ProvedFiles {
  const potential = new SMeamPotential(model);
  const evaluate = (structure: Structure) => potential.evaluate(structure);
  return { potential, rMin, files, decks, exact: evaluate, model: evaluate };
}

/** @throws VerificationError where atoms that are pushed together gain energy */
export function assertCore(violations: readonly CoreViolation[]): void {
  if (violations.length === 0) return;
  const list = violations
    .slice(0, 5)
    .map(({ what, from, to, drop }) => `  ${what} from ${from.toFixed(2)} to ${to.toFixed(2)} Å (by ${drop.toPrecision(3)} eV)`);
  throw new VerificationError(
    `the potential is not sound: it does not repel all the way down to r = 0, or a function has a sign that the settings forbid\n${list.join('\n')}\n` +
      "  the files are written, to be looked at; more starts of the search or data at short distances help, and the setting 'export: { core: none }' takes it as it is",
  );
}

/** yyyy-mm-dd */
export function today(): string {
  return new Date().toISOString().slice(0, 10);
}
