import { COORDINATION, EquationNetwork } from './equation-network.js';

/** A network with parameters in a fixed gauge. */
export interface Gauged {
  network: EquationNetwork;
  parameters: Float64Array;
  /** what was done, for the report */
  notes: string[];
}

/**
 * The energy of an EAM model does not change when the density is scaled and the embedding function rescaled with it, nor when a term
 * c rho moves from the embedding into the pair term as 2 c rho(r). Before equations are compared or printed
 * - the scale is chosen so that the coefficient of sqrt(rho) is -1 (or, without such a term, that of the first embedding term is 1 in
 *   size), as in the Sutton-Chen model, and
 * - a linear embedding term moves into the pair term where that one has all the density's terms already.
 * @param keepPair leaves the pair term alone, for fits that forbid it to be negative
 */
export function fixGauge(network: EquationNetwork, parameters: Float64Array, keepPair = false): Gauged {
  const notes: string[] = [];
  const p = parameters.slice();
  if (!keepPair) moveLinearTerm(network, p, notes);
  const scaled = scaleDensity(network, p);
  if (!scaled) return { network, parameters: p, notes };
  notes.push(`density scaled by ${scaled.factor.toPrecision(5)}, embedding rescaled to match`);
  return { network: scaled.network, parameters: p, notes };
}

function moveLinearTerm(network: EquationNetwork, p: Float64Array, notes: string[]): void {
  const { pair, density, offset, sqrtPowers } = network;
  if (!sqrtPowers || pair.outer.length > 0 || density.outer.length > 0) return;
  const q = sqrtPowers.indexOf(2);
  if (q < 0) return;
  const c = p[offset.embedding + q]!;
  if (c === 0 || sqrtPowers.every((_, k) => k === q || p[offset.embedding + k] === 0)) return;
  const moves: { at: number; by: number }[] = [];
  for (let i = 0; i < density.basis.length; i++) {
    const w = p[offset.density + density.firstWeight + i]!;
    if (w === 0) continue;
    if (density.basis[i]!.inner) return;
    const at = pair.basis.findIndex((f) => f.name === density.basis[i]!.name);
    // only terms that the pair part has already: the equation must not grow
    if (at < 0 || p[offset.pair + pair.firstWeight + at] === 0) return;
    moves.push({ at: offset.pair + pair.firstWeight + at, by: (2 * c * w) / COORDINATION });
  }
  for (const { at, by } of moves) p[at]! += by;
  p[offset.embedding + q] = 0;
  notes.push('the linear embedding term was moved into the pair term');
}

function scaleDensity(network: EquationNetwork, p: Float64Array): { network: EquationNetwork; factor: number } | undefined {
  const { density, offset, sqrtPowers, settings } = network;
  if (!sqrtPowers || density.outer.length > 0) return undefined;
  const used = sqrtPowers.flatMap((m, q) => (p[offset.embedding + q] === 0 ? [] : [{ m, q }]));
  const anchor = used.find(({ m }) => m === 1) ?? used[0];
  if (!anchor) return undefined;
  // c_m rho^(m/2) = c_m factor^(-m/2) (factor rho)^(m/2)
  const factor = Math.abs(p[offset.embedding + anchor.q]!) ** (2 / anchor.m);
  for (let q = density.firstWeight; q < density.size; q++) p[offset.density + q]! *= factor;
  sqrtPowers.forEach((m, q) => {
    p[offset.embedding + q]! *= factor ** (-m / 2);
  });
  // exactly one in size, whatever the rounding
  p[offset.embedding + anchor.q] = Math.sign(p[offset.embedding + anchor.q]!);
  return {
    network: new EquationNetwork({
      ...settings,
      densityFloor: settings.densityFloor * factor,
      densityScale: (settings.densityScale ?? 1) * factor,
    }),
    factor,
  };
}
