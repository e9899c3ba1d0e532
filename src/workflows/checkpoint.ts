import { existsSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { deserialize, serialize } from 'node:v8';
import { writeFileAtomic } from '../engines/files.js';
import { InputError } from '../errors.js';
import type { RestartState } from '../fitting/search/restart.js';

/** State of an unfinished search: one file for each restart in `checkpoint/` of the run directory. */
export class Checkpoint<State = RestartState> {
  private readonly directory: string;

  /**
   * @param fingerprint changes with anything that would change the result (data, settings, seed, version)
   */
  constructor(
    runDirectory: string,
    private readonly fingerprint: string,
  ) {
    this.directory = join(runDirectory, 'checkpoint');
  }

  private path(index: number): string {
    return join(this.directory, `restart-${index}.state`);
  }

  save(index: number, state: State): void {
    writeFileAtomic(this.path(index), serialize({ fingerprint: this.fingerprint, state }));
  }

  /**
   * The saved states by restart.
   * @throws InputError when they belong to another data set or to other settings, or cannot be read
   */
  load(): Map<number, State> {
    const states = new Map<number, State>();
    if (!existsSync(this.directory)) return states;
    for (const name of readdirSync(this.directory)) {
      const match = /^restart-(\d+)\.state$/.exec(name);
      if (!match) continue;
      const file = join(this.directory, name);
      let content: { fingerprint: string; state: State };
      try {
        content = deserialize(readFileSync(file)) as typeof content;
      } catch (cause) {
        throw new InputError('this checkpoint is damaged', { file }, { cause, hint: 'delete it: its restart is then done again' });
      }
      if (content.fingerprint !== this.fingerprint)
        throw new InputError(
          'this checkpoint belongs to other settings, other data or another version of eqpot',
          { file },
          {
            hint: 'run without --resume to start again, or restore the settings that it was made with',
          },
        );
      states.set(Number(match[1]), content.state);
    }
    return states;
  }

  /** Moves saved states out of the way, in place of those moved before; returns the folder that they are in, undefined without any. */
  setAside(): string | undefined {
    if (!existsSync(this.directory) || readdirSync(this.directory).length === 0) return undefined;
    const aside = `${this.directory}-old`;
    rmSync(aside, { recursive: true, force: true });
    renameSync(this.directory, aside);
    return aside;
  }

  /** Removes all saved states. */
  clear(): void {
    rmSync(this.directory, { recursive: true, force: true });
  }
}
