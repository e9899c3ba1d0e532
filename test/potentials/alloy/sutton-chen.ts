import { parseExpression } from '../../../src/expressions/parse.js';
import type { AlloyModel } from '../../../src/potentials/alloy/model.js';

/** eV, Å: A. P. Sutton and J. Chen, Philos. Mag. Lett. 61, 139 (1990). */
const CU = { epsilon: 0.012382, a: 3.61, n: 9, c: 39.432 };
const AG = { epsilon: 0.0025415, a: 4.09, n: 12, c: 144.41 };

/**
 * Copper and silver of Sutton and Chen, with the usual mixing rules for the pair energy (epsilon geometric, a and n arithmetic). In the gauge of eqpot: the
 * density is scaled so that F of copper is -sqrt(rho).
 */
export function suttonChenAlloy(cutoff: number, taperWidth: number): AlloyModel {
  const pair = (one: typeof CU, other: typeof CU) => {
    const n = 0.5 * (one.n + other.n);
    return parseExpression(`${Math.sqrt(one.epsilon * other.epsilon) * (0.5 * (one.a + other.a)) ** n}/r^${n}`, 'r');
  };
  const scale = (CU.epsilon * CU.c) ** 2;
  const density = ({ a }: typeof CU) => parseExpression(`${scale * a ** 6}/r^6`, 'r');
  const embedding = ({ epsilon, c }: typeof CU) => parseExpression(`${(-epsilon * c) / Math.sqrt(scale)}*sqrt(rho)`, 'rho');
  return {
    title: 'Sutton-Chen Cu-Ag',
    elements: ['Cu', 'Ag'],
    pair: [pair(CU, CU), pair(CU, AG), pair(AG, AG)],
    density: [density(CU), density(AG)],
    embedding: [embedding(CU), embedding(AG)],
    cutoff,
    cutoffStyle: 'quintic',
    taperWidth,
    densityFloor: 0.001,
    core: { kind: 'none' },
    referenceEnergies: {},
    citation: 'A. P. Sutton and J. Chen, Philos. Mag. Lett. 61, 139 (1990)',
  };
}
