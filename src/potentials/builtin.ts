import { InputError } from '../errors.js';
import { parseExpression } from '../expressions/parse.js';
import type { EquationModel } from './equation-potential.js';

const PAPER =
  'B. Varughese et al., Physically Interpretable Interatomic Potentials via Symbolic Regression and Reinforcement Learning (2025)';

interface Published {
  title: string;
  pair: string;
  density: string;
  embedding: string;
  citation: string;
}

const published: Record<string, Published> = {
  sr1: {
    title: 'SR1 copper',
    pair: '0.0390*exp(-0.0088/r^10 - 2.4339/r^9 + 10.1231/r - 0.2701/r^12 - 3.1511/r^6 - 0.0490*exp(1.5418*r))',
    density: '8.9043/r^7 + 132.5196/r^6 + 0.6619/r^5 + 2.5025*exp(-1.3632*r)',
    embedding: '-1.5598*sqrt(rho)',
    citation: `${PAPER}, equation 3`,
  },
  sr2: {
    title: 'SR2 copper',
    pair: '0.0396*exp(-0.0088/r^10 - 2.4353/r^9 + 10.1196/r - 0.2730/r^12 - 3.1447/r^6 - 0.0490*exp(1.5427*r))',
    density: '9.0593/r^7 + 133.8980/r^6 + 0.6663/r^5 + 2.5137*exp(-1.3516*r)',
    embedding: '-1.5788*sqrt(rho) - 0.0009*rho^2 + 0.0175*rho',
    citation: `${PAPER}, equation 4`,
  },
  'sutton-chen-cu': {
    title: 'Sutton-Chen copper',
    pair: '1289.3050/r^9',
    density: '527.6214/r^6',
    embedding: '-1.0*sqrt(rho)',
    citation: `A. P. Sutton and J. Chen, Philos. Mag. Lett. 61, 139 (1990), with the constants of ${PAPER}, equation 1`,
  },
};

/** Names of the published equations that come with eqpot. */
export const BUILTIN_NAMES: readonly string[] = Object.keys(published);

/**
 * A published equation. Cutoff 8 Å by shift, as in the paper, unless another is asked for; no core, as published.
 * @throws InputError for an unknown name
 */
export function builtinModel(name: string, options: { cutoff?: number } = {}): EquationModel {
  const found = Object.hasOwn(published, name) ? published[name] : undefined;
  if (!found)
    throw new InputError(`there is no built-in potential "${name}"`, {}, { hint: `the built-in ones are ${BUILTIN_NAMES.join(', ')}` });
  return {
    title: found.title,
    element: 'Cu',
    pair: parseExpression(found.pair, 'r'),
    density: parseExpression(found.density, 'r'),
    embedding: parseExpression(found.embedding, 'rho'),
    cutoff: options.cutoff ?? 8,
    cutoffStyle: 'shift',
    taperWidth: 0,
    densityFloor: 0,
    core: { kind: 'none' },
    referenceEnergies: {},
    citation: found.citation,
  };
}
