import { median } from '../../../math/median.js';
import type { Frame } from '../../../structures/structure.js';
import type { Check } from '../check.js';
import type { AuditContext } from '../context.js';
import type { Finding } from '../finding.js';

/** The model has to foresee forces this well, in the median over the frames, before it is asked about single ones. */
const TRUSTED = 0.95;
/** Frames whose forces correlate less than this with the model's are errors. */
const UNRELATED = 0.3;
/** Forces smaller than this, root mean square of the components, are not compared, eV/Å. */
const LEAST = 0.15;
/** Most frames whose forces are computed; more are sampled evenly. */
const MOST = 600;

/** Forces that do not add up to zero, and forces that have nothing to do with those of a model fitted to the energies. */
export const forces: Check = {
  name: 'forces',
  description: 'net forces, and forces that do not fit the energies',
  run(context) {
    return [...netForces(context), ...againstModel(context)];
  },
};

function netForces(context: AuditContext): Finding[] {
  return context.frames.flatMap((frame, i): Finding[] => {
    if (!frame.forces || frame.species.length === 0) return [];
    const sum = [0, 0, 0];
    for (let k = 0; k < frame.forces.length; k++) sum[k % 3]! += frame.forces[k]!;
    const net = Math.hypot(...sum) / frame.species.length;
    if (!(net > context.settings.netForce)) return [];
    const wrong = net > 10 * context.settings.netForce;
    return [
      {
        check: 'forces',
        severity: wrong ? 'error' : 'warning',
        frames: [i],
        message: `the forces do not add up to zero: more than ${wrong ? 10 * context.settings.netForce : context.settings.netForce} eV/Å per atom are left`,
        evidence: { 'net force per atom, eV/Å': Number(net.toPrecision(3)) },
        remedy: wrong ? 'exclude' : 'none',
      },
    ];
  });
}

interface Comparison {
  frame: number;
  correlation: number;
  /** root mean squares, eV/Å */
  data: number;
  model: number;
}

function againstModel(context: AuditContext): Finding[] {
  const withForces = Array.from(context.frames.keys()).filter((i) => context.frames[i]!.forces && context.usable(context.structureOf(i)));
  const judgement = withForces.length > 0 ? context.judgement() : undefined;
  if (!judgement) return [];
  const evaluate = judgement.model.calculator(judgement.fit);
  const step = Math.max(1, withForces.length / MOST);
  const compared: Comparison[] = [];
  const pressures: [number, number][] = [];
  for (let k = 0; k < withForces.length; k += step) {
    const i = withForces[Math.floor(k)]!;
    if (compared.length % 20 === 0) context.progress('forces', k, withForces.length);
    const frame = context.working(i);
    const predicted = evaluate(frame);
    compared.push({ frame: i, ...compare(frame.forces!, predicted.forces) });
    if (frame.stress && predicted.stress) pressures.push([trace(frame.stress), trace(predicted.stress)]);
  }
  const telling = compared.filter((c) => c.data > LEAST);
  const findings = signOfStress(context, withForces, pressures);
  if (telling.length < 10) return findings;
  const typical = median(telling.map((c) => c.correlation));
  if (typical < -TRUSTED)
    return [
      ...findings,
      {
        check: 'forces',
        severity: 'error',
        frames: withForces,
        message: 'the forces have the wrong sign: they point against those that the energies ask for',
        evidence: { 'median correlation': Number(typical.toFixed(3)) },
        remedy: 'exclude',
      },
    ];
  if (typical < TRUSTED) return findings;
  const slope = median(telling.map((c) => c.data / c.model));
  for (const { frame, correlation, data, model } of compared) {
    const placeholder = data === 0 && model > 2 * LEAST && context.workingSurvey(frame).environments > 1;
    const ratio = data / (slope * model);
    const comparable = ratio < 3 && ratio > 1 / 3;
    const otherUnit = ratio > 5 || ratio < 1 / 5;
    // one displacement may decide the sign of all forces of a symmetric structure, or of a single close pair
    const free = context.workingSurvey(frame).environments >= 4 && atomsWithForce(context.frames[frame]!.forces!) >= 4;
    // a model that misses the energy has no say about the forces
    const place = context.structureOf(frame);
    const foreseen = Math.abs(judgement.held[place]! - judgement.task.energies[place]!) < 2 * context.settings.energyTolerance;
    const unrelated = data > LEAST && correlation < UNRELATED && comparable && free && foreseen;
    const scaled = data > LEAST && correlation > TRUSTED && otherUnit && free && foreseen;
    if (!placeholder && !unrelated && !scaled) continue;
    findings.push({
      check: 'forces',
      severity: 'error',
      frames: [frame],
      message: placeholder
        ? 'all forces are exactly zero, but the structure is not at rest: a placeholder?'
        : unrelated
          ? 'the forces have nothing to do with those that the energies ask for: other order of the atoms, other axes or other sign?'
          : 'the forces are too large or too small by a factor: another unit?',
      evidence: {
        'correlation with the model': Number(correlation.toFixed(3)),
        'median of the set': Number(typical.toFixed(3)),
        'rms of the data and of the model, eV/Å': `${data.toPrecision(3)}, ${model.toPrecision(3)}`,
      },
      remedy: 'exclude',
    });
  }
  return findings;
}

/** A stress whose trace goes against the model's in nearly all frames has the sign of pressure. */
function signOfStress(context: AuditContext, frames: readonly number[], pairs: readonly [number, number][]): Finding[] {
  const telling = pairs.filter(([data, model]) => Math.abs(data) > 0.01 && Math.abs(model) > 0.03);
  const against = telling.filter(([data, model]) => data * model < 0).length;
  if (telling.length < 10 || against < 0.9 * telling.length) return [];
  return [
    {
      check: 'forces',
      severity: 'warning',
      frames: frames.filter((i) => context.frames[i]!.stress),
      message: 'the stress has the wrong sign: positive has to mean tension',
      evidence: { 'frames compared': telling.length, 'of them against the energies': against },
      remedy: 'none',
    },
  ];
}

function compare(data: Float64Array, model: Float64Array): { correlation: number; data: number; model: number } {
  let product = 0;
  let a = 0;
  let b = 0;
  for (let k = 0; k < data.length; k++) {
    product += data[k]! * model[k]!;
    a += data[k]! * data[k]!;
    b += model[k]! * model[k]!;
  }
  return {
    correlation: a > 0 && b > 0 ? product / Math.sqrt(a * b) : 0,
    data: Math.sqrt(a / Math.max(1, data.length)),
    model: Math.sqrt(b / Math.max(1, data.length)),
  };
}

/** Number of atoms that share the forces, by their participation ratio. */
function atomsWithForce(values: Float64Array): number {
  let second = 0;
  let fourth = 0;
  for (let i = 0; i < values.length; i += 3) {
    const square = values[i]! ** 2 + values[i + 1]! ** 2 + values[i + 2]! ** 2;
    second += square;
    fourth += square * square;
  }
  return fourth > 0 ? (second * second) / fourth : 0;
}

function trace(stress: Frame['stress'] & object): number {
  return stress[0]! + stress[4]! + stress[8]!;
}
