import { isDeepStrictEqual } from 'node:util';

import type { EventStore } from '@city311/eventing';
import {
  hasReached,
  type Position,
  type PublicEvent,
  type RecordedEvent,
  type StreamName,
} from '@city311/kernel';

import { withArrivals } from './arrival-mark.js';
import type { KnownView } from './known-views.js';
import { scanLog } from './scan.js';

export interface Difference {
  readonly key: string;
  readonly stream: string;
  /** One line: where the document first differs from the fold of its stream. */
  readonly says: string;
}

export interface Verified {
  readonly streams: number;
  readonly events: number;
  /** That the streams call for. */
  readonly documents: number;
  /** That the view holds; null where it changed so fast that the two could not be compared. */
  readonly inView: number | null;
  /** Documents that stand where their stream stood a while ago, in a view that is still catching up. */
  readonly behind: number;
  /** Documents held back by an event that is parked for the view, or held by the relay of its topic. */
  readonly heldBack: number;
  readonly differing: number;
  /** The first of them. */
  readonly differences: readonly Difference[];
}

export interface Verification {
  readonly known: KnownView;
  readonly category: string;
  readonly store: EventStore;
  /** Whether the view has taken all that the log holds now; waits so long for it. */
  readonly hasCaughtUp: (patienceMs: number) => Promise<boolean>;
  /** Streams with events that have not come to the topic because its relay holds them. */
  readonly heldStreams: () => Promise<ReadonlySet<string>>;
  /** As its topic shows it; null where it is private. Throws where it cannot be read. */
  readonly onTopic: (stored: RecordedEvent) => PublicEvent | null;
  /** How many differences are kept with their place. */
  readonly most: number;
  readonly onProgress?: (events: number) => void;
}

const streamsAtOnce = 250;
const patienceMs = 10_000;
const tries = 3;

interface Expected {
  readonly stream: StreamName;
  /** What the document was after each event of its stream; the last is what it should be. */
  readonly states: readonly (object | null)[];
  /** An event of the stream cannot be read or taken: the document must stand before it. */
  readonly broken: boolean;
}

const plain = (doc: object | null): object | null =>
  doc === null ? null : (JSON.parse(JSON.stringify(doc)) as object);

const isSame = (live: object | null, folded: object | null): boolean =>
  isDeepStrictEqual(live, withArrivals(folded, live));

/**
 * Compares a view with the streams that it was made from, document by document, while both go on changing. Memory
 * does not grow with the log: each stream is folded by itself, found by its first event.
 */
export class ViewVerifier {
  #streams = 0;
  #events = 0;
  #documents = 0;
  #behind = 0;
  #heldBack = 0;
  #differing = 0;
  readonly #differences: Difference[] = [];
  /** Nobody moves the view on: no use in waiting for it. */
  #stands = false;

  constructor(private readonly parts: Verification) {}

  async run(): Promise<Verified> {
    const { store, category, onProgress } = this.parts;
    let after: Position | null = null;
    let inView: number | null = null;
    for (let round = 0; round < tries && inView === null; round += 1) {
      let waiting: StreamName[] = [];
      for await (const { events, position } of scanLog(store, [category], after)) {
        this.#events += events.length;
        after = position;
        for (const { stream, sequence } of events) if (sequence === 0) waiting.push(stream as StreamName);
        while (waiting.length >= streamsAtOnce) await this.#check(waiting.splice(0, streamsAtOnce));
        onProgress?.(this.#events);
      }
      await this.#check(waiting);
      waiting = [];
      inView = await this.#countIfStill(after);
    }
    if (inView !== null && inView !== this.#documents && this.#behind === 0 && this.#heldBack === 0)
      this.#addCount(inView);
    return {
      streams: this.#streams,
      events: this.#events,
      documents: this.#documents,
      inView,
      behind: this.#behind,
      heldBack: this.#heldBack,
      differing: this.#differing,
      differences: this.#differences,
    };
  }

  /** Null where the count does not fit and the log has grown since it was read. */
  async #countIfStill(readTo: Position | null): Promise<number | null> {
    const { known, store } = this.parts;
    await this.#catchUp();
    const [total] = await known.view.count({});
    const count = total?.count ?? 0;
    const head = await store.head();
    const still = head === null || (readTo !== null && hasReached(readTo, head));
    return still || count === this.#documents ? count : null;
  }

  #addCount(inView: number): void {
    const missing = this.#documents - inView;
    // Missing ones have been named already, each by itself.
    if (missing > 0 && this.#differing > 0) return;
    this.#differing += Math.abs(missing);
    this.#differences.push({
      key: '',
      stream: '',
      says: `the view holds ${inView} documents, the streams call for ${this.#documents}`,
    });
  }

  async #check(streams: readonly StreamName[]): Promise<void> {
    if (streams.length === 0) return;
    this.#streams += streams.length;
    const expected = await this.#fold(streams);
    const suspects = await this.#unlike(expected);
    for (const { states } of expected.values()) if ((states.at(-1) ?? null) !== null) this.#documents += 1;
    if (suspects.size > 0) await this.#judge(suspects);
  }

  /** Those whose document in the view is another than the fold. */
  async #unlike(expected: ReadonlyMap<string, Expected>): Promise<ReadonlyMap<string, Expected>> {
    const live = await this.parts.known.view.getMany([...expected.keys()]);
    return new Map(
      [...expected].filter(
        ([key, { states }]) => !isSame(plain(live.get(key) ?? null), states.at(-1) ?? null),
      ),
    );
  }

  /** Looks again once the view had time to catch up: only what still differs then counts. */
  async #judge(first: ReadonlyMap<string, Expected>): Promise<void> {
    const { view } = this.parts.known;
    let suspects = first;
    let caughtUp = false;
    for (let round = 0; round < tries && suspects.size > 0; round += 1) {
      caughtUp = await this.#catchUp();
      const streams = [...new Set([...suspects.values()].map(({ stream }) => stream))];
      const again = await this.#fold(streams);
      suspects = await this.#unlike(new Map([...again].filter(([key]) => suspects.has(key))));
    }
    const parked = await view.parkedKeys();
    const held = await this.parts.heldStreams();
    const live = await view.getMany([...suspects.keys()]);
    for (const [key, expected] of suspects) {
      const doc = plain(live.get(key) ?? null);
      const stoodSo = doc === null || expected.states.some((state) => isSame(doc, state));
      const isHeld = parked.has(key) || parked.has(expected.stream) || held.has(expected.stream);
      if (stoodSo && isHeld) this.#heldBack += 1;
      else if (stoodSo && !caughtUp) this.#behind += 1;
      else this.#add(key, expected, doc);
    }
  }

  #add(key: string, { stream, states }: Expected, doc: object | null): void {
    this.#differing += 1;
    if (this.#differences.length >= this.parts.most) return;
    this.#differences.push({
      key,
      stream,
      says: firstDifference(doc, withArrivals(states.at(-1) ?? null, doc)),
    });
  }

  async #catchUp(): Promise<boolean> {
    const reached = await this.parts.hasCaughtUp(this.#stands ? 0 : patienceMs);
    this.#stands = !reached;
    return reached;
  }

  async #fold(streams: readonly StreamName[]): Promise<ReadonlyMap<string, Expected>> {
    const found = await this.parts.store.readStreams(streams);
    const expected = new Map<string, Expected>();
    for (const stream of streams) {
      const { events, broken } = this.#readable(found.get(stream) ?? []);
      for (const [key, own] of await this.#statesOf(stream, events, broken)) expected.set(key, own);
    }
    return expected;
  }

  /** What the topic shows of a stream, up to the first event that cannot be read. */
  #readable(stored: readonly RecordedEvent[]): { events: readonly PublicEvent[]; broken: boolean } {
    const events: PublicEvent[] = [];
    for (const one of stored) {
      try {
        const event = this.parts.onTopic(one);
        if (event !== null && this.parts.known.types.has(event.type)) events.push(event);
      } catch {
        return { events, broken: true };
      }
    }
    return { events, broken: false };
  }

  async #statesOf(
    stream: StreamName,
    events: readonly PublicEvent[],
    broken: boolean,
  ): Promise<ReadonlyMap<string, Expected>> {
    const { known } = this.parts;
    const docs = new Map<string, object | null>();
    const states = new Map<string, (object | null)[]>();
    const result = (stopped: boolean) =>
      new Map([...states].map(([key, all]) => [key, { stream, states: all, broken: stopped }]));
    try {
      for (const event of await known.prepare(events)) {
        const key = known.keyOf(event);
        const next = known.apply(docs.get(key) ?? null, event);
        docs.set(key, next);
        states.set(key, [...(states.get(key) ?? []), plain(next)]);
      }
    } catch {
      return result(true);
    }
    return result(broken);
  }
}

const membersOf = (value: unknown): Readonly<Record<string, unknown>> | null =>
  typeof value === 'object' && value !== null ? { ...value } : null;

/** Members that hold what people wrote. */
const texts = new Set(['words', 'title', 'description', 'text']);

const shown = (value: unknown, name: string): string => {
  if (value === undefined) return 'nothing';
  if (texts.has(name) && value !== null) return 'a text';
  const told = JSON.stringify(value);
  return told.length > 80 ? `${told.slice(0, 80)}…` : told;
};

/** Path of the first member that differs, with both values; texts are named, not shown. */
export const firstDifference = (live: unknown, folded: unknown, path = ''): string => {
  const name = path.slice(path.lastIndexOf('.') + 1);
  const [is, should] = [membersOf(live), membersOf(folded)];
  if (is === null || should === null) {
    if (path === '' && is === null) return 'the view lacks the document';
    if (path === '' && should === null) return 'the streams call for no such document';
    return `${path} is ${shown(live, name)} in the view and ${shown(folded, name)} in the streams`;
  }
  for (const member of new Set([...Object.keys(is), ...Object.keys(should)])) {
    if (!isDeepStrictEqual(is[member], should[member]))
      return firstDifference(is[member], should[member], path === '' ? member : `${path}.${member}`);
  }
  return 'nothing differs';
};
