import type { LocalOptimiser } from './optimiser.js';

const MEMORY = 20;
const TOLERANCE = 1e-9;

/** Limited-memory BFGS with a backtracking (Armijo) line search (Nocedal and Wright, algorithms 7.4 and 7.5). */
export const lbfgs: LocalOptimiser = ({ objective, start, active, maxSteps, onStep }) => {
  const n = objective.size;
  let p = start.slice();
  let g = new Float64Array(n);
  const mask = (v: Float64Array): void => {
    for (let q = 0; q < n; q++) if (!active[q]) v[q] = 0;
  };
  let loss = objective.gradient(p, g);
  if (!Number.isFinite(loss)) return { parameters: p, loss: Infinity, steps: 0, reason: 'start forbidden' };
  mask(g);
  const s: Float64Array[] = [];
  const y: Float64Array[] = [];
  let flat = 0;
  for (let step = 1; step <= maxSteps; step++) {
    const d = g.map((x) => -x);
    const alpha: number[] = [];
    for (let k = s.length - 1; k >= 0; k--) {
      const a = dot(s[k]!, d) / dot(s[k]!, y[k]!);
      alpha[k] = a;
      for (let q = 0; q < n; q++) d[q]! -= a * y[k]![q]!;
    }
    if (s.length > 0) {
      const last = s.length - 1;
      const scale = dot(s[last]!, y[last]!) / dot(y[last]!, y[last]!);
      for (let q = 0; q < n; q++) d[q]! *= scale;
    } else {
      const scale = 1e-3 / Math.sqrt(dot(g, g) || 1);
      for (let q = 0; q < n; q++) d[q]! *= scale;
    }
    for (let k = 0; k < s.length; k++) {
      const b = dot(y[k]!, d) / dot(s[k]!, y[k]!);
      for (let q = 0; q < n; q++) d[q]! += (alpha[k]! - b) * s[k]![q]!;
    }
    const slope = dot(g, d);
    if (!(slope < 0)) {
      if (s.length === 0) return { parameters: p, loss, steps: step, reason: 'converged' };
      s.length = 0;
      y.length = 0;
      continue;
    }
    let length = 1;
    let next = p;
    let value = Infinity;
    for (let attempt = 0; attempt < 30; attempt++) {
      next = p.map((x, q) => x + length * d[q]!);
      value = objective.loss(next);
      if (value <= loss + 1e-4 * length * slope) break;
      length /= 2;
    }
    if (!(value < loss)) {
      if (s.length === 0) return { parameters: p, loss, steps: step, reason: 'converged' };
      s.length = 0;
      y.length = 0;
      continue;
    }
    const nextGradient = new Float64Array(n);
    objective.gradient(next, nextGradient);
    mask(nextGradient);
    const ds = next.map((x, q) => x - p[q]!);
    const dy = nextGradient.map((x, q) => x - g[q]!);
    if (dot(ds, dy) > 1e-12 * dot(dy, dy)) {
      s.push(ds);
      y.push(dy);
      if (s.length > MEMORY) {
        s.shift();
        y.shift();
      }
    }
    flat = (loss - value) / loss < TOLERANCE ? flat + 1 : 0;
    p = next;
    g = nextGradient;
    loss = value;
    if (onStep?.(step, loss)) return { parameters: p, loss, steps: step, reason: 'stopped' };
    if (flat === 5) return { parameters: p, loss, steps: step, reason: 'converged' };
  }
  return { parameters: p, loss, steps: maxSteps, reason: 'steps' };
};

function dot(a: Float64Array, b: Float64Array): number {
  let total = 0;
  for (let q = 0; q < a.length; q++) total += a[q]! * b[q]!;
  return total;
}
