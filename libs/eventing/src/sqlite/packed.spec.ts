import { EventEmitter } from 'node:events';
import type { Socket } from 'node:net';

import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import {
  appendFrame,
  commitFrame,
  packAppends,
  packResults,
  readAppendFrame,
  readFrames,
  readResultsFrame,
  resultsFrame,
  unpackAppends,
  unpackResults,
} from './packed.js';
import type { AppendResult, EncodedAppend } from './writer-protocol.js';

const text = fc.string({ unit: 'binary', maxLength: 40 });
const append = fc.record({
  stream: text.map((id) => `test.case-${id}`),
  category: fc.constant('test.case'),
  expected: fc.integer({ min: -2, max: 2 ** 31 - 1 }),
  texts: fc.array(text, { maxLength: 6 }),
  retried: fc.boolean(),
});
const results: readonly AppendResult[] = [
  { outcome: 'written', revision: 3, position: 2 ** 40 },
  { outcome: 'already-written', revision: 0, position: 1 },
  { outcome: 'conflict', actual: -1 },
  { outcome: 'failed', reason: 'the disk is full – naïve' },
];

/** What comes out of a connection that is cut into pieces of `size` bytes. */
const throughPieces = (sent: Buffer, size: number): { readonly bodies: Buffer[]; readonly cut: boolean } => {
  const bodies: Buffer[] = [];
  let cut = false;
  const socket = Object.assign(new EventEmitter(), { destroy: () => (cut = true) });
  readFrames(socket as unknown as Socket, (body) => bodies.push(Buffer.from(body)));
  for (let at = 0; at < sent.length; at += size) socket.emit('data', sent.subarray(at, at + size));
  return { bodies, cut };
};

describe('Packed appends', () => {
  it('are the same after the way through a socket, whatever they hold and however it cuts them', () => {
    fc.assert(
      fc.property(
        fc.array(fc.array(append, { maxLength: 4 }), { maxLength: 4 }),
        fc.integer({ min: 1, max: 300 }),
        (batches: readonly EncodedAppend[][], size) => {
          const sent = Buffer.concat(batches.map((batch, id) => appendFrame(id, packAppends(batch))));
          const read = throughPieces(sent, size).bodies.map(readAppendFrame);
          expect(read.map(({ id }) => id)).toEqual(batches.map((_, id) => id));
          expect(read.map(({ packed }) => unpackAppends(packed))).toEqual(batches);
        },
      ),
    );
  });

  it('come back with what became of each', () => {
    const sent = Buffer.concat([resultsFrame(7, packResults(results)), commitFrame(2 ** 45)]);
    const [answer, commit] = throughPieces(sent, 5).bodies.map(readResultsFrame);
    expect(answer?.id).toBe(7);
    expect(answer === undefined ? null : unpackResults(answer.packed)).toEqual(results);
    expect(commit).toMatchObject({ id: 0, packed: { numbers: Float64Array.of(2 ** 45) } });
  });

  it('cut a connection that says something else', () => {
    const socket = Object.assign(new EventEmitter(), { destroyed: false, destroy: () => undefined });
    let cut = false;
    socket.destroy = () => {
      cut = true;
      return undefined;
    };
    readFrames(socket as unknown as Socket, (body) => readAppendFrame(body));
    socket.emit('data', Buffer.from([4, 0, 0, 0, 1, 2, 3, 4]));
    expect(cut).toBe(true);
  });
});
