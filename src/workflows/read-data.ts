import type { Settings } from '../config/schema.js';
import type { LabelKeys } from '../datasets/format.js';
import { type DataSet, readFrames } from '../datasets/read.js';
import { InputError } from '../errors.js';
import type { Frame } from '../structures/structure.js';
import type { Place } from './check-data.js';

/** All data files on one scale of energies. */
export interface FitData extends DataSet {
  /** factor on the loss weight of each frame, shape (frames) */
  weightOf: Float64Array;
  /** what was done to whole files, for the log */
  lines: string[];
}

/**
 * All data files as one set: of each file the frames that are asked for, with energies on the scale of the first.
 * @throws InputError for files that cannot be read, and for scales that cannot be brought together
 */
export function readData(settings: Settings, directory: string, place: Place): FitData {
  const { data, reference_energy: common } = settings;
  const { config_type: configType, ...others } = data.labels;
  const labels: LabelKeys = { ...others, ...(configType === undefined ? {} : { configType }) };
  const entries = data.files.map((entry) => (typeof entry === 'string' ? { path: entry, weight: 1, every: 1 } : entry));
  const set = readFrames(
    entries.map((entry) => ({ path: entry.path, format: entry.format, configType: entry.config_type })),
    {
      directory,
      labels,
      labelPlace: (label) => place(['data', 'labels', label === 'configType' ? 'config_type' : label]),
      ...(data.energy_kind ? { energyKind: data.energy_kind } : {}),
    },
  );
  const out: FitData = { frames: [], files: [], warnings: set.warnings, weightOf: new Float64Array(0), lines: [] };
  const weights: number[] = [];
  let from = 0;
  entries.forEach(({ path, weight, every, reference_energy: own }, k) => {
    const file = set.files[k]!;
    let frames = set.frames.slice(from, from + file.frames).filter((_, n) => n % every === 0);
    from += file.frames;
    if (every > 1) out.lines.push(`data: every ${ordinal(every)} frame of ${path}, ${frames.length} of ${file.frames}`);
    if (own !== undefined) {
      const where = place(['data', 'files', k, 'reference_energy']);
      if (typeof own === 'number' && typeof common !== 'number')
        throw new InputError(`the reference energy of ${path} means nothing without that of all data`, where, {
          hint: "give 'reference_energy' of the settings as a number too, or write 'match' here",
        });
      if (own === 'match' && k === 0)
        throw new InputError('the first file is the one that others are matched to', where, { hint: 'leave the setting out here' });
      const shift = own === 'match' ? lowest(out.frames, where) - lowest(frames, where) : (common as number) - own;
      frames = frames.map((frame) =>
        frame.energy === undefined ? frame : { ...frame, energy: frame.energy + shift * frame.species.length },
      );
      out.lines.push(
        `data: energies of ${path} moved by ${shift.toFixed(5)} eV/atom${own === 'match' ? `, to the lowest of ${entries[0]!.path}` : ''}`,
      );
    }
    for (const frame of frames) {
      out.frames.push(frame);
      weights.push(weight);
    }
    out.files.push({ ...file, frames: frames.length });
  });
  return { ...out, weightOf: Float64Array.from(weights) };
}

/** Lowest energy, eV/atom. */
function lowest(frames: readonly Frame[], where: ReturnType<Place>): number {
  const least = Math.min(...frames.map(({ energy, species }) => (energy ?? Infinity) / species.length));
  if (!Number.isFinite(least)) throw new InputError('there is no energy to match', where);
  return least;
}

function ordinal(n: number): string {
  return `${n}${['th', 'st', 'nd', 'rd'][n % 10 < 4 && Math.floor(n / 10) % 10 !== 1 ? n % 10 : 0]}`;
}
