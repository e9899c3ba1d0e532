import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { type LabelSettings, labelSchema } from '../src/config/label-schema.js';
import type { LabelJob } from '../src/engines/labelling/labeller.js';
import { lammpsInPath } from '../src/engines/lammps/native.js';
import { SILENT } from '../src/engines/progress.js';
import { NEVER_STOP } from '../src/engines/stop.js';
import { RandomStream } from '../src/math/random.js';
import { cubic } from '../src/structures/lattices.js';
import { fractionalPositions, multiplyRows, repeat, type Structure } from '../src/structures/structure.js';
import { createLabeller } from '../src/workflows/label/labellers.js';
import { inTemporaryFolder } from './data.js';
import { familySeconds, printTable, show, significant, summary } from './measure.js';
import { type Section, Skip } from './section.js';

const PUBLISHED = '/usr/share/lammps/potentials/Cu_mishin1.eam.alloy';

/** LAMMPS that stays, asked through sockets, against LAMMPS that reads files: how many structures a second. */
export const sockets: Section = {
  name: 'sockets',
  what: 'labels from LAMMPS through a unix socket, through TCP, and by files',
  duration: '1 min',
  async run({ repeats = 5 }) {
    if (!lammpsInPath()) throw new Skip('needs a native LAMMPS (lmp) in PATH');
    const potential = existsSync(PUBLISHED) ? PUBLISHED : 'sutton-chen-cu';
    console.log(`copper, random triclinic cells, ${potential}; ${repeats} repeats, without the start of LAMMPS for the sockets\n`);
    const rows: string[][] = [];
    for (const [edge, count] of [
      [2, 1000],
      [4, 200],
    ] as const) {
      const structures = triclinic(edge, count);
      const atoms = structures[0]!.species.length;
      const found: Map<string, number>[] = [];
      for (const [name, settings] of [
        ['unix socket', { engine: 'socket', potential }],
        ['TCP, 127.0.0.1', { engine: 'socket', potential, address: '127.0.0.1:0' }],
        ['files, 500 a run', { engine: 'lammps', potential, lammps: 'native', batch: 500 }],
      ] as const) {
        const { rates, costs, energies } = await measured(labelSchema.parse(settings), structures, repeats);
        found.push(energies);
        rows.push([name, String(atoms), String(count), show(summary(rates)), show(summary(costs))]);
      }
      const [unix, tcp, file] = found as [Map<string, number>, Map<string, number>, Map<string, number>];
      let worst = 0;
      for (const [id, energy] of file) for (const other of [unix, tcp]) worst = Math.max(worst, Math.abs(other.get(id)! - energy) / atoms);
      console.log(`${atoms} atoms: largest difference of energies, sockets against files: ${significant(1e9 * worst)} neV/atom`);
    }
    console.log();
    printTable(['way', 'atoms', 'structures', 'evaluations a second', 'processor time, µs each'], rows);
    console.log(
      '\nprocessor time: of LAMMPS and of eqpot together; through sockets they take turns, so that it tells the rate on a quiet machine',
    );
  },
};

/** Evaluations a second and processor time of each repeat, after one that is not counted, and energies by structure. */
async function measured(settings: LabelSettings, structures: readonly Structure[], repeats: number) {
  const labeller = await createLabeller(settings, '.');
  const energies = new Map<string, number>();
  const jobs: LabelJob[] = structures.map((structure, k) => ({ id: String(k), structure }));
  try {
    return await inTemporaryFolder(async (folder) => {
      const rates: number[] = [];
      const costs: number[] = [];
      for (let k = 0; k <= repeats; k++) {
        const started = performance.now();
        const spent = familySeconds();
        await labeller.label(jobs, {
          directory: join(folder, 'runs'),
          stop: NEVER_STOP,
          progress: SILENT,
          onOutcome(outcome) {
            if ('failure' in outcome) throw new Error(outcome.failure.reason);
            energies.set(outcome.id, outcome.label.energy);
          },
        });
        if (k === 0) continue;
        rates.push((1000 * jobs.length) / (performance.now() - started));
        costs.push((1e6 * (familySeconds() - spent)) / jobs.length);
      }
      return { rates, costs, energies };
    });
  } finally {
    await labeller.close?.();
  }
}

/** Copper crystals sheared by up to 10 % with atoms off their places. */
function triclinic(edge: number, count: number): Structure[] {
  const random = RandomStream.fromSeed(1);
  const crystal = repeat(cubic('fcc', 'Cu', 3.615), [edge, edge, edge]);
  const fractional = fractionalPositions(crystal);
  return Array.from({ length: count }, () => {
    const strain = Float64Array.from({ length: 9 }, (_, k) => (k % 4 === 0 ? 1 : 0) + random.range(-0.1, 0.1));
    const cell = multiplyRows(crystal.cell, strain);
    const positions = multiplyRows(fractional, cell).map((x) => x + random.range(-0.1, 0.1));
    return { ...crystal, cell, positions };
  });
}
