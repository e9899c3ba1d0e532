import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { isAbsent } from './layout.js';

interface Entry {
  signature: string;
  since: number;
}

/** For how long files and folders have not changed, by this machine's clock alone: times that other machines write are only compared. */
export class Quiet {
  private readonly entries = new Map<string, Entry>();

  /** Seconds since the first look that found the file, or the folder with all that is in it, as it is now. */
  seconds(path: string): number {
    return this.since(path, signatureOf(path));
  }

  /** The same for anything else that can be told by a text. */
  since(key: string, signature: string): number {
    const now = performance.now();
    const entry = this.entries.get(key);
    if (entry?.signature === signature) return (now - entry.since) / 1000;
    this.entries.set(key, { signature, since: now });
    return 0;
  }

  forget(key: string): void {
    this.entries.delete(key);
  }
}

function signatureOf(path: string): string {
  try {
    const stats = statSync(path);
    if (!stats.isDirectory()) return `${stats.ino} ${stats.size} ${stats.mtimeMs}`;
    return readdirSync(path)
      .sort()
      .map((name) => `${name} ${signatureOf(join(path, name))}`)
      .join('\n');
  } catch (error) {
    if (isAbsent(error)) return 'absent';
    throw error;
  }
}
