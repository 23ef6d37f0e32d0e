import type { EventStore } from '@city311/eventing';
import type { Category } from '@city311/kernel';

import type { TopicReader, TopicSource } from '../messaging.js';
import type { Translate } from './entry.js';

/**
 * Reads topics straight from the log. An event that cannot be translated ends the reading with its error: a view
 * that passed over it would be wrong, and a newer version of the program will be able to read it.
 */
export const createLogReader = (
  store: EventStore,
  sourceOf: (topic: string) => TopicSource,
  translate: Translate,
  closing: AbortSignal,
): TopicReader => ({
  async *follow(topics, { after, batchSize, signal }) {
    const categories = topics.map((topic) => sourceOf(topic).category as Category);
    const until = AbortSignal.any([signal, closing]);
    for await (const batch of store.follow(categories, { after, batchSize, signal: until })) {
      const events = [];
      for (const stored of batch.events) {
        const { event, unreadable } = translate(stored);
        if (unreadable !== null) throw unreadable.error;
        if (event !== null) events.push(event);
      }
      yield { events, position: batch.position };
    }
  },
  head: () => store.head(),
});
