import { randomUUID } from 'node:crypto';

import { readFilter, type EventFilter } from './filter.js';
import { streams, type Streams } from './protocol.js';
import type { Answer, ReadCall } from './read-call.js';
import type { ServerContext } from './server-context.js';

interface Subscriber {
  readonly options: Streams.ReadReq.Options;
  readonly all: Streams.ReadReq.Options.AllOptions;
  readonly call: ReadCall;
  readonly send: (answer: Answer) => Promise<boolean>;
}

const pageEvents = 32;

const checkpointAt = (position: number): Streams.ReadResp => {
  const text = String(position);
  const checkpoint = new streams.ReadResp.Checkpoint().setCommitPosition(text).setPreparePosition(text);
  return new streams.ReadResp().setCheckpoint(checkpoint);
};

/** First event that the subscriber has not had: after a position, which itself must be that of an event. */
const startOf = ({ journal: { index } }: ServerContext, all: Streams.ReadReq.Options.AllOptions): number => {
  if (all.hasEnd()) return index.visible;
  const position = Number(all.getPosition()?.getCommitPosition() ?? 0);
  if (position === 0) return 0;
  if (!index.isAt(position)) throw new RangeError('Invalid position');
  return index.firstFrom(position) + 1;
};

/** Resolves at the next commit, or when the client has gone. */
const nextCommit = async ({ journal }: ServerContext, call: ReadCall, seen: number): Promise<void> => {
  if (journal.index.visible > seen || call.cancelled) return;
  const woken = Promise.withResolvers<undefined>();
  const wake = (): void => {
    woken.resolve(undefined);
  };
  const forget = journal.onCommit(wake);
  call.once('cancelled', wake).once('close', wake);
  await woken.promise;
  forget();
  call.off('cancelled', wake).off('close', wake);
};

/**
 * A page at a time up to the end of the log, as the real server reads: at most 32 matches, or a window of events looked
 * at; a checkpoint says the last match of its page, or where the page began.
 */
const catchUp = async (
  { journal }: ServerContext,
  filter: EventFilter,
  from: number,
  send: Subscriber['send'],
): Promise<{ readonly next: number; readonly looked: number } | null> => {
  let next = from;
  let looked = 0;
  while (next < journal.index.visible) {
    const end = Math.min(next + filter.window, journal.index.visible);
    const start = next;
    let last = start;
    for (let matches = 0; matches < pageEvents && next < end; matches += 1) {
      const event = filter.next(next, end);
      next = Math.min(event + 1, end);
      if (event >= end) break;
      last = event;
      if (!(await send(journal.message(event)))) return null;
    }
    looked += next - start;
    if (filter.checkpointInterval > 0 && looked >= filter.checkpointInterval) {
      looked %= filter.checkpointInterval;
      if (next < journal.index.visible && !(await send(checkpointAt(journal.index.position(last)))))
        return null;
    }
  }
  return { next, looked };
};

/** Follows the log until the client has gone. */
export const subscribeToAll = async (context: ServerContext, subscriber: Subscriber): Promise<void> => {
  const { options, all, call, send } = subscriber;
  const { index } = context.journal;
  const filter = readFilter(index, options);
  const start = startOf(context, all);
  const confirmation = new streams.ReadResp.SubscriptionConfirmation().setSubscriptionId(randomUUID());
  if (!(await send(new streams.ReadResp().setConfirmation(confirmation)))) return;
  const caught = await catchUp(context, filter, start, send);
  if (caught === null) return;
  if (!(await send(new streams.ReadResp().setCaughtUp(new streams.ReadResp.CaughtUp())))) return;
  let { next, looked } = caught;
  while (!call.cancelled && !call.destroyed) {
    while (next < index.visible) {
      const event = filter.next(next, index.visible);
      const untilCheckpoint =
        filter.checkpointInterval > 0 ? next + filter.checkpointInterval - looked - 1 : Infinity;
      if (untilCheckpoint < event) {
        looked = 0;
        next = untilCheckpoint + 1;
        if (!(await send(checkpointAt(index.position(untilCheckpoint))))) return;
      } else {
        looked += event - next;
        next = event + 1;
        if (event < index.visible && !(await send(context.journal.message(event)))) return;
        next = Math.min(next, index.visible);
      }
    }
    await nextCommit(context, call, next);
  }
};
