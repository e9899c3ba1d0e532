import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { packagedFile } from '../packaged.js';

/** Text of one of the LAMMPS scripts in `lammps-inputs/`, which stands beside `src/` as well as beside `dist/`. */
export function lammpsInput(name: string): string {
  return readFileSync(join(lammpsInputFolder(), name), 'utf8');
}

/** The folder `lammps-inputs/` of this installation. */
export function lammpsInputFolder(): string {
  return dirname(packagedFile('lammps-inputs/in.verify'));
}
