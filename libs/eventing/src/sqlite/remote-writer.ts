import { connect, type Socket } from 'node:net';

import type { BatchWriter } from './local-writer.js';
import { appendFrame, packAppends, readFrames, readResultsFrame, unpackResults } from './packed.js';
import type { BatchResult } from './writer-protocol.js';

export interface RemoteWriter extends BatchWriter {
  close(): void;
}

/** `gone`: nobody listens there any more. `unclear`: the holder may live, but cannot be reached now. */
export type Connection = RemoteWriter | 'gone' | 'unclear';

const connectTimeoutMs = 1_000;

const open = (path: string): Promise<Socket | 'gone' | 'unclear'> =>
  new Promise((resolve) => {
    const socket = connect(path);
    const timer = setTimeout(() => {
      socket.destroy();
      resolve('unclear');
    }, connectTimeoutMs);
    socket.once('connect', () => {
      clearTimeout(timer);
      resolve(socket);
    });
    socket.once('error', (error: NodeJS.ErrnoException) => {
      clearTimeout(timer);
      resolve(error.code === 'ECONNREFUSED' || error.code === 'ENOENT' ? 'gone' : 'unclear');
    });
  });

/**
 * Reaches the process that writes the log.
 * @param onCommit  position of the newest event that can be read
 * @param onLost    the connection broke; answers still out are lost
 */
export const connectToWriter = async (
  path: string,
  onCommit: (head: number) => void,
  onLost: () => void,
): Promise<Connection> => {
  const socket = await open(path);
  if (typeof socket === 'string') return socket;
  const waiting = new Map<
    number,
    { resolve: (result: BatchResult) => void; reject: (error: Error) => void }
  >();
  let lastId = 0;
  let ended = false;

  socket.on('error', () => socket.destroy());
  socket.on('close', () => {
    ended = true;
    const error = new Error('the connection to the log writer broke');
    for (const { reject } of waiting.values()) reject(error);
    waiting.clear();
    onLost();
  });
  let head = 0;
  let telling = false;
  // A turn later: what came with the same chunk about this thread's own appends is dealt with by then.
  const tell = (): void => {
    telling = false;
    if (!ended) onCommit(head);
  };
  readFrames(socket, (body) => {
    const { id, packed } = readResultsFrame(body);
    if (id !== 0) {
      waiting.get(id)?.resolve({ outcome: 'committed', results: unpackResults(packed) });
      waiting.delete(id);
      return;
    }
    head = Math.max(head, packed.numbers[0] ?? 0);
    if (!telling) setImmediate(tell);
    telling = true;
  });

  return {
    write: (appends) =>
      new Promise((resolve, reject) => {
        if (ended) {
          reject(new Error('the connection to the log writer broke'));
          return;
        }
        lastId += 1;
        waiting.set(lastId, { resolve, reject });
        socket.write(appendFrame(lastId, packAppends(appends)));
      }),
    close: () => void socket.destroy(),
  };
};
