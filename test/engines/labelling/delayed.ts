import { appendFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Labeller } from '../../../src/engines/labelling/labeller.js';
import { builtinModel } from '../../../src/potentials/builtin.js';
import { EquationPotential } from '../../../src/potentials/equation-potential.js';
import { evaluateEam } from '../../../src/potentials/evaluate-eam.js';

export const DELAYED_SETTINGS = 'sutton-chen-cu';

/** Sutton-Chen copper that takes its time; each computation that was finished is a line of `log`. */
export function delayedLabeller(milliseconds: number, log?: string): Labeller {
  const potential = new EquationPotential(builtinModel('sutton-chen-cu'));
  return {
    engine: 'reference',
    settings: DELAYED_SETTINGS,
    description: 'model: sutton-chen-cu',
    async label(jobs, { stop, onOutcome }) {
      for (const { id, structure } of jobs) {
        stop.throwIfRequested();
        const started = performance.now();
        await sleep(milliseconds);
        const { energy, forces, stress } = evaluateEam(potential, structure);
        const wallSeconds = (performance.now() - started) / 1000;
        if (log !== undefined) appendFileSync(log, `${id}\n`);
        const origin = { engine: 'reference', version: '1', settings: DELAYED_SETTINGS, input: id, wallSeconds };
        await onOutcome({ id, label: { energy, forces, ...(stress ? { stress } : {}), origin } });
      }
    },
  };
}
