import { topics } from '@city311/contracts';
import type { TopicSource } from '@city311/messaging';

import { caseRoutingCodec } from './routing.codec.js';

/** The routing topic, served from the routing streams: decisions are public, what routing notes for itself is not. */
export const routingTopicSource: TopicSource = {
  topic: topics.routing.name,
  category: topics.routing.category,
  translate: (stored) => {
    const event = caseRoutingCodec.fromWire(stored.type, stored.data);
    switch (event.type) {
      case 'SentToTriage': {
        const { causedBySequence: _cause, ...open } = event.data;
        return { ...stored, data: open };
      }
      case 'RouteDecided':
      case 'FoundOutsideCity':
      case 'ImportedRouteNoted':
        return { ...stored, data: event.data };
      case 'ReclassificationNoted':
      case 'CloseNoted':
      case 'ReopeningNoted':
        return null;
    }
  },
};
