import { InputError } from '../../errors.js';
import { type Frame, multiplyRows } from '../../structures/structure.js';
import { checkCell } from '../cell-check.js';
import { isElement, symbolHint } from '../elements.js';
import type { ReadContext, ReadResult } from '../format.js';
import { stressFromVasp } from '../units.js';
import { WarningTally } from '../warnings.js';
import { type IonicStep, parseVasprun, type VasprunDocument } from './document.js';

/**
 * One frame for each complete, converged ionic step; conventions in schema.ts.
 * Steps that did not converge, come from a machine-learned force field or hold overflowed numbers are left out with a warning.
 * @throws InputError with file and line when there is no complete step or no VASP document
 */
export function readVasprun(text: string, context: ReadContext): ReadResult {
  const { file } = context;
  const warnings = new WarningTally(file);
  const document = parseVasprun(text.replace(/^\uFEFF/, ''));
  if (!document.isVasp)
    throw new InputError(
      document.malformed ? `not well-formed XML: ${document.malformed.message}` : 'there is no <modeling> element',
      { file, line: document.malformed?.line ?? 1 },
      { hint: 'expected a vasprun.xml of VASP' },
    );
  if (document.malformed)
    warnings.add(`not well-formed XML (${document.malformed.message}); steps are read up to here`, document.malformed.line);
  else if (document.truncatedAt !== undefined)
    warnings.add(`the file ends before </modeling>: its ${document.steps.length} complete ionic steps are read`, document.truncatedAt);
  if (document.steps.length === 0)
    throw new InputError(
      'there is no complete ionic step',
      { file, line: document.truncatedAt ?? document.malformed?.line ?? 1 },
      { hint: 'the run stopped before the end of its first step; leave the file out' },
    );
  const species = document.atoms.map((atom, i) => elementOf(document, atom, i, file));
  const pressure = Number(document.settings.get('PSTRESS') ?? 0);
  if (Number.isFinite(pressure) && pressure !== 0)
    warnings.add(`PSTRESS = ${pressure} kB: check that the energies are without the PV term`, document.steps[0]!.line);
  const frames: Frame[] = [];
  for (const step of document.steps) {
    const reason = reasonToSkip(step, document, species.length, context);
    if (reason) {
      warnings.add(reason, step.line);
      continue;
    }
    frames.push(toFrame(step, species, frames.length, context, warnings));
  }
  if (frames.length === 0)
    throw new InputError(
      `none of the ${document.steps.length} ionic steps can be used`,
      { file, line: document.steps[0]!.line },
      { hint: warnings.list().join('\n  ') },
    );
  return { frames, warnings: warnings.list() };
}

function reasonToSkip(step: IonicStep, document: VasprunDocument, n: number, context: ReadContext): string | undefined {
  const { settings } = document;
  const maximum = Number(settings.get('NELM') ?? Number.NaN);
  if (step.electronicSteps === 0 && /^\.?T/i.test(settings.get('ML_LMLFF') ?? settings.get('ML_FF_LMLFF') ?? 'F'))
    return "ionic step of VASP's machine-learned force field left out";
  if (step.electronicSteps >= maximum && !context.keepUnconverged)
    return `ionic step whose electronic loop took all NELM = ${maximum} steps left out as not converged (keepUnconverged keeps it)`;
  if (step.basis.length !== 9 || step.positions.length !== 3 * n) return 'ionic step without a whole structure left out';
  if (step.freeEnergy === undefined || Number.isNaN(step.freeEnergy)) return 'ionic step without a finite energy left out';
  if ([...step.basis, ...step.positions, ...step.forces].some(Number.isNaN))
    return 'ionic step with numbers that are not finite in its structure or forces left out';
  if (step.forces.length !== 0 && step.forces.length !== 3 * n) return `ionic step with ${step.forces.length / 3} forces left out`;
  return undefined;
}

function toFrame(step: IonicStep, species: string[], index: number, context: ReadContext, warnings: WarningTally): Frame {
  const cell = Float64Array.from(step.basis);
  checkCell(cell, [true, true, true], { file: context.file, line: step.line });
  let energy = step.freeEnergy!;
  if (context.energyKind === 'sigma0') {
    const { free, sigma0 } = step.electronic;
    if (free === undefined || sigma0 === undefined)
      throw new InputError(
        'this ionic step has no energy for sigma -> 0',
        { file: context.file, line: step.line },
        { hint: 'its electronic steps lack e_0_energy; use the energy kind "free"' },
      );
    energy += sigma0 - free;
  }
  const frame: Frame = {
    cell,
    pbc: [true, true, true],
    species: [...species],
    positions: multiplyRows(step.positions, cell),
    energy,
    configType: 'default',
    source: '',
    origin: { file: context.file, index, line: step.line },
  };
  if (step.forces.length > 0) frame.forces = Float64Array.from(step.forces);
  if (step.stress.length === 9) {
    if (step.stress.some(Number.isNaN)) warnings.add('stress with numbers that are not finite left out', step.line);
    else frame.stress = stressFromVasp(step.stress);
  }
  return frame;
}

/** VASP writes "r" for Zr and "X" for Xe; then the pseudopotential's title ("PAW_PBE Zr_sv 04Jan2005") tells. */
function elementOf(document: VasprunDocument, atom: { element: string; type: number }, i: number, file: string): string {
  if (isElement(atom.element)) return atom.element;
  const title = document.pseudopotentials[atom.type - 1]?.trim().split(/\s+/)[1] ?? '';
  const symbol = /^[A-Z][a-z]?/.exec(title)?.[0] ?? '';
  if (isElement(symbol)) return symbol;
  throw new InputError(
    `atom ${i + 1} has the element "${atom.element}"`,
    { file, line: 1 },
    { hint: `see <atominfo> of the file: ${symbolHint(atom.element)}` },
  );
}
