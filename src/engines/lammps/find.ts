import { InputError } from '../../errors.js';
import { EmbeddedLammps } from './embedded.js';
import type { LammpsEngine } from './engine.js';
import { canStart, lammpsInPath, NativeLammps } from './native.js';

/**
 * The LAMMPS that is asked for: `embedded` (default, needs nothing installed), `native` (the `lmp` in PATH), or a command
 * such as `/opt/lammps/lmp` or `mpirun -np 4 lmp`. Nothing is started before the first run, except that a command is asked
 * for its version, so that a wrong one is named at once.
 * @throws InputError when there is no such program; EngineError when it is no LAMMPS
 */
export async function findLammps(choice: 'embedded' | 'native' | (string & {}) = 'embedded'): Promise<LammpsEngine> {
  if (choice === 'embedded') return new EmbeddedLammps();
  const command = choice === 'native' ? lammpsInPath() : choice.trim();
  const hint = "install LAMMPS (Debian: apt install lammps), give the program's path, or use 'embedded', which needs nothing installed";
  if (command === undefined) throw new InputError('no native LAMMPS found in PATH (lmp, lmp_serial, lmp_mpi or lammps)', {}, { hint });
  const words = command.split(/\s+/);
  if (!canStart(words[0]!))
    throw new InputError(`the LAMMPS command '${command}' cannot be started: there is no program '${words[0]}'`, {}, { hint });
  const engine = new NativeLammps(command);
  await engine.version();
  return engine;
}
