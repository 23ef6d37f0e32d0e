import { Worker } from 'node:worker_threads';

import { packAppends, unpackResults } from './packed.js';
import type {
  BatchResult,
  EncodedAppend,
  FromWriter,
  ToWriter,
  WriterLease,
  WriterSettings,
} from './writer-protocol.js';

/** Whoever writes batches: this process's thread, or another process behind a socket. */
export interface BatchWriter {
  /** Batches are written in the order of the calls. Rejects when the answer is lost, never with a refusal. */
  write(appends: readonly EncodedAppend[]): Promise<BatchResult>;
}

export interface LocalWriter extends BatchWriter {
  /** False once its thread has ended. */
  readonly alive: boolean;
  /** Tries for the writer lease; answers whose it is. */
  acquire(
    holder: string,
    socket: string,
    deadToken: number | null,
  ): Promise<{ readonly lease: WriterLease; readonly acquired: boolean }>;
  /** Takes appends of other threads and processes at this socket, made 0600. */
  listen(path: string): Promise<void>;
  /** Cuts the connections of that socket. */
  stopListening(path: string): void;
  close(): Promise<void>;
}

const workerFile = new URL(
  import.meta.url.endsWith('.ts') ? './writer.worker.ts' : './writer.worker.js',
  import.meta.url,
);

interface Waiting {
  readonly resolve: (message: FromWriter) => void;
  readonly reject: (error: Error) => void;
}

/**
 * Starts the writer thread and resolves once the log is open.
 * @param onLost    the lease went to another process, or the thread died
 * @param onCommit  others' appends were written: position of the newest event
 */
export const startLocalWriter = async (
  settings: WriterSettings,
  onLost: () => void,
  onCommit: (head: number) => void = () => undefined,
): Promise<LocalWriter> => {
  const worker = new Worker(workerFile, { workerData: settings });
  const waiting = new Map<number, Waiting>();
  let lastId = 0;
  let failure: Error | null = null;
  let open = false;

  const opened = Promise.withResolvers<undefined>();
  const fail = (error: Error): void => {
    if (failure !== null) return;
    failure = error;
    opened.reject(error);
    for (const { reject } of waiting.values()) reject(error);
    waiting.clear();
    if (open) onLost();
  };

  worker.on('message', (message: FromWriter) => {
    if (message.kind === 'opened') {
      opened.resolve(undefined);
      return;
    }
    if (message.kind === 'lost') {
      onLost();
      return;
    }
    if (message.kind === 'commit') {
      onCommit(message.head);
      return;
    }
    const asked = waiting.get(message.id);
    waiting.delete(message.id);
    asked?.resolve(message);
  });
  worker.on('error', (error) => {
    fail(error instanceof Error ? error : new Error(String(error)));
  });
  worker.on('exit', () => {
    fail(new Error('the log writer thread has ended'));
  });

  const ask = (message: (id: number) => ToWriter): Promise<FromWriter> =>
    new Promise((resolve, reject) => {
      if (failure !== null) {
        reject(failure);
        return;
      }
      lastId += 1;
      waiting.set(lastId, { resolve, reject });
      worker.postMessage(message(lastId));
    });

  await opened.promise;
  open = true;

  return {
    get alive() {
      return failure === null;
    },
    async write(appends) {
      const packed = packAppends(appends);
      const reply = await ask((id) => ({ kind: 'write', id, appends: packed }));
      if (reply.kind !== 'answer') throw new Error(`the log writer answered ${reply.kind} to a write`);
      const { result } = reply;
      return result.outcome === 'committed'
        ? { outcome: 'committed', results: unpackResults(result.results) }
        : result;
    },
    async acquire(holder, socket, deadToken) {
      const reply = await ask((id) => ({ kind: 'acquire', id, holder, socket, deadToken }));
      if (reply.kind !== 'lease')
        throw new Error(`the log writer answered ${reply.kind} to a request for its lease`);
      return reply;
    },
    async listen(path) {
      const reply = await ask((id) => ({ kind: 'listen', id, path }));
      if (reply.kind !== 'listening') throw new Error(`the log writer cannot listen at ${path}`);
    },
    stopListening(path) {
      if (failure === null) worker.postMessage({ kind: 'stop-listening', path } satisfies ToWriter);
    },
    async close() {
      if (failure !== null) return;
      await ask((id) => ({ kind: 'close', id }));
      failure = new Error('the log writer is closed');
      await worker.terminate();
    },
  };
};
