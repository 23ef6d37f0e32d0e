import { readSync } from 'node:fs';
import { mkdir, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';

import { bytesBetween, frame, headBytes, openJournalFile } from './journal-file.js';
import { LogIndex, type StreamEntry } from './log-index.js';
import { recordedMessage, type ProposedEvent } from './recorded.js';

export type Expected = number | 'any' | 'no-stream' | 'exists';

export type Outcome =
  | { readonly outcome: 'written'; readonly revision: number; readonly position: number }
  | { readonly outcome: 'conflict'; readonly current: number };

interface Waiting {
  readonly bytes: Buffer | null;
  readonly result: Outcome;
  readonly visible: number;
  readonly done: (result: Outcome) => void;
  readonly failed: (error: Error) => void;
}

const rememberedIds = 50_000;

/** Appends durable before they are answered, those in flight together by one fsync; the events' texts stay on disk. */
export class Journal {
  private readonly wakers = new Set<() => void>();
  private queue: Waiting[] = [];
  private flushing: Promise<void> | null = null;
  private broken: Error | null = null;
  /** As the real server does it: ids of late, forgotten on a restart. */
  private recent = new Map<string, number>();
  private older = new Map<string, number>();

  private constructor(
    private readonly handle: FileHandle,
    readonly index: LogIndex,
    private writtenTo: number,
    private plannedTo = writtenTo,
  ) {}

  static async open(folder: string): Promise<Journal> {
    await mkdir(folder, { recursive: true });
    const index = new LogIndex();
    const { handle, end } = await openJournalFile(join(folder, 'events.journal'), index);
    return new Journal(handle, index, end);
  }

  append(name: string, events: readonly ProposedEvent[], expected: Expected): Promise<Outcome> {
    if (this.broken !== null) return Promise.reject(this.broken);
    const stream = this.index.streamOrNew(name);
    const result = this.decide(stream, events, expected);
    return new Promise((done, failed) => {
      const bytes = result === 'write' ? this.plan(stream, events) : null;
      const last = stream.events.length - 1;
      const outcome = result === 'write' ? this.writtenAt(stream, last) : result;
      this.queue.push({ bytes, result: outcome, visible: this.index.count, done, failed });
      this.flushing ??= this.flush();
    });
  }

  /** The message of an event as it goes over the wire. */
  message(event: number): Buffer {
    const bytes = Buffer.allocUnsafe(this.index.length(event));
    const read = readSync(this.handle.fd, bytes, 0, bytes.length, this.index.position(event));
    if (read !== bytes.length) throw new Error(`event ${event} is cut off in the journal`);
    return bytes;
  }

  /** Calls back after each commit, until the function it gives back is called. */
  onCommit(wake: () => void): () => void {
    this.wakers.add(wake);
    return () => void this.wakers.delete(wake);
  }

  async close(): Promise<void> {
    await this.flushing;
    await this.handle.close();
  }

  private writtenAt(stream: StreamEntry, revision: number): Outcome {
    return {
      outcome: 'written',
      revision,
      position: this.index.position(stream.events.at(revision)),
    };
  }

  /** The rules of the real server, an append sent twice among them: the same ids at the same place are no conflict. */
  private decide(
    stream: StreamEntry,
    events: readonly ProposedEvent[],
    expected: Expected,
  ): Outcome | 'write' {
    const last = stream.events.length - 1;
    const conflict: Outcome = { outcome: 'conflict', current: last };
    if (expected === 'any' || expected === 'exists') {
      const known = events.map(({ id }) => this.seen(id.toString('latin1'), stream));
      const first = known[0];
      if (first === undefined) return expected === 'exists' && last < 0 ? conflict : 'write';
      return known.every((revision, index) => revision === first + index)
        ? this.writtenAt(stream, first + events.length - 1)
        : conflict;
    }
    const after = expected === 'no-stream' ? -1 : expected;
    if (after === last) return 'write';
    if (after > last || after + events.length > last) return conflict;
    return events.every(({ id }, index) => this.index.hasId(stream.events.at(after + 1 + index), id))
      ? this.writtenAt(stream, after + events.length)
      : conflict;
  }

  /** Revision of a late event with this id in this stream. */
  private seen(id: string, stream: StreamEntry): number | undefined {
    const event = this.recent.get(id) ?? this.older.get(id);
    if (event === undefined) return undefined;
    const revision = stream.events.firstFrom(event);
    return revision < stream.events.length && stream.events.at(revision) === event ? revision : undefined;
  }

  private remember(id: string, event: number): void {
    if (this.recent.size >= rememberedIds) {
      this.older = this.recent;
      this.recent = new Map();
    }
    this.recent.set(id, event);
  }

  private plan(stream: StreamEntry, events: readonly ProposedEvent[]): Buffer {
    const ticks = `${Date.now()}0000`;
    let position = this.plannedTo + headBytes(stream.name);
    const framed = events.map((event) => {
      position += bytesBetween;
      const revision = stream.events.length;
      const message = recordedMessage(stream.name, event, { revision, position, ticks });
      this.remember(event.id.toString('latin1'), this.index.count);
      this.index.add(stream, position, message.length, event.id);
      position += message.length;
      return { id: event.id, message };
    });
    this.plannedTo = position;
    return frame(stream.name, framed);
  }

  private async flush(): Promise<void> {
    // whatever comes in this turn goes together
    await new Promise((resolve) => setImmediate(resolve));
    while (this.queue.length > 0) {
      const batch = this.queue;
      this.queue = [];
      try {
        const bytes = Buffer.concat(batch.flatMap((waiting) => waiting.bytes ?? []));
        if (bytes.length > 0) {
          await this.handle.write(bytes, 0, bytes.length, this.writtenTo);
          await this.handle.datasync();
          this.writtenTo += bytes.length;
        }
      } catch (error) {
        // what was planned behind this batch has places that will never be: only a new start helps
        this.broken = error instanceof Error ? error : new Error(String(error));
        for (const { failed } of [...batch, ...this.queue.splice(0)]) failed(this.broken);
        break;
      }
      this.index.visible = batch.at(-1)?.visible ?? this.index.visible;
      for (const { done, result } of batch) done(result);
      for (const wake of [...this.wakers]) wake();
    }
    this.flushing = null;
  }
}
