import { setImmediate } from 'node:timers/promises';

import type { Category } from '@city311/kernel';

import type { EventBatch, FollowOptions } from '../event-store.js';
import type { CommitSignal } from './commit-signal.js';
import { fromPosition, toPosition } from './encoding.js';
import type { LogReader } from './log-reader.js';
import type { RecentEvents } from './recent-events.js';

export interface FollowedLog {
  readonly recent: RecentEvents;
  readonly reader: LogReader;
  readonly commits: CommitSignal;
  readonly isClosed: () => boolean;
}

/** Batches of the categories' events for ever: from memory near the head, else from the file; sleeps between commits. */
export async function* followLog(
  { recent, reader, commits, isClosed }: FollowedLog,
  categories: readonly Category[],
  { after, batchSize, signal }: FollowOptions,
): AsyncGenerator<EventBatch, void, undefined> {
  const wanted = new Set<string>(categories);
  recent.want(wanted);
  let cursor = fromPosition(after);
  let told = cursor;
  const wake = (): void => {
    commits.wake();
  };
  signal.addEventListener('abort', wake);
  try {
    while (!signal.aborted && !isClosed()) {
      if (cursor >= commits.head) {
        // Nothing of these categories came last: say how far the log was read before going to sleep.
        if (cursor > told) {
          told = cursor;
          yield { events: [], position: toPosition(cursor) };
          continue;
        }
        await commits.next();
        continue;
      }
      recent.fillTo(commits.head);
      const inMemory = recent.read(wanted, cursor, batchSize);
      const fromMemory = inMemory !== null && inMemory.cursor > cursor;
      const { events, cursor: seen } = fromMemory
        ? inMemory
        : reader.readCategories(categories, cursor, batchSize);
      cursor = seen;
      if (events.length > 0) {
        told = cursor;
        yield { events, position: toPosition(cursor) };
      }
      // a long catch-up reads synchronously: let everybody else have a turn
      if (!fromMemory) await setImmediate();
    }
  } finally {
    signal.removeEventListener('abort', wake);
  }
}
