import type { PublicEvent } from '@city311/kernel';

import { ProjectionFaultError } from './faults.js';
import type { Projection } from './read-models.js';

/** What a document has come to; `doc` null where it was removed, which must be remembered against replays. */
export interface Seen<Doc> {
  readonly stream: string;
  readonly sequence: number;
  readonly doc: Doc | null;
}

export interface Change<Doc> extends Seen<Doc> {
  /** The event that led here last. */
  readonly event: PublicEvent;
}

export interface KeyedEvent {
  readonly key: string;
  readonly event: PublicEvent;
}

/** The events that the projection wants, with the key of their document. @throws ProjectionFaultError */
export const keyed = <Doc extends object>(
  projection: Projection<Doc>,
  types: ReadonlySet<string>,
  events: readonly PublicEvent[],
): KeyedEvent[] => {
  const wanted: KeyedEvent[] = [];
  for (const event of events) {
    if (types.has(event.type)) wanted.push({ key: keyOf(projection, event), event });
  }
  return wanted;
};

const keyOf = <Doc extends object>(projection: Projection<Doc>, event: PublicEvent): string => {
  try {
    return projection.keyOf(event);
  } catch (cause) {
    throw new ProjectionFaultError(projection.view.name, event.stream, event, cause);
  }
};

/**
 * What a batch makes of the documents: pure, only those that changed.
 * @param seen  what is known of a key before the batch
 * @throws ProjectionFaultError  the projection threw, or the document is of another stream
 */
export const foldBatch = <Doc extends object>(
  projection: Projection<Doc>,
  events: readonly KeyedEvent[],
  seen: (key: string) => Seen<Doc> | undefined,
): Map<string, Change<Doc>> => {
  const changes = new Map<string, Change<Doc>>();
  for (const { key, event } of events) {
    const current = changes.get(key) ?? seen(key);
    if (current !== undefined) {
      if (current.stream !== event.stream) {
        const cause = new Error(`${key} projects ${current.stream}`);
        throw new ProjectionFaultError(projection.view.name, key, event, cause);
      }
      if (event.sequence <= current.sequence) continue;
    }
    const before = current?.doc ?? null;
    const doc = applyOne(projection, key, before, event);
    if (doc !== before) changes.set(key, { stream: event.stream, sequence: event.sequence, doc, event });
  }
  return changes;
};

const applyOne = <Doc extends object>(
  projection: Projection<Doc>,
  key: string,
  doc: Doc | null,
  event: PublicEvent,
): Doc | null => {
  try {
    return projection.apply(doc, event);
  } catch (cause) {
    throw new ProjectionFaultError(projection.view.name, key, event, cause);
  }
};
