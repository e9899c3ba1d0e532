import { InputError } from '../errors.js';
import { compile, type Expression } from '../expressions/expression.js';
import { parseExpression } from '../expressions/parse.js';
import { printText } from '../expressions/print.js';
import { elementOf } from '../structures/elements.js';
import { type Core, withDensityCore, withPairCore } from './core.js';
import { CUTOFF_STYLES, type CutoffStyle, TAPERS } from './cutoffs/index.js';
import type { EamPotential, ScalarFunction } from './eam.js';
import { isStretches, type SeenRange } from './seen-range.js';

/** An EAM potential of one element as printed equations, with everything else that defines its energy. */
export interface EquationModel {
  title: string;
  /** chemical symbol */
  element: string;
  /** eV over r in Å, without the cutoff factor */
  pair: Expression;
  /** over r in Å, without the cutoff factor */
  density: Expression;
  /** eV over rho */
  embedding: Expression;
  /** Å */
  cutoff: number;
  cutoffStyle: CutoffStyle;
  /** Å; not used by `shift` and by tapers without a width */
  taperWidth: number;
  /**
   * Density rho_0 that every atom has besides its neighbours' sum; the energy counts from F(rho_0), so that a free atom has zero:
   * E_i = F(rho_0 + sum_j rho(r_ij)) - F(rho_0) + 1/2 sum_j phi(r_ij).
   */
  densityFloor: number;
  core: Core;
  /** energy of the free atom on the scale of the data, eV/atom, per element; empty when unknown */
  referenceEnergies: Readonly<Record<string, number>>;
  /** where the equation was published or made */
  citation: string;
  /** distances and densities met in the data; undefined for published equations */
  range?: SeenRange;
}

/** The exact functions of an equation model. */
export class EquationPotential implements EamPotential {
  readonly elements: readonly string[];
  readonly cutoff: number;
  private readonly pairFunction: ScalarFunction;
  private readonly densityFunction: ScalarFunction;
  private readonly embeddingFunction: ScalarFunction;

  constructor(readonly model: EquationModel) {
    this.elements = [model.element];
    this.cutoff = model.cutoff;
    const z = elementOf(model.element).z;
    const density = cutOff(model.density, model);
    this.pairFunction = withPairCore(cutOff(model.pair, model), density, model.core, z, z);
    this.densityFunction = withDensityCore(density, model.core);
    this.embeddingFunction = aboveFloor(model.embedding, model.densityFloor);
  }

  pair(): ScalarFunction {
    return this.pairFunction;
  }
  density(): ScalarFunction {
    return this.densityFunction;
  }
  embedding(): ScalarFunction {
    return this.embeddingFunction;
  }
  get referenceEnergies(): Readonly<Record<string, number>> {
    return this.model.referenceEnergies;
  }
}

/** An embedding equation counted from its value at the density floor. */
export function aboveFloor(expression: Expression, floor: number): ScalarFunction {
  const embedding = compile(expression);
  const atFloor = embedding(floor, new Float64Array(1));
  return {
    evaluate: (rho, derivative) => {
      const value = embedding(rho + floor, derivative) - (Number.isFinite(atFloor) ? atFloor : 0);
      // rho log(rho) has the limit 0, but 0 times -Infinity is no number
      return rho === 0 && Number.isNaN(value) ? 0 : value;
    },
  };
}

/** A radial equation brought to zero at the cutoff, in the model's style. */
export function cutOff(
  expression: Expression,
  { cutoff, cutoffStyle, taperWidth }: Pick<EquationModel, 'cutoff' | 'cutoffStyle' | 'taperWidth'>,
): ScalarFunction {
  const f = compile(expression);
  if (cutoffStyle === 'shift') {
    const atCutoff = f(cutoff, new Float64Array(1));
    return {
      evaluate(r, derivative) {
        if (r >= cutoff) {
          derivative[0] = 0;
          return 0;
        }
        return f(r, derivative) - atCutoff;
      },
    };
  }
  const taper = TAPERS[cutoffStyle];
  return {
    evaluate(r, derivative) {
      if (r >= cutoff) {
        derivative[0] = 0;
        return 0;
      }
      const factor = taper.evaluate(r, cutoff, taperWidth, derivative);
      const slope = derivative[0]!;
      const value = f(r, derivative);
      derivative[0] = derivative[0]! * factor + value * slope;
      return value * factor;
    },
  };
}

const FORMAT = 'eqpot-model';

/** The content of `model.json`. */
export function writeModel(model: EquationModel): string {
  const { pair, density, embedding, ...rest } = model;
  const equations = { pair: printText(pair, 'r'), density: printText(density, 'r'), embedding: printText(embedding, 'rho') };
  return `${JSON.stringify({ format: FORMAT, version: 1, units: { length: 'angstrom', energy: 'eV' }, equations, ...rest }, null, 2)}\n`;
}

/**
 * Reads the content of `model.json`.
 * @throws InputError that names the file and what is wrong
 */
export function readModel(text: string, file: string): EquationModel {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch (cause) {
    throw new InputError('this is not valid JSON', { file }, { cause });
  }
  const json = (typeof parsed === 'object' && parsed !== null ? parsed : {}) as Record<string, unknown>;
  const wrong = (what: string): InputError => new InputError(`${what} in this model file`, { file });
  if (json['format'] !== FORMAT) throw wrong(`"format" is not "${FORMAT}"`);
  if (json['version'] !== 1) throw wrong(`version ${String(json['version'])} is not known (this eqpot reads 1)`);
  const equations = json['equations'] as Record<string, unknown> | undefined;
  const equation = (name: string, variable: string): Expression => {
    const source = equations?.[name];
    if (typeof source !== 'string') throw wrong(`equations.${name} is missing`);
    try {
      return parseExpression(source, variable);
    } catch (cause) {
      throw new InputError(`equations.${name}: ${(cause as Error).message}`, { file }, { cause });
    }
  };
  const number = (name: string): number => {
    const value = json[name];
    if (typeof value !== 'number' || !Number.isFinite(value)) throw wrong(`"${name}" must be a number`);
    return value;
  };
  const style = json['cutoffStyle'] as CutoffStyle;
  if (!CUTOFF_STYLES.includes(style)) throw wrong(`"cutoffStyle" must be one of ${CUTOFF_STYLES.join(', ')}`);
  if (typeof json['element'] !== 'string') throw wrong('"element" is missing');
  const cutoff = number('cutoff');
  if (!(cutoff > 0)) throw wrong('"cutoff" must be larger than 0');
  const taperWidth = number('taperWidth');
  if (style !== 'shift' && TAPERS[style].defaultWidth(cutoff) > 0 && !(taperWidth > 0))
    throw wrong(`"taperWidth" must be larger than 0 for a ${style} cutoff`);
  const core = (json['core'] ?? { kind: 'none' }) as { kind?: unknown; inner?: unknown; outer?: unknown; embeddingSlope?: unknown };
  if (
    core.kind !== 'none' &&
    !((core.kind === 'zbl' || core.kind === 'line') && Number(core.inner) > 0 && Number(core.outer) > Number(core.inner))
  )
    throw wrong('"core" must be of kind "none", or "zbl" or "line" with 0 < inner < outer');
  if (core.embeddingSlope !== undefined && !Number.isFinite(core.embeddingSlope)) throw wrong('"core.embeddingSlope" must be a number');
  return {
    title: String(json['title'] ?? ''),
    element: json['element'],
    pair: equation('pair', 'r'),
    density: equation('density', 'r'),
    embedding: equation('embedding', 'rho'),
    cutoff,
    cutoffStyle: style,
    taperWidth,
    densityFloor: number('densityFloor'),
    core: core as Core,
    referenceEnergies: (json['referenceEnergies'] ?? {}) as Record<string, number>,
    citation: String(json['citation'] ?? ''),
    ...(json['range'] ? { range: rangeFrom(json['range'], wrong) } : {}),
  };
}

function rangeFrom(range: unknown, wrong: (what: string) => InputError): SeenRange {
  const { shortest, lowestDensity, highestDensity, distances, densities } = range as Record<keyof SeenRange, unknown>;
  if (![shortest, lowestDensity, highestDensity].every(Number.isFinite))
    throw wrong('"range" must have the numbers "shortest", "lowestDensity" and "highestDensity"');
  for (const [name, list] of Object.entries({ distances, densities }))
    if (list !== undefined && !isStretches(list)) throw wrong(`"range.${name}" must be a list of pairs [from, to] that grow`);
  return range as SeenRange;
}
