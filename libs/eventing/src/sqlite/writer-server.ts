import { randomBytes } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import type { LocalWriter } from './local-writer.js';

export interface WriterServer {
  readonly path: string;
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

/** Has the writer thread itself take the appends of other threads and processes, and tell them of every commit. */
export const serveWriter = async (folder: string, writer: LocalWriter): Promise<WriterServer> => {
  const path = socketPath(folder);
  await writer.listen(path);
  return {
    path,
    close: () => {
      writer.stopListening(path);
    },
  };
};
