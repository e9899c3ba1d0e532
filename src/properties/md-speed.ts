import { copies, timestepFor } from './crystal/molecular-dynamics.js';
import type { Property } from './property.js';

/** Large enough that the ghost atoms do not rule, small enough for a second. */
const ATOMS = 4000;
/** K at the start; half of it is left, a warm crystal */
const TEMPERATURE = 600;

/** LAMMPS's lines about a run: seconds, processes, steps, atoms, share of the processor in per cent. */
const LOOP = /Loop time of (\S+) on (\d+) procs for (\d+) steps with (\d+) atoms[\s\S]*?([\d.]+)% CPU use/g;

/** Time of a step of molecular dynamics for each atom. */
export const mdSpeed: Property = {
  id: 'md_speed',
  title: 'Speed of molecular dynamics',
  cost: 'a few seconds, nothing else runs meanwhile',
  templates: ['in.speed'],
  values: () => [
    { name: 'md_speed', unit: 'µs/atom/step', description: 'processor time for a step of molecular dynamics, of each atom, on one core' },
  ],
  async run(context) {
    const { structure } = await context.lattice();
    const data = 'crystal.data';
    const counts = copies(structure, ATOMS);
    const run = await context.lammps({
      template: 'in.speed',
      structures: { [data]: structure },
      // the machine is among the variables, so a result that another machine left is not taken for one of this
      variables: {
        data,
        repeat: counts.join(' '),
        temperature: TEMPERATURE,
        seed: context.settings.seed,
        timestep: timestepFor(structure) / 2,
        processor: `${context.machine.lammps} ${context.machine.processor}`.replace(/[^\w.-]+/g, '_'),
      },
      alone: true,
    });
    const [temperature] = run.row('temperature', 1) as [number];
    if (!(temperature > 0 && temperature < 2 * TEMPERATURE))
      throw run.error(`the crystal ends at ${temperature} K: the forces do not fit the energy, or the crystal is not stable`);
    // while other programs run, the wall-clock time is longer than what the processor worked
    const loops = [...run.log.matchAll(LOOP)]
      .map(([, seconds, processes, steps, atoms, share]) => ({
        seconds: Number(seconds),
        processes: Number(processes),
        steps: Number(steps),
        atoms: Number(atoms),
        // WebAssembly does not know what its processor does
        share: Number(share) / 100 || 1,
      }))
      .filter(({ steps }) => steps > 0)
      .slice(1);
    const wall = loops.map(({ seconds, processes, steps, atoms }) => (1e6 * seconds * processes) / (steps * atoms));
    const times = wall.map((time, k) => time * loops[k]!.share);
    if (times.length !== 3 || times.some((time) => !(time > 0)))
      throw run.error(`the log tells the time of ${times.length} runs, not of 3`);
    const { processes, steps, atoms } = loops[0]!;
    return {
      values: [
        {
          name: 'md_speed',
          unit: 'µs/atom/step',
          // caches shared with other programs can only make it slower
          value: Math.min(...times),
          detail: {
            lammps: context.machine.lammps,
            processor: context.machine.processor,
            processes,
            atoms,
            steps,
            all_measurements_us: times,
            by_the_clock_us: wall,
            cutoff_angstrom: (await context.atoms()).cutoff,
          },
        },
      ],
    };
  },
};
