import { z } from 'zod';
import { lammpsPotential, seconds } from './label-parts.js';

/** Programs that stay and are asked through a socket. */
export const socket = z
  .strictObject({
    engine: z.literal('socket').describe('a program that stays and gets structures through a socket, in the protocol of i-PI'),
    program: z
      .enum(['lammps', 'other'])
      .default('lammps')
      .describe('lammps (fix ipi), which wants cells turned and atoms brought into them, or other: ASE, GPAW, pw.x, ...'),
    ...lammpsPotential,
    lammps: z.string().default('native').describe('with a potential: native, or a command such as "mpirun -np 4 lmp"'),
    command: z
      .string()
      .optional()
      .describe(
        'any other program: its command; {address}, {name}, {host}, {port}, {structure} and {data} are filled in (bridges/README.md)',
      ),
    launcher: z.string().optional().describe('words before the command that change no numbers, such as "mpirun -np 32"'),
    inputs: z
      .array(z.string())
      .default([])
      .describe('files put beside the program, filled in in the same way; {natoms}, {cell}, {positions} as well'),
    method: z
      .string()
      .optional()
      .describe('what computes, in words that are part of the labels; needed where the program is started elsewhere'),
    version: z.string().optional().describe('of the program, for the labels'),
    address: z
      .string()
      .optional()
      .describe('where to listen: unix:NAME (/tmp/ipi_NAME), a path, or HOST:PORT; a unix socket for each program when absent'),
    clients: z.int().min(1).max(256).default(1).describe('programs at a time'),
    structures_per_start: z
      .int()
      .min(1)
      .optional()
      .describe('structures after which a program is started afresh; 1 for plane waves and changing cells'),
    stress: z.boolean().default(true).describe('take the stress that the program gives'),
    timeout: seconds('limit of one structure').default(3600),
    start_timeout: seconds('limit until a program that was started connects').default(600),
  })
  .describe('labels of LAMMPS, ASE, GPAW, pw.x and other programs that stay');
