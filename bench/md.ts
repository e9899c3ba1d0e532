import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { LammpsEngine } from '../src/engines/lammps/engine.js';
import { findLammps } from '../src/engines/lammps/find.js';
import { lammpsInPath } from '../src/engines/lammps/native.js';
import { EngineError } from '../src/errors.js';
import { builtinModel } from '../src/potentials/builtin.js';
import { TAPERS } from '../src/potentials/cutoffs/index.js';
import { writeModel } from '../src/potentials/equation-potential.js';
import { exportPotential } from '../src/workflows/export.js';
import { inTemporaryFolder } from './data.js';
import { printTable, show, summary } from './measure.js';
import type { Section } from './section.js';

const STEPS = 200;
const CUTOFFS = [8, 5.5];

/** 4000 atoms of fcc copper at 600 K, NVE. Neighbour lists as LAMMPS has them by default in metal units: skin 2 Å, rebuilt when needed. */
const SCRIPT = `units metal
boundary p p p
atom_style atomic
lattice fcc 3.634
region box block 0 10 0 10 0 10
create_box 1 box
create_atoms 1 box
mass 1 63.546
include pair.in
velocity all create 1200.0 4928459 mom yes rot no
timestep 0.001
fix 1 all nve
thermo 100
run 50
run ${STEPS}
`;

/** What the cutoff costs in molecular dynamics: the published SR2 against the same equation tapered at 5.5 Å. */
export const md: Section = {
  name: 'md',
  what: 'molecular dynamics in LAMMPS, SR2 at 8 Å against 5.5 Å, 4000 atoms of fcc copper',
  duration: '2 min',
  async run({ repeats = 5 }) {
    await inTemporaryFolder(async (folder) => {
      const files: Record<string, string>[] = [];
      for (const cutoff of CUTOFFS) files.push(await filesFor(cutoff, folder));
      console.log(`${STEPS} steps after 50 to settle, one process and one thread, ${repeats} repeats, the two cutoffs in turn\n`);
      const rows: string[][] = [];
      for (const kind of lammpsInPath() ? ['embedded', 'native'] : ['embedded']) {
        const lammps = await findLammps(kind);
        try {
          const version = await lammps.version();
          const times: number[][] = [[], []];
          for (let k = 0; k < repeats; k++) for (const c of [0, 1]) times[c]!.push(await microseconds(lammps, files[c]!));
          const ratios = times[0]!.map((time, k) => time / times[1]![k]!);
          CUTOFFS.forEach((cutoff, c) => {
            rows.push([`${kind}, ${version}`, `${cutoff} Å`, show(summary(times[c]!)), c === 0 ? show(summary(ratios)) : '']);
          });
        } finally {
          await lammps.close();
        }
      }
      printTable(['LAMMPS', 'cutoff', 'µs an atom and step', '8 Å over 5.5 Å'], rows);
    });
  },
};

/** LAMMPS files of SR2 with this cutoff; the published one at 8 Å, tapered at others. */
async function filesFor(cutoff: number, folder: string): Promise<Record<string, string>> {
  let model = 'sr2';
  if (cutoff !== builtinModel('sr2').cutoff) {
    model = join(folder, 'model.json');
    const taperWidth = TAPERS.quintic.defaultWidth(cutoff);
    writeFileSync(model, writeModel({ ...builtinModel('sr2', { cutoff }), cutoffStyle: 'quintic', taperWidth }));
  }
  return (await exportPotential(model, join(folder, String(cutoff)), { accuracy: 1e-6 })).texts;
}

/** Time of an atom and step, µs, by the clock of LAMMPS. */
async function microseconds(lammps: LammpsEngine, files: Record<string, string>): Promise<number> {
  const { log } = await lammps.run({ script: SCRIPT, files, variables: { eqpot: '.' } });
  const loops = [...log.matchAll(/Loop time of (\S+) on \d+ procs for (\d+) steps with (\d+) atoms/g)];
  const last = loops[loops.length - 1];
  if (!last) throw new EngineError('the LAMMPS log has no loop time', log.slice(-500));
  return (1e6 * Number(last[1])) / (Number(last[2]) * Number(last[3]));
}
