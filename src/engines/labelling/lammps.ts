import { EngineError, InputError } from '../../errors.js';
import type { LammpsEngine } from '../lammps/engine.js';
import { evaluateInLammps, type LammpsEvaluation, type LammpsPotential } from '../lammps/evaluate.js';
import { contentHash, type Label, type LabelContext, type LabelJob, type Labeller } from './labeller.js';

export interface LammpsLabelling {
  potential: LammpsPotential;
  /** for people */
  title: string;
  /** hash of all that LAMMPS reads of the potential */
  hash: string;
  lammps: LammpsEngine;
  /** structures of one run of LAMMPS */
  batch: number;
  /** limit of one run, s */
  timeoutSeconds: number;
}

/** Labels of any potential that LAMMPS knows, many structures in a run. */
export function lammpsLabeller(options: LammpsLabelling): Labeller {
  const { potential, lammps, timeoutSeconds } = options;
  const engine = 'lammps';
  const settings = contentHash(engine, options.hash);

  /** A batch; where it fails, halves of it, until the structures that LAMMPS fails on are alone. */
  async function run(jobs: readonly LabelJob[], context: LabelContext, version: string): Promise<void> {
    context.stop.throwIfRequested();
    const started = performance.now();
    let results: LammpsEvaluation[];
    try {
      const structures = jobs.map(({ structure }) => structure);
      results = await evaluateInLammps(lammps, potential, structures, { timeoutSeconds, abort: context.stop.signal });
    } catch (error) {
      const refused = error instanceof InputError;
      if (!refused && !(error instanceof EngineError)) throw error;
      if (jobs.length === 1) {
        const failure = { reason: error.message.split('\n')[0]!, again: !refused, ...(refused ? {} : { log: error.logTail }) };
        return void (await context.onOutcome({ id: jobs[0]!.id, failure }));
      }
      const half = Math.ceil(jobs.length / 2);
      await run(jobs.slice(0, half), context, version);
      return run(jobs.slice(half), context, version);
    }
    const wallSeconds = (performance.now() - started) / 1000 / jobs.length;
    for (const [k, { id }] of jobs.entries()) {
      const { energy, forces, stress } = results[k]!;
      const sound = Number.isFinite(energy) && forces.every(Number.isFinite);
      const label: Label = {
        energy,
        forces,
        ...(stress?.every(Number.isFinite) && { stress }),
        origin: { engine, version, settings, input: contentHash(id), wallSeconds },
      };
      await context.onOutcome(
        sound ? { id, label } : { id, failure: { reason: 'LAMMPS gives an energy or a force that is not a finite number', again: false } },
      );
    }
  }

  return {
    engine,
    settings,
    description: [`potential: ${options.title}`, ...potential.pairLines.trim().split('\n')].join('\n'),
    elements: potential.elements,
    async label(jobs, context) {
      const version = `${lammps.kind} ${await lammps.version()}`;
      const fit: LabelJob[] = [];
      for (const job of jobs) {
        const alien = job.structure.species.find((symbol) => !potential.elements.includes(symbol));
        if (alien === undefined) fit.push(job);
        else {
          const reason = `the potential has no element ${alien} (it has ${potential.elements.join(', ')})`;
          await context.onOutcome({ id: job.id, failure: { reason, again: false } });
        }
      }
      for (let at = 0; at < fit.length; at += options.batch) {
        await run(fit.slice(at, at + options.batch), context, version);
        context.progress.update(Math.min(1, (at + options.batch) / fit.length));
      }
    },
    close: () => lammps.close(),
  };
}
