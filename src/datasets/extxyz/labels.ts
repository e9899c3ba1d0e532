import { type ErrorPlace, InputError } from '../../errors.js';
import { type LabelOrigin, volume } from '../../structures/structure.js';
import type { LabelKeys, ReadContext } from '../format.js';
import { numberFrom } from '../numbers.js';
import { voigtToMatrix } from '../units.js';
import type { WarningTally } from '../warnings.js';
import { type CommentEntry, numbersOf } from './comment.js';
import { DEFAULT_KEYS, ORIGIN_KEYS } from './keys.js';

export interface FrameLabels {
  energy: number | undefined;
  stress: Float64Array | undefined;
  configType: string;
  source: string;
  labelOrigin: LabelOrigin | undefined;
  /** entries of LabelKeys whose named key this frame has */
  found: (keyof LabelKeys)[];
}

type Comment = ReadonlyMap<string, CommentEntry>;

/**
 * Takes the labels of a whole frame from its comment line.
 * @param cell Å, shape (3, 3)
 * @throws InputError for values that are not finite numbers or of a wrong count
 */
export function readLabels(
  comment: Comment,
  context: ReadContext,
  cell: Float64Array,
  place: ErrorPlace,
  warnings: WarningTally,
): FrameLabels {
  const labels = context.labels ?? {};
  const text = (label: 'configType' | 'source') => comment.get(labels[label] ?? DEFAULT_KEYS[label][0])?.value ?? '';
  const found = (Object.keys(labels) as (keyof LabelKeys)[]).filter((label) => label !== 'forces' && comment.has(labels[label] ?? ''));
  return {
    energy: readEnergy(comment, context, place, warnings),
    stress: readStress(comment, labels, cell, place, warnings),
    configType: text('configType') || 'default',
    source: text('source'),
    labelOrigin: readOrigin(comment),
    found,
  };
}

/** What computed the labels; undefined where engine or settings are not named. */
function readOrigin(comment: Comment): LabelOrigin | undefined {
  const text = (key: keyof typeof ORIGIN_KEYS) => comment.get(ORIGIN_KEYS[key])?.value ?? '';
  const [engine, settings] = [text('engine'), text('settings')];
  if (engine === '' || settings === '') return undefined;
  const seconds = numberFrom(text('wallSeconds'));
  const changed = text('changed')
    .split('; ')
    .flatMap((part) => (part.includes('=') ? [[part.slice(0, part.indexOf('=')), part.slice(part.indexOf('=') + 1)]] : []));
  return {
    engine,
    version: text('version'),
    settings,
    input: text('input'),
    ...(Number.isFinite(seconds) && { wallSeconds: seconds }),
    ...(changed.length > 0 && { changed: Object.fromEntries(changed) }),
  };
}

/** The entry of the wanted key, or of the first usual one; several that differ are worth a warning. */
function choose(
  comment: Comment,
  label: 'energy' | 'stress' | 'virial',
  wanted: string | undefined,
  warnings: WarningTally,
  line?: number,
) {
  if (wanted !== undefined) return comment.get(wanted);
  const present = DEFAULT_KEYS[label].map((key) => comment.get(key)).filter((entry) => entry !== undefined);
  if (present.some((entry) => entry.value !== present[0]!.value))
    warnings.add(
      `${label} is given by ${present.map((e) => e.key).join(' and ')}, and they differ: ${present[0]!.key} is used (labels.${label} chooses another)`,
      line,
    );
  return present[0];
}

function readEnergy(comment: Comment, context: ReadContext, place: ErrorPlace, warnings: WarningTally): number | undefined {
  const wanted = context.labels?.energy;
  let entry = choose(comment, 'energy', wanted, warnings, place.line);
  const free = comment.get('free_energy');
  if (wanted === undefined && free && entry?.key === 'energy' && free.value !== entry.value) {
    // ASE writes both for VASP and GPAW: `energy` is extrapolated to zero smearing, `free_energy` is the one the forces belong to
    if (context.energyKind === 'free') entry = free;
    else if (context.energyKind === undefined)
      warnings.add(
        '`energy` and `free_energy` differ: `energy` is used; the forces belong to `free_energy` (energy kind "free" chooses it)',
        place.line,
      );
  }
  if (!entry) return undefined;
  const values = numbersOf(entry, place);
  if (values.length !== 1)
    throw new InputError(
      `${entry.key} has ${values.length} numbers`,
      { ...place, column: entry.column },
      {
        hint: 'expected one, the total energy in eV',
      },
    );
  return values[0]!;
}

function readStress(
  comment: Comment,
  labels: LabelKeys,
  cell: Float64Array,
  place: ErrorPlace,
  warnings: WarningTally,
): Float64Array | undefined {
  const onlyVirial = labels.virial !== undefined && labels.stress === undefined;
  const onlyStress = labels.stress !== undefined && labels.virial === undefined;
  const stressEntry = onlyVirial ? undefined : choose(comment, 'stress', labels.stress, warnings, place.line);
  const virialEntry = onlyStress ? undefined : choose(comment, 'virial', labels.virial, warnings, place.line);
  const v = volume(cell);
  if (virialEntry && !(v > 0)) {
    warnings.add(`${virialEntry.key} of a frame without a cell has no stress and is not used`, place.line);
    return stressEntry && matrixOf(stressEntry, place, warnings);
  }
  const fromVirial = virialEntry && matrixOf(virialEntry, place, warnings).map((x) => (0 - x) / v);
  if (!stressEntry) return fromVirial;
  const stress = matrixOf(stressEntry, place, warnings);
  if (fromVirial) {
    const scale = Math.max(...stress.map(Math.abs), 1e-4);
    const distance = (sign: number) => Math.max(...stress.map((x, k) => Math.abs(x - sign * fromVirial[k]!))) / scale;
    if (distance(1) > 1e-3)
      warnings.add(
        `${stressEntry.key} is not -${virialEntry.key}/volume${distance(-1) < 1e-3 ? ' but has the opposite sign' : ''}: ${stressEntry.key} is used; positive must mean tension`,
        place.line,
      );
  }
  return stress;
}

/** Nine numbers as they stand, or six in Voigt order. */
function matrixOf(entry: CommentEntry, place: ErrorPlace, warnings: WarningTally): Float64Array {
  const values = numbersOf(entry, place);
  if (values.length === 6) return voigtToMatrix(values);
  if (values.length !== 9)
    throw new InputError(
      `${entry.key} has ${values.length} numbers`,
      { ...place, column: entry.column },
      {
        hint: 'expected nine (3x3), or six in the order xx yy zz yz xz xy',
      },
    );
  const scale = Math.max(...values.map(Math.abs));
  const skew = Math.max(Math.abs(values[1]! - values[3]!), Math.abs(values[2]! - values[6]!), Math.abs(values[5]! - values[7]!));
  if (skew > 1e-3 * scale + 1e-9) warnings.add(`${entry.key} is not symmetric`, place.line);
  return values;
}
