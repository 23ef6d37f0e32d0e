import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import fastify from 'fastify';

import { newEventId, openSqliteEventStore } from '@city311/eventing';
import { streamName } from '@city311/kernel';

/** The baseline: bare Fastify that puts each body into the same log, with the same group commit, and nothing else. */
const store = await openSqliteEventStore({ folder: mkdtempSync(join(tmpdir(), 'city311-raw-')) });
const app = fastify();
app.addContentTypeParser('application/cloudevents+json', { parseAs: 'string' }, (_, body, done) => {
  done(null, JSON.parse(body as string));
});
app.post('/events', async (request, reply) => {
  const id = newEventId();
  await store.append(
    streamName('bench.raw', id),
    [
      {
        id,
        type: 'bench.Taken.v1',
        data: request.body,
        source: '/bench',
        subject: id,
        time: new Date().toISOString(),
        actor: 'bench',
        jurisdiction: 'bench',
        imported: false,
        correlationId: id,
      },
    ],
    'no-stream',
  );
  return reply.status(201).send({ id, status: 201 });
});
const url = await app.listen({ host: '127.0.0.1', port: 0 });
process.stdout.write(`${url}\n`);
