import { InputError } from '../../errors.js';
import { evaluateEam } from '../../potentials/evaluate-eam.js';
import { isEam, type Potential } from '../../potentials/potential.js';
import { breathe } from '../stop.js';
import { contentHash, type Label, type LabelContext, type LabelFailure, type LabelJob, type Labeller } from './labeller.js';

/** A potential that stands in for DFT, evaluated in this process. */
export interface ReferenceModel {
  /** for people: a built-in name or a file */
  name: string;
  potential: Potential;
  /** text that defines the potential; its hash is the `settings` of the labels */
  definition: string | Uint8Array;
  /** of eqpot */
  version: string;
}

/** Labels by direct sums with a built-in potential, an equation or a tabulated EAM potential. Free atoms have no energy. */
export function referenceLabeller({ name, potential, definition, version }: ReferenceModel): Labeller {
  const engine = 'reference';
  const settings = contentHash(engine, definition);

  const evaluate = ({ id, structure }: LabelJob): Label => {
    const started = performance.now();
    const { energy, forces, stress } = isEam(potential) ? evaluateEam(potential, structure) : potential.evaluate(structure);
    return {
      energy,
      forces,
      ...(stress && { stress }),
      origin: { engine, version, settings, input: contentHash(id), wallSeconds: (performance.now() - started) / 1000 },
    };
  };

  const tried = (job: LabelJob): { label: Label } | { failure: LabelFailure } => {
    try {
      const label = evaluate(job);
      if (Number.isFinite(label.energy) && label.forces!.every(Number.isFinite)) return { label };
      return { failure: { reason: 'the energy or a force is not a finite number: atoms overlap', again: false } };
    } catch (error) {
      // an element that the model lacks, a cell without volume
      if (!(error instanceof InputError)) throw error;
      return { failure: { reason: error.message.split('\n')[0]!, again: false } };
    }
  };

  return {
    engine,
    settings,
    description: `model: ${name}`,
    elements: potential.elements,
    async label(jobs: readonly LabelJob[], { stop, progress, onOutcome }: LabelContext) {
      for (const [k, job] of jobs.entries()) {
        stop.throwIfRequested();
        const { id } = job;
        await onOutcome({ id, ...tried(job) });
        progress.update((k + 1) / jobs.length);
        if (k % 16 === 15) await breathe();
      }
    },
  };
}
