import { Transform } from 'node:stream';

import type { FastifyInstance } from 'fastify';

import { presented } from '@city311/platform';

import { BodyRoom } from './body-room.js';

/** How long a body may wait for room before its sender is told to come again. */
export const patienceMs = 10_000;
const roomBytes = 16_777_216;

/** A body that does not say how long it is takes room as it comes. */
const counted = (take: (bytes: number) => Promise<void>): Transform =>
  new Transform({
    transform(chunk: Buffer, _encoding, done) {
      take(chunk.length).then(
        () => {
          done(null, chunk);
        },
        (error: unknown) => {
          done(error instanceof Error ? error : new Error(String(error)));
        },
      );
    },
  });

/**
 * Bounds the bodies in hand. Who has no key that is known shares a room of their own, so that strangers hold up no
 * channel; nothing of a body that waits is read.
 */
export const boundBodies = (fastify: FastifyInstance, limitBytes: number): void => {
  const known = new BodyRoom(Math.max(roomBytes, 2 * limitBytes), patienceMs);
  const strangers = new BodyRoom(Math.max(roomBytes / 2, 2 * limitBytes), patienceMs);
  fastify.addHook('preParsing', async (request, reply, payload) => {
    const { headers, raw } = request;
    const isChunked = headers['transfer-encoding'] !== undefined;
    const length = Number(headers['content-length'] ?? 0);
    // One that is too large is refused unread.
    if (!isChunked && (length === 0 || length > limitBytes)) return payload;
    const caller = presented.get(request);
    const room = caller === undefined || caller === null ? strangers : known;
    let taken = 0;
    let isOver = false;
    const take = async (bytes: number): Promise<void> => {
      await room.take(bytes);
      if (isOver) room.giveBack(bytes);
      else taken += bytes;
    };
    reply.raw.once('close', () => {
      isOver = true;
      room.giveBack(taken);
    });
    if (!isChunked) {
      await take(length);
      return payload;
    }
    const body = counted(take);
    raw.on('error', (error) => {
      body.destroy(error);
    });
    return payload.pipe(body);
  });
};
