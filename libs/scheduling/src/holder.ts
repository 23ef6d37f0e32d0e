import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { hostname } from 'node:os';

/** Start of a process in ticks since boot, which tells it from a later one with its number; '' where the system has none. */
const startOf = (pid: number): string => {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? '';
  } catch {
    return '';
  }
};

const runs = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
};

/** Name under which this process holds leases: `<host>/<pid>/<start>/<random>`, a new one with every call. */
export const processHolder = (): string =>
  `${hostname()}/${process.pid}/${startOf(process.pid)}/${randomBytes(4).toString('hex')}`;

/**
 * True only where the holder is known to be dead: a process of this host that runs no more. Lets a restart take
 * over at once after a crash, instead of waiting for the lease to end.
 */
export const holderIsGone = (holder: string): boolean => {
  const [host, number, start] = holder.split('/');
  const pid = Number(number);
  if (host !== hostname() || !Number.isSafeInteger(pid) || pid <= 0) return false;
  if (!runs(pid)) return true;
  const now = startOf(pid);
  return start !== '' && start !== undefined && now !== '' && start !== now;
};
