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

/** Entries remembered, by the end of their position: about as many as a store keeps at hand for its followers. */
const remembered = 8_192;

const translate = (source: TopicSource, stored: RecordedEvent): Entry => {
  try {
    return { stored, event: source.translate(stored), unreadable: null };
  } catch (error) {
    return { stored, event: null, unreadable: { error } };
  }
};

/**
 * Translates once what a store hands to several readers as the same object. Remembered in a ring rather than a weak
 * map, which every collection of garbage has to walk.
 */
export const createTranslator = (sources: readonly TopicSource[]): Translate => {
  const byCategory = new Map(sources.map((source) => [source.category, source]));
  const known = new Array<Entry | undefined>(remembered);
  return (stored) => {
    const slot = slotOf(stored.position);
    const before = known[slot];
    if (before?.stored === stored) return before;
    const source = byCategory.get(stored.stream.slice(0, stored.stream.indexOf('-')));
    if (source === undefined) throw new RangeError(`${stored.stream} belongs to no topic`);
    const entry = translate(source, stored);
    known[slot] = entry;
    return entry;
  };
};

/** Positions are opaque: any spread does, and neighbours in a log differ in their last characters. */
const slotOf = (position: string): number => {
  let slot = 0;
  for (let at = Math.max(0, position.length - 8); at < position.length; at += 1)
    slot = (slot * 10 + position.charCodeAt(at) - 48) % 1_000_000_007;
  return Math.abs(slot) % remembered;
};
