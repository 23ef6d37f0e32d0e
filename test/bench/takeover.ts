import { setTimeout as pause } from 'node:timers/promises';

import type { LocalCluster } from '../cluster/local-cluster.js';
import type { Replica } from '../cluster/replica.js';
import { figure, line } from './print.js';
import { reportSource } from './reports.js';
import { startCluster } from './system.js';
import { watchReports } from './visible.js';

const lease = 'relay:city311.intake.case.v1';

/** The process that relays cases just now. @throws Error  none does */
const activeRelay = async (cluster: LocalCluster): Promise<Replica> => {
  for (const replica of cluster.replicas.filter(({ service }) => service === 'relay')) {
    const answer = await fetch(new URL('/metrics', replica.backend()?.url));
    const held = (await answer.text())
      .split('\n')
      .some((each) => each.startsWith('city311_leases_held{') && each.includes(lease) && each.endsWith(' 1'));
    if (held) return replica;
  }
  throw new Error('no relay is active');
};

/** What the public view misses when the relay is killed: the longest that a report waited, several times. */
export const benchTakeover = async (times: number): Promise<void> => {
  const { cluster, system } = await startCluster(2);
  try {
    const next = reportSource(`takeover-${process.pid}`);
    await watchReports(system, next, { rate: 20, seconds: 4 });
    line(`on ${system.on}`);
    const slowest: number[] = [];
    for (let time = 1; time <= times; time += 1) {
      const relay = await activeRelay(cluster);
      const watching = watchReports(system, next, { rate: 20, seconds: 8 });
      await pause(2_000);
      await relay.kill();
      const seen = await watching;
      const longest = Math.max(...seen.map(({ visibleMs }) => visibleMs));
      slowest.push(longest);
      line(`  ${relay.name} killed: the longest wait for the public view was ${figure(longest)} ms`);
      await relay.start();
    }
    line(`takeover of a dead relay, reports at 20/s: at most ${figure(Math.max(...slowest) / 1_000, 1)} s`);
  } finally {
    await cluster.stop();
  }
};
