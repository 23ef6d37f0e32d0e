import { randomBytes } from 'node:crypto';
import { chmod } from 'node:fs/promises';
import { createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import type { AppendQueue } from './append-queue.js';
import { decodeEvent } from './encoding.js';
import { readMessages, sendMessage, type AppendRequest } from './writer-messages.js';
import type { AppendResult, EncodedAppend } from './writer-protocol.js';

export interface WriterServer {
  readonly path: string;
  announce(head: number): void;
  /** Cuts all connections: those behind them look for the next writer. */
  close(): void;
}

/** The system's limit for the path of a socket is 104 to 108 bytes. */
const maxPathBytes = 100;

const socketPath = (folder: string): string => {
  const name = `writer-${randomBytes(4).toString('hex')}.sock`;
  const near = join(folder, name);
  return Buffer.byteLength(near) <= maxPathBytes ? near : join(tmpdir(), `city311-${name}`);
};

const listen = (server: Server, path: string): Promise<void> =>
  new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(path, resolve);
  });

const charsOf = (append: EncodedAppend): number => append.texts.reduce((sum, text) => sum + text.length, 0);

const submit = (queue: AppendQueue, append: EncodedAppend): Promise<AppendResult> =>
  new Promise((resolve) => {
    const fail = (error: unknown): void => {
      resolve({ outcome: 'failed', reason: error instanceof Error ? error.message : String(error) });
    };
    try {
      queue.add({
        append,
        foreign: true,
        chars: charsOf(append),
        placed: ({ revision, position }) =>
          Array.from({ length: append.texts.length / 2 }, (_, index) => {
            const before = append.texts.length / 2 - 1 - index;
            const [meta = '', data = ''] = append.texts.slice(index * 2);
            return decodeEvent([position - before, revision - before, append.stream, meta, data]);
          }),
        settle: resolve,
        fail,
      });
    } catch (error) {
      fail(error);
    }
  });

/** Takes the appends of other processes on the same folder into `queue`, and tells them of every commit. */
export const serveWriter = async (
  folder: string,
  queue: AppendQueue,
  head: () => number,
): Promise<WriterServer> => {
  const path = socketPath(folder);
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    socket.on('error', () => socket.destroy());
    sendMessage(socket, { kind: 'commit', head: head() });
    readMessages<AppendRequest>(socket, ({ id, appends }) => {
      void Promise.all(appends.map((append) => submit(queue, append))).then((results) => {
        sendMessage(socket, { kind: 'appended', id, results });
      });
    });
  });
  await listen(server, path);
  await chmod(path, 0o600);
  return {
    path,
    announce(reached) {
      for (const socket of sockets) sendMessage(socket, { kind: 'commit', head: reached });
    },
    close() {
      server.close();
      for (const socket of sockets) socket.destroy();
    },
  };
};
