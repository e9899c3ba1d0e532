import { EngineError } from '../../errors.js';
import type { Structure } from '../../structures/structure.js';
import { type LammpsEngine, logTail, requireSound } from './engine.js';
import type { LammpsPotential } from './evaluate.js';
import { lammpsInput } from './inputs.js';
import { dataText, toLammps } from './structures.js';

export interface SnapshotOptions {
  /** K */
  temperature: number;
  /** of the whole run; the first quarter is not recorded */
  steps: number;
  /** structures wanted */
  snapshots: number;
  /** ps */
  timestep: number;
  seed: number;
  abort?: AbortSignal;
}

/**
 * Snapshots of molecular dynamics at constant temperature and zero pressure (`lammps-inputs/in.snapshots`), in the orientation that
 * LAMMPS gives the cell; positions are not wrapped.
 * @throws EngineError when LAMMPS fails or loses atoms
 */
export async function snapshots(
  engine: LammpsEngine,
  potential: LammpsPotential,
  start: Structure,
  options: SnapshotOptions,
): Promise<Structure[]> {
  const { temperature, steps, timestep, seed, abort } = options;
  const every = Math.max(1, Math.floor((0.75 * steps) / options.snapshots));
  const written = toLammps(start, potential.elements, potential.cutoff);
  const output = await engine.run({
    script: lammpsInput('in.snapshots'),
    files: { ...potential.files, 'eqpot.pair': potential.pairLines, 'crystal.data': dataText(written, potential.elements) },
    variables: {
      ...potential.variables,
      deck: 'eqpot.pair',
      data: 'crystal.data',
      temperature: String(temperature),
      timestep: String(timestep),
      steps: String(steps),
      every: String(every),
      seed: String(seed),
    },
    ...(abort ? { abort } : {}),
  });
  requireSound(output);
  const frames = dumpedFrames(String(output.files['snapshots.dump'] ?? ''), potential.elements);
  if (frames.length === 0) throw new EngineError('LAMMPS wrote no snapshots', logTail(output.log));
  return frames.slice(0, options.snapshots);
}

/** The structures of a dump with unwrapped coordinates (id type xu yu zu), sorted by id. */
function dumpedFrames(text: string, elements: readonly string[]): Structure[] {
  return text
    .split('ITEM: TIMESTEP\n')
    .slice(1)
    .map((block) => {
      const [head, body] = block.split(/ITEM: ATOMS.*\n/) as [string, string];
      const triclinic = /ITEM: BOX BOUNDS xy xz yz/.test(head);
      const bounds = head
        .slice(head.indexOf('ITEM: BOX BOUNDS'))
        .split('\n')
        .slice(1, 4)
        .map((line) => line.trim().split(/\s+/).map(Number));
      const [xy, xz, yz] = triclinic ? [bounds[0]![2]!, bounds[1]![2]!, bounds[2]![2]!] : [0, 0, 0];
      // a dump gives the bounds of the parallelepiped, not its edges
      const lx = bounds[0]![1]! - Math.max(0, xy, xz, xy + xz) - (bounds[0]![0]! - Math.min(0, xy, xz, xy + xz));
      const ly = bounds[1]![1]! - Math.max(0, yz) - (bounds[1]![0]! - Math.min(0, yz));
      const lz = bounds[2]![1]! - bounds[2]![0]!;
      const rows = body
        .trimEnd()
        .split('\n')
        .map((line) => line.trim().split(/\s+/).map(Number));
      return {
        cell: Float64Array.of(lx, 0, 0, xy, ly, 0, xz, yz, lz),
        pbc: [true, true, true] as [boolean, boolean, boolean],
        species: rows.map(([, type]) => elements[type! - 1]!),
        positions: Float64Array.from(rows.flatMap(([, , x, y, z]) => [x!, y!, z!])),
      };
    });
}
