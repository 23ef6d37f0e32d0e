import type { PublicEvent, RecordedEvent } from '@city311/kernel';

import type { TopicSource } from '../messaging.js';

/** A stored event as its topic shows it. */
export interface Entry {
  readonly stored: RecordedEvent;
  /** Null where it is private to its service, or unreadable. */
  readonly event: PublicEvent | null;
  readonly unreadable: { readonly error: unknown } | null;
}

export type Translate = (stored: RecordedEvent) => Entry;

const translate = (source: TopicSource, stored: RecordedEvent): Entry => {
  try {
    return { stored, event: source.translate(stored), unreadable: null };
  } catch (error) {
    return { stored, event: null, unreadable: { error } };
  }
};

/** Translates once what a store hands to several readers as the same object. */
export const createTranslator = (sources: readonly TopicSource[]): Translate => {
  const byCategory = new Map(sources.map((source) => [source.category, source]));
  const known = new WeakMap<RecordedEvent, Entry>();
  return (stored) => {
    const before = known.get(stored);
    if (before !== undefined) return before;
    const source = byCategory.get(stored.stream.slice(0, stored.stream.indexOf('-')));
    if (source === undefined) throw new RangeError(`${stored.stream} belongs to no topic`);
    const entry = translate(source, stored);
    known.set(stored, entry);
    return entry;
  };
};
