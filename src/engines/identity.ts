import { readFileSync, readlinkSync } from 'node:fs';
import { hostname } from 'node:os';

/** Which process of which machine. */
export interface ProcessIdentity {
  pid: number;
  host: string;
  /** of Linux, because a process number means nothing outside its container; '' elsewhere */
  pid_namespace: string;
}

/** The same, safe against numbers that are given again and machines of the same name. */
export interface ExactIdentity extends ProcessIdentity {
  /** of the machine since it was started, on Linux; '' elsewhere */
  boot: string;
  /** when the process began, in clock ticks since the boot, on Linux; '' elsewhere */
  began: string;
}

export function thisProcess(): ProcessIdentity {
  return { pid: process.pid, host: hostname(), pid_namespace: pidNamespace() };
}

/** True when the process certainly does not exist any more; false also when that cannot be known from this machine. */
export function isGone({ pid, host, pid_namespace }: ProcessIdentity): boolean {
  if (host !== hostname() || pid_namespace !== pidNamespace()) return false;
  try {
    process.kill(pid, 0);
    return false;
  } catch (error) {
    // EPERM: it exists and belongs to somebody else
    return (error as NodeJS.ErrnoException).code === 'ESRCH';
  }
}

export function exactIdentity(): ExactIdentity {
  return { ...thisProcess(), boot: bootId(), began: beginning(process.pid) ?? '' };
}

/** Whether the process lives: certain answers from the machine that it runs on, `unknown` from elsewhere and without /proc. */
export function whereabouts(identity: ExactIdentity): 'alive' | 'gone' | 'unknown' {
  if (identity.host !== hostname() || identity.pid_namespace !== pidNamespace() || identity.boot !== bootId()) return 'unknown';
  if (isGone(identity)) return 'gone';
  if (identity.began === '') return 'unknown';
  const began = beginning(identity.pid);
  if (began === undefined) return isGone(identity) ? 'gone' : 'unknown';
  return began === identity.began ? 'alive' : 'gone';
}

function pidNamespace(): string {
  try {
    return readlinkSync('/proc/self/ns/pid');
  } catch {
    return '';
  }
}

function bootId(): string {
  try {
    return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
  } catch {
    return '';
  }
}

/** Field 22 of /proc/PID/stat (proc(5)); the name before it may hold blanks and brackets. A process that is dead and not yet reaped is gone. */
function beginning(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return fields[0] === 'Z' || fields[0] === 'X' ? `ended ${fields[19]}` : fields[19];
  } catch {
    return undefined;
  }
}
