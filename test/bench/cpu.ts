import { readdirSync, readFileSync } from 'node:fs';

const ticksPerSecond = 100;

const secondsIn = (stat: string): number => {
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) / ticksPerSecond;
};

const kindOf = (command: string, environment: string): string => {
  const target = /(?:^|\0)TARGET=([a-z]+)/.exec(environment)?.[1];
  if (command.includes('services/all/dist/src/main.js')) return target ?? 'all';
  if (command.includes('StandIn')) return 'MongoDB stand-in';
  if (command.includes('kafka.Kafka')) return 'Kafka';
  return command.includes('eventstoredb') ? 'event store double' : 'others';
};

/** Processor time that our child processes have used so far, seconds by what they are; empty where the system does not tell. */
export const childrenCpu = (): ReadonlyMap<string, number> => {
  const used = new Map<string, number>([['this process (load and gateway)', process.cpuUsage().user / 1e6]]);
  try {
    for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
      const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
      if (Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]) !== process.pid) continue;
      const kind = kindOf(
        readFileSync(`/proc/${pid}/cmdline`, 'utf8'),
        readFileSync(`/proc/${pid}/environ`, 'utf8'),
      );
      used.set(kind, (used.get(kind) ?? 0) + secondsIn(stat));
    }
  } catch {
    // A process that ended while we looked, or a system without /proc.
  }
  return used;
};

/** What each used since `before`, per piece of work: `intake 3.1 ms, …, together 12.4 ms`. */
export const cpuPer = (before: ReadonlyMap<string, number>, count: number): string => {
  const rows = [...childrenCpu()]
    .map(([kind, seconds]) => [kind, (1_000 * (seconds - (before.get(kind) ?? 0))) / count] as const)
    .toSorted(([, one], [, other]) => other - one);
  const all = rows.reduce((sum, [, ms]) => sum + ms, 0);
  return [...rows, ['together', all] as const]
    .filter(([, ms]) => ms >= 0.05)
    .map(([kind, ms]) => `${kind} ${ms.toFixed(1)} ms`)
    .join(', ');
};
