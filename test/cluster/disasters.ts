import { setTimeout as pause } from 'node:timers/promises';

import type { LocalCluster } from './local-cluster.js';
import { serviceNames } from './routes.js';

export interface Disaster {
  readonly name: string;
  /** Resolves when everything is up again, not when everybody has caught up. */
  readonly strike: (cluster: LocalCluster) => Promise<void>;
}

/** Between two kills: the next process dies while the one before is still starting. */
const betweenKillsMs = 3_000;

const killEachInTurn = async (cluster: LocalCluster): Promise<void> => {
  const starting: Promise<void>[] = [];
  for (const service of serviceNames) {
    const replica = cluster.replica(service);
    await replica.kill();
    starting.push(replica.start());
    await pause(betweenKillsMs);
  }
  await Promise.all(starting);
};

/** Everything that may end or be cut off, one after the other. @param databaseAwayMs  how long MongoDB is away */
export const disasters = (databaseAwayMs: number): readonly Disaster[] => [
  { name: 'each service in turn has a process killed and started again', strike: killEachInTurn },
  {
    name: 'the broker is killed and restarted',
    strike: ({ engines }) => engines.kafka.restart(),
  },
  {
    name: `the read database is away for ${databaseAwayMs / 1_000} s`,
    strike: async ({ engines: { mongodb } }) => {
      await mongodb.outage?.kill();
      await pause(databaseAwayMs);
      await mongodb.outage?.restart();
    },
  },
  {
    name: 'the event store drops its connections, loses answers, and is killed and restarted',
    strike: async ({ engines: { eventstore } }) => {
      for (let times = 0; times < 3; times += 1) {
        eventstore.dropConnections();
        await pause(500);
      }
      eventstore.setFaults({ loseAnswers: 2 });
      await pause(1_000);
      await eventstore.restart();
    },
  },
  {
    name: 'a group is dealt out again under load: a member leaves in order and comes back',
    strike: async (cluster) => {
      const leaving = cluster.replica('departments', 1);
      await leaving.stop();
      await leaving.start();
    },
  },
];
