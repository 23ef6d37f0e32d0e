import { newEventId } from '@city311/eventing';
import type { PublicEvent } from '@city311/kernel';
import type { TopicBatch, TopicReader } from '@city311/messaging';

const stamped = ({ events, position, unreadable }: TopicBatch): TopicBatch => {
  const faults = new Map<PublicEvent, unknown>();
  const arrived = events.map((event) => {
    // Grows with time, so that it orders what one reader was given.
    const here: PublicEvent & { readonly position: string } = { ...event, position: newEventId() };
    const fault = unreadable?.get(event);
    if (fault !== undefined) faults.set(here, fault);
    return here;
  });
  return { events: arrived, position, ...(faults.size === 0 ? {} : { unreadable: faults }) };
};

/**
 * Events of partitioned topics have no common order that somebody could read on in. Here each gets a place in the
 * order of its arrival at the view, as events of the log have theirs. After a rebuild the places are others, later
 * ones: whoever follows sees everything again, and misses nothing.
 */
export const stampArrivals = (reader: TopicReader): TopicReader => ({
  ...reader,
  async *follow(topics, options) {
    for await (const batch of reader.follow(topics, options)) yield stamped(batch);
  },
});
