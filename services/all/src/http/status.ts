import type { Category } from '@city311/kernel';

import { topicSources } from '../topic-sources.js';
import type { EmbeddedEngines } from '../engines/embedded.js';
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

const lagLimit = 10_000;

/** Where every consumer group and view of this process stands. Lags above the limit are told as the limit. */
export const readStatus = async ({
  messaging,
  views,
  store,
}: EmbeddedEngines<RunningViews>): Promise<Status> => {
  const before = await store.head();
  const groups = await messaging.groups();
  const viewLines = await Promise.all(
    views.all().map(async ({ name, topic, runner }): Promise<GroupLine> => {
      const { position, parked } = await runner.status();
      const category = topicSources.find((source) => source.topic === topic)?.category ?? '';
      const { events } = await store.readCategories([category as Category], position, lagLimit);
      return { group: `view:${name}`, lag: events.length, parked };
    }),
  );
  const after = await store.head();
  const lines = [...groups.map(({ group, lag, parked }) => ({ group, lag, parked })), ...viewLines];
  return { drained: before === after && lines.every(({ lag }) => lag === 0), head: after, groups: lines };
};
