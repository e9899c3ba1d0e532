import { COORDINATION, type EquationNetwork } from './equation-network.js';

/** A constant of the printed equations: printed = parameter * scale. */
export interface PrintedConstant {
  index: number;
  /** prefactors of exponentials depend on the exponent, so the scale is a function */
  scale: (p: Float64Array) => number;
}

/** The constants of the parameters that move, in the order in which they are rounded: exponents first. */
export function printedConstants(network: EquationNetwork, active: Uint8Array): PrintedConstant[] {
  const inner: PrintedConstant[] = [];
  const weights: PrintedConstant[] = [];
  for (const name of ['density', 'embedding', 'pair'] as const) {
    const net = network[name];
    const at = network.offset[name];
    const innerOf = new Map(
      net.parameters.flatMap((parameter, q) => (parameter.role === 'inner' ? [[parameter.term, at + q] as const] : [])),
    );
    const outermost = name === 'density' ? 1 / COORDINATION : 1;
    const first = net.outer.length === 0 ? outermost : 1;
    net.parameters.forEach((parameter, q) => {
      if (!active[at + q]) return;
      if (parameter.role === 'outer') {
        weights.push({ index: at + q, scale: () => outermost });
        return;
      }
      const f = net.basis[parameter.term]!;
      if (parameter.role === 'inner') inner.push({ index: at + q, scale: () => f.innerScale(net.unit) });
      else {
        const a = innerOf.get(parameter.term);
        weights.push({ index: at + q, scale: (p) => first * f.weightScale(a === undefined ? 0 : p[a]!, net.unit) });
      }
    });
  }
  return [...inner, ...weights];
}
