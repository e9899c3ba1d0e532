import { createHash } from 'node:crypto';
import { cpus } from 'node:os';
import { phonopyInPath, runPhonopy } from '../../engines/phonopy.js';
import type { StopToken } from '../../engines/stop.js';
import type { Machine } from '../../properties/property.js';
import type { PotentialSource, Validation } from '../../report/validation/validation.js';
import type { ValidateOptions } from '../validate.js';
import type { TestedPotential } from './potential.js';

/** What a potential was: the files as LAMMPS got them, and the lines that it read. */
export function sourceOf({ elements, pairLines, hash, files }: TestedPotential): PotentialSource {
  return {
    elements,
    pair: pairLines.trimEnd().split('\n'),
    sha256: hash,
    files: Object.entries(files).map(([name, content]) => {
      const data = typeof content === 'string' ? Buffer.from(content) : content;
      return { name, bytes: data.length, sha256: createHash('sha256').update(data).digest('hex') };
    }),
  };
}

/** What LAMMPS ran on. */
export function softwareOf(): Record<string, string> {
  return { 'Node.js': process.versions.node, processor: cpus()[0]?.model ?? 'unknown', platform: `${process.platform} ${process.arch}` };
}

/** The machine as the properties see it. */
export function machineOf({ lammps: { kind, version }, software }: Pick<Validation, 'lammps' | 'software'>, stop: StopToken): Machine {
  const program = phonopyInPath();
  // one after another: each takes 200 MB, and with many potentials they would all start at once
  let last: Promise<unknown> = Promise.resolve();
  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    const turn = last.then(work);
    last = turn.catch(() => undefined);
    return turn;
  };
  return {
    lammps: `${kind} ${version}`,
    processor: software.processor ?? 'unknown',
    phonopy: program === undefined ? undefined : (words, files) => inTurn(() => runPhonopy(program, words, files, stop.signal)),
  };
}

/** What was chosen, without what has a place of its own. */
export function settingsOf({
  settings,
  properties,
  lammps,
  workers,
  potentials,
  memberProperties,
}: ValidateOptions): Record<string, unknown> {
  return {
    seed: settings.seed,
    properties: properties.map(({ id }) => id),
    ...(settings.surfaces ? { surfaces: settings.surfaces.map((indices) => indices.join(' ')) } : {}),
    lammps: lammps ?? 'embedded',
    ...(memberProperties?.length
      ? {
          committees: potentials.flatMap(({ name, committee }) => (committee ? [`${name}: ${committee.members.length}`] : [])),
          properties_of_members: memberProperties.map(({ id }) => id),
        }
      : {}),
    ...(workers === undefined ? {} : { runs_side_by_side: workers }),
  };
}
