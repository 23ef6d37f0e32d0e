import type { GroupStatus } from '@city311/messaging';
import type { RelayStatus } from '@city311/messaging/kafka';

import type { OpenEngines } from '../engines/open-engines.js';
import type { RunningViews } from '../engines/running-views.js';

export interface GroupLine {
  readonly group: string;
  readonly lag: number;
  readonly parked: number;
}

export interface Status {
  /** Nothing under way: every consumer and view has seen the whole log, and none of them wrote meanwhile. */
  readonly drained: boolean;
  readonly head: string | null;
  readonly groups: readonly GroupLine[];
}

const lineOf = ({ topic, lag, held }: RelayStatus): GroupLine => ({
  group: `relay:${topic}`,
  lag,
  parked: held,
});

/** The status, and what it was computed from. */
export interface Standings {
  readonly status: Status;
  readonly groups: readonly GroupStatus[];
  readonly relays: readonly RelayStatus[];
}

/** Where every relay, consumer group and view of this process stands. A lag that cannot be counted is told up to a limit. */
export const readStandings = async (engines: OpenEngines<RunningViews>): Promise<Standings> => {
  const { messaging, views, store } = engines;
  const before = await store.head();
  const groups = await messaging.groups();
  const viewLines = await Promise.all(
    views.all().map(async ({ name, topic, runner }): Promise<GroupLine> => {
      const { position, parked } = await runner.status();
      return { group: `view:${name}`, lag: await messaging.reader.countAfter(topic, position), parked };
    }),
  );
  const relays = await Promise.all(engines.relays.map((relay) => relay.status()));
  const after = await store.head();
  const consumerLines = groups.map(({ group, lag, parked }) => ({ group, lag, parked }));
  const lines = [...relays.map(lineOf), ...consumerLines, ...viewLines];
  const drained = before === after && lines.every(({ lag }) => lag === 0);
  return { status: { drained, head: after, groups: lines }, groups, relays };
};
