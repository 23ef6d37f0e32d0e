import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import type { EventBatch, EventStore } from '@city311/eventing';
import type { Position, RecordedEvent } from '@city311/kernel';
import { newTestEvent } from '@city311/testing';

import type { ConsumerState } from './consumer-state.js';
import { openSqliteConsumerState } from './sqlite-consumer-state.js';

export const source = {
  topic: 'test.fed.v1',
  category: 'test.case',
  translate: (stored: RecordedEvent) => stored,
};
export const wanted = 'test.ThingHappened.v1';

/** Position of the nth event: in order as text. */
export const place = (n: number): Position => String(n).padStart(12, '0') as Position;

/** The nth event of the log, of this case. */
export const nth = (n: number, caseNumber: string, type = wanted): RecordedEvent => ({
  ...newTestEvent(n, { subject: caseNumber, type }),
  stream: `test.case-${caseNumber}`,
  sequence: n,
  recordedTime: '2026-01-05T08:00:00.000Z',
  position: place(n),
});

/** A log that holds what it is given, batch by batch, until it is ended. */
export class FedLog implements Pick<EventStore, 'follow'> {
  readonly #batches: EventBatch[] = [];
  #ended = false;
  #news = Promise.withResolvers<undefined>();

  give(...events: readonly RecordedEvent[]): void {
    const last = events.at(-1);
    if (last !== undefined) this.#batches.push({ events, position: last.position });
    this.#tell();
  }

  end(): void {
    this.#ended = true;
    this.#tell();
  }

  async *follow(_: unknown, { signal }: Parameters<EventStore['follow']>[1]): AsyncIterable<EventBatch> {
    signal.addEventListener('abort', () => {
      this.#tell();
    });
    while (!signal.aborted) {
      const batch = this.#batches.shift();
      if (batch !== undefined) yield batch;
      else if (this.#ended) return;
      else await this.#news.promise;
    }
  }

  #tell(): void {
    this.#news.resolve(undefined);
    this.#news = Promise.withResolvers();
  }
}

/** What consumers keep, in a folder of its own. */
export const ownState = async (): Promise<{ state: ConsumerState; close: () => Promise<void> }> => {
  const folder = await mkdtemp(join(tmpdir(), 'state-'));
  const state = openSqliteConsumerState({ folder });
  return {
    state,
    close: async () => {
      state.close();
      await rm(folder, { recursive: true });
    },
  };
};
