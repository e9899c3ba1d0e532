import { join } from 'node:path';
import { writeFileAtomic } from '../engines/files.js';

/** Writes the files of a run; each appears whole or not at all. */
export function writeRunFiles(directory: string, files: Readonly<Record<string, string>>): void {
  for (const [name, content] of Object.entries(files)) writeFileAtomic(join(directory, name), content);
}
