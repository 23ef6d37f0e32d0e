import { setTimeout as delay } from 'node:timers/promises';

import type { ClientDuplexStream } from '@grpc/grpc-js';

import { TransientError } from '@city311/kernel';

import { EventTooLargeError, VersionConflictError } from '../errors.js';
import type { Appended, ExpectedRevision } from '../event-store.js';
import { EventStoreAccessError } from './access-error.js';
import { readAnswer, type AppendAnswer } from './append-answer.js';
import { backoffMs, type Connection } from './connection.js';
import type { Failure } from './failures.js';
import { streamsService } from './protocol.js';

export interface PendingAppend {
  readonly correlationId: string;
  readonly stream: string;
  readonly expected: ExpectedRevision;
  /** Id of its last event. */
  readonly lastId: string;
  readonly bytes: Uint8Array;
  readonly resolve: (appended: Appended) => void;
  readonly reject: (error: Error) => void;
}

interface Entry extends PendingAppend {
  readonly expiresAt: number;
  /** 0: never yet. */
  sentAt: number;
}

export interface AppendLaneOptions {
  /** How long an append waits for its answer, through as many connections as it takes. */
  readonly timeoutMs: number;
  /** An append without an answer for so long is sent again, where the server can tell that it is the same. */
  readonly resendAfterMs: number;
  readonly maxAppends: number;
  readonly maxBytes: number;
}

/** What the lane must look up when an answer is lost or incomplete. */
export interface AppendLookup {
  /** The newest events of a stream, by their ids. */
  newest(stream: string): Promise<ReadonlyMap<string, Appended>>;
  placeOf(stream: string, revision: number): Promise<Appended>;
}

type Call = ClientDuplexStream<Uint8Array, Buffer>;

const asBytes = (bytes: Buffer): Buffer => bytes;
const sent = (bytes: Uint8Array): Buffer => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
const tickMs = 250;

const unanswered = (stream: string, what: string, why: string): TransientError =>
  new TransientError(`EventStoreDB: ${why}; the append to ${stream} ${what}`);

/**
 * All appends of this process over one call of the server (`BatchAppend`), many in flight, written in the order in
 * which they were made. When the call is lost they are sent again over the next one: with an expected revision the
 * server knows them by their ids; with `any` the stream is looked at first.
 */
export class AppendLane {
  private readonly pending = new Map<string, Entry>();
  private bytes = 0;
  private call: Call | null = null;
  /** The call has had all that waited before: what comes now goes straight to it. */
  private ready = false;
  private running: Promise<void> | null = null;
  private failures = 0;
  private closed = false;
  private readonly ticking = setInterval(() => {
    this.tick();
  }, tickMs);
  private onEmpty: (() => void) | null = null;

  constructor(
    private readonly connection: Connection,
    private readonly lookup: AppendLookup,
    private readonly options: AppendLaneOptions,
  ) {
    this.ticking.unref();
  }

  /** @throws TransientError  too much is waiting already */
  add(append: PendingAppend): void {
    const { maxAppends, maxBytes, timeoutMs } = this.options;
    if (this.closed) throw new TransientError('the log is closed');
    if (this.pending.size >= maxAppends || this.bytes + append.bytes.length > maxBytes) {
      throw new TransientError('too many appends wait for EventStoreDB');
    }
    const entry: Entry = { ...append, expiresAt: Date.now() + timeoutMs, sentAt: 0 };
    this.pending.set(append.correlationId, entry);
    this.bytes += append.bytes.length;
    if (this.call !== null && this.ready) this.send(this.call, entry);
    else this.run();
  }

  /** Resolves when nothing waits any more; what does not get its answer in time is refused. */
  async close(): Promise<void> {
    this.closed = true;
    if (this.pending.size > 0) {
      await new Promise<void>((resolve) => {
        this.onEmpty = resolve;
      });
    }
    clearInterval(this.ticking);
    const { call } = this;
    this.call = null;
    call?.end();
  }

  private send(call: Call, entry: Entry): void {
    entry.sentAt = Date.now();
    call.write(entry.bytes);
  }

  private take(entry: Entry): void {
    if (!this.pending.delete(entry.correlationId)) return;
    this.bytes -= entry.bytes.length;
    if (this.pending.size === 0) this.onEmpty?.();
  }

  private succeed(entry: Entry, appended: Appended): void {
    this.take(entry);
    entry.resolve(appended);
  }

  private fail(entry: Entry, error: Error): void {
    this.take(entry);
    entry.reject(error);
  }

  /** Opens a call and sends what waits, until that is done. */
  private run(): void {
    this.running ??= this.reopen().finally(() => {
      this.running = null;
      if (this.call === null && this.pending.size > 0) this.run();
    });
  }

  private async reopen(): Promise<void> {
    const again = [...this.pending.values()].some(({ sentAt }) => sentAt > 0);
    if (this.failures > 0) await delay(backoffMs(this.failures - 1));
    if (this.pending.size === 0) return;
    const looked = new Map<string, ReadonlyMap<string, Appended>>();
    try {
      const call = await this.begin();
      // also what is added meanwhile: a map is walked to its end as it grows
      for (const entry of this.pending.values()) {
        if (again && entry.expected === 'any' && entry.sentAt > 0) {
          const newest = looked.get(entry.stream) ?? (await this.lookup.newest(entry.stream));
          looked.set(entry.stream, newest);
          if (this.settleFound(entry, newest)) continue;
        }
        if (this.call !== call) return;
        this.send(call, entry);
      }
      this.ready = true;
    } catch (error) {
      this.lost(this.call, this.connection.failed(null, error));
    }
  }

  private settleFound(entry: Entry, newest: ReadonlyMap<string, Appended>): boolean {
    const found = newest.get(entry.lastId);
    if (found !== undefined) this.succeed(entry, found);
    return !this.pending.has(entry.correlationId);
  }

  private async begin(): Promise<Call> {
    const client = await this.connection.client();
    const { path } = streamsService.batchAppend;
    const call: Call = client.makeBidiStreamRequest(path, sent, asBytes, this.connection.metadata(), {});
    this.call = call;
    call
      .on('data', (bytes: Buffer) => {
        this.answered(readAnswer(bytes));
      })
      .on('error', (error) => {
        if (call === this.call) this.lost(call, this.connection.failed(client, error));
      })
      .on('end', () => {
        if (call === this.call) this.lost(call, { kind: 'away', message: 'the call was ended' });
      });
    return call;
  }

  private lost(call: Call | null, failure: Failure): void {
    if (call !== this.call) return;
    this.call = null;
    this.ready = false;
    call?.cancel();
    this.failures += failure.kind === 'not-leader' && this.failures === 0 ? 0 : 1;
    if (failure.kind === 'denied' || failure.kind === 'refused') {
      const error =
        failure.kind === 'denied'
          ? new EventStoreAccessError(`EventStoreDB denies appends: ${failure.message}`)
          : new Error(`EventStoreDB refuses appends: ${failure.message}`);
      for (const entry of [...this.pending.values()]) this.fail(entry, error);
    }
    if (this.pending.size > 0) this.run();
  }

  private answered(answer: AppendAnswer): void {
    this.failures = 0;
    this.connection.succeeded();
    const entry = this.pending.get(answer.correlationId);
    if (entry === undefined) return;
    const { stream, expected } = entry;
    switch (answer.outcome) {
      case 'written':
        if (answer.position !== null) {
          this.succeed(entry, { revision: answer.revision, position: answer.position });
          return;
        }
        this.lookup.placeOf(stream, answer.revision).then(
          (appended) => {
            this.succeed(entry, appended);
          },
          (error: unknown) => {
            this.fail(entry, error instanceof Error ? error : new Error(String(error)));
          },
        );
        return;
      case 'conflict':
        this.fail(entry, new VersionConflictError(stream, expected, answer.actual));
        return;
      case 'too-large':
        this.fail(entry, new EventTooLargeError(stream, entry.bytes.length, answer.limitBytes));
        return;
      case 'denied':
        this.fail(entry, new EventStoreAccessError(`EventStoreDB denies appends to ${stream}`));
        return;
      case 'refused':
        this.fail(entry, new Error(`EventStoreDB refuses an append to ${stream}: ${answer.message}`));
        return;
      case 'busy':
        // one that the server can recognise is sent again by the next tick that finds it old enough
        if (expected === 'any') this.fail(entry, unanswered(stream, 'may stand', answer.message));
        return;
    }
  }

  private tick(): void {
    const now = Date.now();
    for (const entry of [...this.pending.values()]) {
      if (entry.expiresAt <= now) {
        const what = entry.sentAt === 0 ? 'was not sent' : 'may stand';
        this.fail(entry, unanswered(entry.stream, what, 'no answer in time'));
      } else if (
        this.call !== null &&
        this.ready &&
        entry.sentAt > 0 &&
        entry.expected !== 'any' &&
        entry.sentAt + this.options.resendAfterMs <= now
      ) {
        this.send(this.call, entry);
      }
    }
  }
}
