import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/**
 * Path of a file that comes with eqpot and stands beside `src/` as well as beside `dist/`.
 * @param path relative to the root of the package, such as `lammps-inputs/in.verify`
 */
export function packagedFile(path: string): string {
  for (let folder = dirname(fileURLToPath(import.meta.url)); ; folder = dirname(folder)) {
    const candidate = join(folder, path);
    if (existsSync(candidate)) return candidate;
    if (folder === dirname(folder)) throw new Error(`${path} is missing from this installation of eqpot`);
  }
}
