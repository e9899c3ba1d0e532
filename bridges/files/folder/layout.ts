import { existsSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';

/** What stands in the protocol's name; another number means that old and new programs do not understand each other. */
export const PROTOCOL = 'eqpot folder 1';

/** Part of a labelling folder. `jobs` to take, `claimed` by somebody, `results` to be taken in, `done` after that, `broken` ones set aside. */
export const PARTS = ['jobs', 'claimed', 'results', 'done', 'broken', 'workers', 'runs'] as const;
export type Part = (typeof PARTS)[number];

/** Beginnings and ends of names of what is still being written: hidden files, and those of rsync, browsers, WinSCP, editors. */
const UNFINISHED = /^\.|^#|~$|\.(part|partial|tmp|temp|filepart|crdownload|download|swp|swx|lock)$/i;
const ID = /(?:^|[^0-9a-f])([0-9a-f]{24})(?![0-9a-f])/;

export class FolderLayout {
  /**
   * @param root of the labelling folder
   * @param list names in a folder; replaced in tests of file systems that show a part of them
   */
  constructor(
    readonly root: string,
    private readonly list: (path: string) => string[] = readdirSync,
  ) {}

  path(part: Part, ...names: string[]): string {
    return join(this.root, part, ...names);
  }

  /** Names in a part that are not being written any more, sorted; none where there is no such folder (yet). */
  names(part: Part): string[] {
    try {
      return this.list(this.path(part))
        .filter((name) => !UNFINISHED.test(name))
        .sort();
    } catch (error) {
      if (isAbsent(error)) return [];
      throw error;
    }
  }

  /** Whether a result of this job is there under the name that workers give it; asked of the file itself, not of a list. */
  hasResult(id: string): boolean {
    return existsSync(this.path('results', resultName(id)));
  }
}

/** Name of the result that a worker writes. */
export function resultName(id: string): string {
  return `${id}.json`;
}

/** The job that a name is about: the first 24 hexadecimal digits in it; undefined without any. */
export function idIn(name: string): string | undefined {
  return ID.exec(name)?.[1];
}

/** Name of a claim: the job and who has it. */
export function claimName(id: string, owner: string): string {
  return `${id}.${owner}`;
}

/** Who has a claim. */
export function claimOwner(name: string): string {
  return name.slice(name.indexOf('.') + 1);
}

/** Moves a file or folder. False when it is not there, or something is in its place. */
export function move(from: string, to: string): boolean {
  try {
    renameSync(from, to);
    return true;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    // the answer to a rename that worked may be lost on NFS; the same asked again finds nothing
    if (isAbsent(error)) return false;
    if (['ENOTEMPTY', 'EEXIST', 'ENOTDIR', 'EISDIR'].includes(code ?? '')) return false;
    throw error;
  }
}

/** Removes a file or folder; what others have open on NFS may stay behind for a while. */
export function remove(path: string): void {
  try {
    rmSync(path, { recursive: true, force: true });
  } catch (error) {
    if (!['ENOTEMPTY', 'EBUSY'].includes((error as NodeJS.ErrnoException).code ?? '')) throw error;
  }
}

/** Removes a file or folder of a part so that nobody finds half of it. False when somebody else took it first. */
export function discard(path: string): boolean {
  const hidden = join(dirname(path), `.${basename(path)}.part`);
  remove(hidden);
  if (!move(path, hidden)) return false;
  remove(hidden);
  return true;
}

/** Content of a JSON file; undefined when it is not there or half written. */
export function readJson(path: string): unknown {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    if (isAbsent(error) || error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/** Not there, or (ESTALE, on a network file system) not there any more. */
export function isAbsent(error: unknown): boolean {
  return ['ENOENT', 'ENOTDIR', 'ESTALE'].includes((error as NodeJS.ErrnoException).code ?? '');
}
