/**
 * The library behind the command line. Units are eV, Å, eV/Å and eV/Å³ (stress positive = tension); lattice vectors are rows.
 *
 *     import { evaluate, exportEamFs, fit } from 'eqpot';
 *     const result = await fit('copper.yaml');
 *     const { report } = evaluate(result, 'test.extxyz');
 *     const { text } = exportEamFs(result, { accuracy: 1e-8 });
 */
export { type AppliedAudit, type AuditMode, type AuditOptions, type AuditReport, applyAudit, audit, type Finding } from './audit.js';
export { type LoadedSettings, loadSettings } from './config/load.js';
export { type Settings, type SettingsInput, settingsSchema } from './config/schema.js';
export { writeExtxyz } from './datasets/extxyz/write.js';
export { type DataSet, type ReadOptions, readFrames } from './datasets/read.js';
export { findLammps } from './engines/lammps/find.js';
export { type ProofReport, prove } from './engines/lammps/proof.js';
export { createProgress, type Progress } from './engines/progress.js';
export { StopController, type StopToken } from './engines/stop.js';
export { EngineError, EqpotError, InputError, StoppedError, VerificationError } from './errors.js';
export {
  type Evaluated,
  type EvaluationOptions,
  type EvaluationReport,
  type FrameUncertainty,
  frameUncertainties,
  type LoadedModel,
  loadCommittee,
  loadModel,
} from './evaluate.js';
export type { ExportModel, ExportOptions } from './export/exportable.js';
export { exportForLammps, type LammpsFiles } from './export/lammps-files.js';
export type { TableFile } from './export/table-file.js';
export { parseExpression } from './expressions/parse.js';
export { printLatex, printText } from './expressions/print.js';
export { evaluate, exportAdp, exportEamAlloy, exportEamFs, fit } from './library.js';
export type { DataInput, FrameInput, ModelInput } from './library-input.js';
export { type AdpPotential, isAdp } from './potentials/adp.js';
export { BUILTIN_NAMES, builtinModel } from './potentials/builtin.js';
export {
  type CommitteeMember,
  type CommitteeSpread,
  committeeSpread,
  type SpreadMeasure,
  type SpreadScale,
} from './potentials/committee.js';
export { type Committee, readCommittee, writeCommittee } from './potentials/committee-file.js';
export type { Calculator, EamPotential, Evaluation, ScalarFunction } from './potentials/eam.js';
export { type EquationModel, EquationPotential, readModel, writeModel } from './potentials/equation-potential.js';
export { evaluateEam } from './potentials/evaluate-eam.js';
export { type Extrapolation, type ExtrapolationMeasure, extrapolationMeasure } from './potentials/extrapolation.js';
export type { SeenRange } from './potentials/seen-range.js';
export type { Frame, Structure } from './structures/structure.js';
export { type ExportRunOptions, exportPotential } from './workflows/export.js';
export type { FitOptions, FitResult } from './workflows/fit.js';
export { type FrontRow, readFront, type SavedFront } from './workflows/front-file.js';
export { type PickChoice, type PickOptions, pickFromRun } from './workflows/pick-run.js';
export { quickstart } from './workflows/quickstart.js';
