import type { EventStore } from '@city311/eventing';
import type { Category, PublicEvent, StreamName } from '@city311/kernel';

import type { TopicReader, TopicSource } from '../messaging.js';
import type { Translate } from './entry.js';

/**
 * Reads topics straight from the log. An event that cannot be translated is given as stored and named with its error,
 * so that a view can hold back what it belongs to and go on with everything else; a newer version of the program may
 * be able to read it.
 */
export const createLogReader = (
  store: EventStore,
  sourceOf: (topic: string) => TopicSource,
  translate: Translate,
  closing: AbortSignal,
  { countAfter, takeovers }: Pick<TopicReader, 'countAfter' | 'takeovers'>,
): TopicReader => ({
  async *follow(topics, { after, batchSize, signal }) {
    const categories = topics.map((topic) => sourceOf(topic).category as Category);
    const until = AbortSignal.any([signal, closing]);
    for await (const batch of store.follow(categories, { after, batchSize, signal: until })) {
      const events: PublicEvent[] = [];
      const faults = new Map<PublicEvent, unknown>();
      for (const stored of batch.events) {
        const { event, unreadable } = translate(stored);
        if (unreadable !== null) {
          faults.set(stored, unreadable.error);
          events.push(stored);
        } else if (event !== null) events.push(event);
      }
      const { position } = batch;
      yield faults.size === 0 ? { events, position } : { events, position, unreadable: faults };
    }
  },
  async reread({ stream, sequence }) {
    const [stored] = await store.readStream(stream as StreamName, sequence);
    if (stored?.sequence !== sequence) throw new RangeError(`${stream} has no event ${sequence}`);
    const { event, unreadable } = translate(stored);
    if (unreadable !== null) throw unreadable.error;
    return event;
  },
  head: () => store.head(),
  countAfter,
  takeovers,
});
