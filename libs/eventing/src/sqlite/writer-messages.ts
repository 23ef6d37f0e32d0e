import type { Socket } from 'node:net';

import type { AppendResult, EncodedAppend } from './writer-protocol.js';

/** What processes that share a log say to the one that writes, one JSON text a line. */
export interface AppendRequest {
  readonly kind: 'append';
  readonly id: number;
  readonly appends: readonly EncodedAppend[];
}

export type WriterMessage =
  | { readonly kind: 'appended'; readonly id: number; readonly results: readonly AppendResult[] }
  /** The log has got as far as `head`, readable by everybody. */
  | { readonly kind: 'commit'; readonly head: number };

export const sendMessage = (socket: Socket, message: AppendRequest | WriterMessage): void => {
  if (socket.writable) socket.write(`${JSON.stringify(message)}\n`);
};

/** Calls `take` for every whole line; both ends are this same program, so what a line holds is not checked. */
export const readMessages = <Message>(socket: Socket, take: (message: Message) => void): void => {
  let parts: string[] = [];
  const takeLine = (line: string): void => {
    try {
      take(JSON.parse(line) as Message);
    } catch {
      // not one of ours: nothing that comes after it can be trusted
      socket.destroy();
    }
  };
  socket.setEncoding('utf8');
  socket.on('data', (chunk: string) => {
    let start = 0;
    for (let end = chunk.indexOf('\n'); end >= 0; end = chunk.indexOf('\n', start)) {
      parts.push(chunk.slice(start, end));
      takeLine(parts.join(''));
      parts = [];
      start = end + 1;
    }
    if (start < chunk.length) parts.push(chunk.slice(start));
  });
};
