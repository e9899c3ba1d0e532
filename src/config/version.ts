import { readFileSync } from 'node:fs';

/** Version of eqpot, from its package.json (which lies two folders up in the sources, three in the compiled package). */
export function version(): string {
  for (const up of ['../../package.json', '../../../package.json'])
    try {
      const { name, version: found } = JSON.parse(readFileSync(new URL(up, import.meta.url), 'utf8'));
      if (name === 'eqpot') return found;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    }
  return 'unknown';
}
