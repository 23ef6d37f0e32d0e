import { VersionConflictError, type EventStore, type NewEvent } from '@city311/eventing';
import type { Position, RecordedEvent, StreamName } from '@city311/kernel';

import { between, type Random } from '../generated/random.js';

const positionOf = (index: number): Position => String(index).padStart(8, '0') as Position;

/** What a store throws whose disk or network fails it; `after` says that the events are in the log all the same. */
export class BrokenLogError extends Error {
  constructor(readonly when: 'before' | 'after') {
    super(`the log broke ${when} the append`);
  }
}

/** In a thousand calls, how many break. */
const broken = 60;

/**
 * The log in memory, for tests that run many histories. Each call takes a few turns of the microtask queue, drawn from
 * `random`: commands that run side by side then meet in another order for every seed.
 */
export class MemoryLog {
  readonly events: RecordedEvent[] = [];
  readonly #streams = new Map<StreamName, RecordedEvent[]>();
  readonly #subjects = new Map<string, RecordedEvent[]>();
  #isStormy = false;
  readonly store: EventStore;

  constructor(private readonly random: Random) {
    this.store = {
      append: async (stream, events, expected) => {
        await this.#turns();
        this.#mayBreak('before');
        const before = this.#streams.get(stream) ?? [];
        const actual = before.length === 0 ? 'no-stream' : before.length - 1;
        if (expected !== 'any' && expected !== actual)
          throw new VersionConflictError(stream, expected, actual);
        for (const event of events) this.#add(stream, before, event);
        this.#streams.set(stream, before);
        await this.#turns();
        this.#mayBreak('after');
        return { revision: before.length - 1, position: positionOf(this.events.length - 1) };
      },
      readStream: async (stream, from = 0) => {
        await this.#turns();
        this.#mayBreak('before');
        const found = (this.#streams.get(stream) ?? []).slice(from);
        await this.#turns();
        return found;
      },
      readStreams: async (streams) => {
        await this.#turns();
        this.#mayBreak('before');
        return new Map(
          streams.flatMap((stream) => {
            const found = this.#streams.get(stream);
            return found === undefined ? [] : [[stream, [...found]] as const];
          }),
        );
      },
      readCategories: () => Promise.reject(new Error('nobody reads this log by its positions')),
      follow: () => {
        throw new Error('nobody follows this log');
      },
      head: () => Promise.resolve(null),
      close: () => Promise.resolve(),
    };
  }

  #add(stream: StreamName, before: RecordedEvent[], event: NewEvent): void {
    const placed: RecordedEvent = {
      ...event,
      stream,
      sequence: before.length,
      recordedTime: event.time,
      position: positionOf(this.events.length),
      // As a store keeps it.
      data: JSON.parse(JSON.stringify(event.data)) as unknown,
    };
    before.push(placed);
    this.events.push(placed);
    const key = `${stream.slice(0, stream.indexOf('-'))} ${event.subject}`;
    const own = this.#subjects.get(key);
    if (own === undefined) this.#subjects.set(key, [placed]);
    else own.push(placed);
  }

  /** Events of one category about one case, in order. */
  ofSubject(category: string, subject: string): readonly RecordedEvent[] {
    return this.#subjects.get(`${category} ${subject}`) ?? [];
  }

  /** From now on calls break by chance, before or after they did their work. */
  storm(): void {
    this.#isStormy = true;
  }

  calm(): void {
    this.#isStormy = false;
  }

  #mayBreak(when: 'before' | 'after'): void {
    if (this.#isStormy && between(this.random, 0, 999) < broken) throw new BrokenLogError(when);
  }

  async #turns(): Promise<void> {
    for (let left = between(this.random, 0, 4); left > 0; left -= 1) await Promise.resolve();
  }
}
