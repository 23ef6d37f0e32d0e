import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { fastify, type FastifyInstance } from 'fastify';
import { request } from 'node:http';

import { hearOutLargeBodies } from './large-bodies.js';

const limit = 1_000_000;

describe('A body over the limit', () => {
  let server: FastifyInstance;
  let url = '';
  beforeEach(async () => {
    server = fastify({ bodyLimit: limit });
    hearOutLargeBodies(server, limit);
    server.post('/', () => 'taken');
    url = await server.listen({ port: 0, host: '127.0.0.1' });
  });
  afterEach(() => server.close());

  const post = (bytes: number): Promise<number> =>
    new Promise((resolve, reject) => {
      const body = Buffer.from(JSON.stringify('x'.repeat(bytes)));
      const sent = request(url, { method: 'POST', agent: false }, (answer) => {
        answer.resume().once('end', () => resolve(answer.statusCode ?? 0));
      });
      sent.setHeader('content-type', 'application/json').setHeader('content-length', body.length);
      sent.once('error', reject).end(body);
    });

  it('is answered with 413, every time, while smaller ones are taken', async () => {
    expect(await Promise.all(Array.from({ length: 20 }, () => post(5_000_000)))).toEqual(Array(20).fill(413));
    expect(await post(100)).toBe(200);
  });
});
