import { mapConstants, constant as number, product } from '../expressions/expression.js';
import { printText } from '../expressions/print.js';
import { simplify } from '../expressions/simplify.js';
import { solveCholesky } from '../math/linear.js';
import { COORDINATION, EquationNetwork } from './equation-network.js';
import { type FrameWeights, frameWeights } from './loss.js';
import { Objective } from './objective.js';
import { type PrintedConstant, printedConstants } from './printed-constants.js';
import { type FitProblem, subproblem } from './problem.js';

/** A constant of the printed equations. */
export interface ConstantInfo {
  /** which function it stands in; `reference` is the energy of the free atom, eV/atom */
  part: 'pair' | 'density' | 'embedding' | 'reference';
  role: 'prefactor' | 'exponent' | 'energy';
  /** the term that it belongs to, as it is printed */
  term: string;
  value: number;
}

/** A constant with what is known of its accuracy. */
export interface ConstantEstimate extends ConstantInfo {
  /** standard error by the sandwich formula */
  sandwich: number;
  /** standard deviation over the refits to resamples; undefined without a committee */
  bootstrap?: number;
  /**
   * The larger of the two. The sandwich takes the loss for a parabola as steep as the reweighted squares, too steep for absolute errors, so
   * it is too small for constants that the data determine well; refits stop on their way along a flat valley, so the bootstrap is too small
   * for those that the data hardly determine.
   */
  error: number;
}

/** Constants whose error is larger than this part of them are not determined by the data, */
export const UNDETERMINED = 0.5;
/** and pairs that are more correlated than this are known only together. */
export const INSEPARABLE = 0.999;

/** All constants of an equation that moved in its fit. */
export interface ConstantsReport {
  list: ConstantEstimate[];
  /** shape (n, n), by the sandwich formula */
  correlations: number[][];
}

/**
 * Standard errors and correlations of the printed constants: the sandwich H⁻¹ G H⁻¹ with the Gauss-Newton matrix H of the reweighted
 * least squares and the sum G of the outer products of the frames' own gradients, so that the errors of one frame may be correlated in
 * any way (White, Econometrica 48, 817 (1980), with frames as clusters). Targets stiffen H; they count as known.
 * @param parameters where the loss is smallest, in the gauge of the network
 * @param active parameters that moved, shape (network.size + 1)
 * @param members parameters of refits of the same terms to resamples
 */
export function constantsReport(
  problem: FitProblem,
  parameters: Float64Array,
  active: Uint8Array,
  members: readonly Float64Array[] = [],
): ConstantsReport {
  const network = new EquationNetwork(problem.network);
  const constants = printedConstants(network, active);
  const withReference = active[network.size] === 1;
  const valuesOf = (p: Float64Array): Float64Array =>
    Float64Array.from([...constants.map(({ index, scale }) => p[index]! * scale(p)), ...(withReference ? [p[network.size]!] : [])]);
  const infos = constants.map((constant) => infoOf(network, parameters, constant));
  const values = valuesOf(parameters);
  if (withReference) infos.push({ part: 'reference', role: 'energy', term: 'energy of the free atom', value: values.at(-1)! });
  const covariance = sandwich(problem, network, parameters, active, valuesOf);
  const n = infos.length;
  const error = Float64Array.from({ length: n }, (_, k) => Math.sqrt(Math.max(0, covariance[k * n + k]!)));
  const bootstrap = members.length > 1 ? deviations(members.map(valuesOf)) : undefined;
  return {
    list: infos.map((info, k) => ({
      ...info,
      sandwich: error[k]!,
      ...(bootstrap && { bootstrap: bootstrap[k]! }),
      error: Math.max(error[k]!, bootstrap?.[k] ?? 0),
    })),
    correlations: infos.map((_, a) =>
      infos.map((_, b) => (a === b ? 1 : error[a]! * error[b]! > 0 ? covariance[a * n + b]! / (error[a]! * error[b]!) : 0)),
    ),
  };
}

function infoOf(network: EquationNetwork, p: Float64Array, { index, scale }: PrintedConstant): ConstantInfo {
  const { network: part, role, term } = network.parameters[index]!;
  const net = network[part];
  const value = p[index]! * scale(p);
  if (role === 'outer') return { part, role: 'prefactor', term: `${net.outer[term]}(...)`, value };
  const at = network.offset[part];
  const a = net.parameters.findIndex((other) => other.role === 'inner' && other.term === term);
  const w = net.parameters.findIndex((other, k) => other.role === 'weight' && other.term === term && p[at + k] !== 0);
  const outermost = part === 'density' && net.outer.length === 0 ? 1 / COORDINATION : 1;
  const whole = net.basis[term]!.expression(p[at + w]!, a < 0 ? 0 : p[at + a]!, net.unit);
  const printed = mapConstants(simplify(product(number(outermost), whole)), (x) => Number(x.toPrecision(5)));
  return { part, role: role === 'inner' ? 'exponent' : 'prefactor', term: printText(printed, net.variable), value };
}

/** Covariance of the printed values, shape (values, values). */
function sandwich(
  problem: FitProblem,
  network: EquationNetwork,
  p: Float64Array,
  active: Uint8Array,
  valuesOf: (p: Float64Array) => Float64Array,
): Float64Array {
  const n = network.size + 1;
  const moving = Array.from({ length: n }, (_, q) => q).filter((q) => active[q]);
  const m = moving.length;
  const weights = frameWeights(problem.frames, problem.ownWeights, problem.loss);
  const whole = new Objective(network, problem.frames, problem.moments, problem.loss, problem.ownWeights, problem.targets);
  const hessian = new Float64Array(n * n);
  whole.linearise(p, new Float64Array(n), hessian, active);
  const scores = problem.frames.map((_, s) => score(problem, network, p, s, weights));
  // rows of D H⁻¹
  const D = jacobian(valuesOf, p, moving);
  const count = D.length / m;
  const scale = Float64Array.from(moving, (q) => 1 / Math.sqrt(Math.max(hessian[q * n + q]!, 1e-300)));
  const rows: Float64Array[] = [];
  for (let k = 0; k < count; k++) {
    const matrix = new Float64Array(m * m);
    for (let a = 0; a < m; a++)
      for (let b = 0; b < m; b++) matrix[a * m + b] = hessian[moving[a]! * n + moving[b]!]! * scale[a]! * scale[b]! + (a === b ? RIDGE : 0);
    const right = Float64Array.from({ length: m }, (_, a) => D[k * m + a]! * scale[a]!);
    const solved = solveCholesky(matrix, right, m);
    rows.push(solved ? solved.map((x, a) => x * scale[a]!) : new Float64Array(m).fill(Number.NaN));
  }
  const covariance = new Float64Array(count * count);
  for (const g of scores) {
    const along = rows.map((row) => row.reduce((sum, x, a) => sum + x * g[moving[a]!]!, 0));
    for (let a = 0; a < count; a++) for (let b = 0; b < count; b++) covariance[a * count + b]! += along[a]! * along[b]!;
  }
  return covariance;
}

/** Part of the diagonal added, so that directions that nothing determines have large errors instead of none. */
const RIDGE = 1e-12;

/** Gradient of what frame s alone adds to the loss, shape (network.size + 1). */
function score(problem: FitProblem, network: EquationNetwork, p: Float64Array, s: number, weights: FrameWeights): Float64Array {
  const { frames, moments, loss, ownWeights } = subproblem({ ...problem, targets: undefined }, [s]);
  const one = new Objective(network, frames, moments, loss, ownWeights);
  const gradient = new Float64Array(one.size);
  const walls = new Float64Array(one.size);
  for (const label of ['energy', 'force', 'stress'] as const) one.weights[label][0] = weights[label][s]!;
  one.gradient(p, gradient);
  for (const label of ['energy', 'force', 'stress'] as const) one.weights[label][0] = 0;
  one.gradient(p, walls);
  return gradient.map((x, q) => x - walls[q]!);
}

/** Derivatives of the values along the moving parameters by central differences, shape (values, moving). */
function jacobian(valuesOf: (p: Float64Array) => Float64Array, p: Float64Array, moving: readonly number[]): Float64Array {
  const count = valuesOf(p).length;
  const out = new Float64Array(count * moving.length);
  moving.forEach((q, a) => {
    const step = 1e-5 * Math.max(1e-3, Math.abs(p[q]!));
    const [up, down] = [p.slice(), p.slice()];
    up[q]! += step;
    down[q]! -= step;
    const [above, below] = [valuesOf(up), valuesOf(down)];
    for (let k = 0; k < count; k++) out[k * moving.length + a] = (above[k]! - below[k]!) / (2 * step);
  });
  return out;
}

/** Standard deviation (with n - 1) of each value over the rows. */
function deviations(rows: readonly Float64Array[]): Float64Array {
  return rows[0]!.map((_, k) => {
    const mean = rows.reduce((sum, row) => sum + row[k]!, 0) / rows.length;
    return Math.sqrt(rows.reduce((sum, row) => sum + (row[k]! - mean) ** 2, 0) / (rows.length - 1));
  });
}
