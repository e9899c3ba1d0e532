import { existsSync } from 'node:fs';
import { basename, dirname, resolve } from 'node:path';
import { watch } from 'chokidar';
import type { RunChange } from '../run-change.js';
import { FollowedRun, LOG_FILE } from './follow-run.js';
import { STATE_FILE } from './state-file.js';

export interface FollowOptions {
  /** gets every change; `directory` as it was given */
  onChange: (directory: string, change: RunChange) => void;
  /** seconds between two looks at every file; default: 2, and at once where the system tells of a change */
  pollSeconds?: number;
  /** ends the following */
  signal?: AbortSignal;
}

/** Seconds between two looks at everything; what is written on another node of a cluster is told of by no system. */
const LOOK = 2;
/** Milliseconds after a change in which more may come. */
const SETTLE = 100;
const FILES = new Set([LOG_FILE, STATE_FILE]);

/**
 * Follows runs through their directories, which need not exist yet, until all have ended.
 * @throws the error of the system when a file is there and cannot be read
 */
export function followRuns(directories: readonly string[], options: FollowOptions): Promise<void> {
  const { onChange, pollSeconds, signal } = options;
  if (directories.length === 0 || signal?.aborted) return Promise.resolve();
  const runs = new Map(directories.map((directory) => [resolve(directory), { directory, run: new FollowedRun(directory) }]));
  const watched = new Set<string>();
  const again = new Map<string, NodeJS.Timeout>();
  const watcher = watch([], {
    ignoreInitial: true,
    depth: 0,
    ignored: (path, stats) => stats?.isFile() === true && !FILES.has(basename(path)),
    ...(pollSeconds === undefined ? {} : { usePolling: true, interval: 1000 * pollSeconds }),
  });
  return new Promise((fulfil, reject) => {
    let finished = false;
    const finish = (settle: () => void) => {
      if (finished) return;
      finished = true;
      clearInterval(timer);
      for (const later of again.values()) clearTimeout(later);
      signal?.removeEventListener('abort', aborted);
      void watcher.close().then(settle, reject);
    };
    const aborted = () => finish(fulfil);
    const look = (path: string) => {
      const entry = runs.get(path);
      if (!entry || finished) return;
      try {
        for (const change of entry.run.look()) onChange(entry.directory, change);
      } catch (error) {
        finish(() => reject(error));
        return;
      }
      if (entry.run.end) runs.delete(path);
      if (runs.size === 0) finish(fulfil);
    };
    const lookAtAll = () => {
      for (const path of [...runs.keys()]) {
        if (!watched.has(path) && existsSync(path)) {
          watched.add(path);
          watcher.add(path);
        }
        look(path);
      }
    };
    watcher.on('all', (event, path) => {
      if (event === 'unlinkDir') watched.delete(path);
      const directory = FILES.has(basename(path)) ? dirname(path) : path;
      look(directory);
      // chokidar does not tell of a second change right after the first
      clearTimeout(again.get(directory));
      if (runs.has(directory) && !finished)
        again.set(
          directory,
          setTimeout(() => look(directory), SETTLE),
        );
    });
    // such as too many watched files: the looks at everything go on
    watcher.on('error', () => {});
    const timer = setInterval(lookAtAll, 1000 * (pollSeconds ?? LOOK));
    signal?.addEventListener('abort', aborted, { once: true });
    lookAtAll();
  });
}
