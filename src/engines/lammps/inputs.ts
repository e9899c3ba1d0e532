import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Text of one of the LAMMPS scripts in `lammps-inputs/`, which stands beside `src/` as well as beside `dist/`. */
export function lammpsInput(name: string): string {
  return readFileSync(join(lammpsInputFolder(), name), 'utf8');
}

/** The folder `lammps-inputs/` of this installation. */
export function lammpsInputFolder(): string {
  let folder = dirname(fileURLToPath(import.meta.url));
  for (;;) {
    const candidate = join(folder, 'lammps-inputs');
    // this module's own folder is called lammps, so only the folder of that very name can match
    if (existsSync(join(candidate, 'in.verify'))) return candidate;
    const parent = dirname(folder);
    if (parent === folder) throw new Error('lammps-inputs/ is missing from this installation of eqpot');
    folder = parent;
  }
}
