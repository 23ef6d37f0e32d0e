import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { openSqliteEventStore } from '@city311/eventing';
import { streamName, type ProtectedText } from '@city311/kernel';
import { openSqliteVault } from '@city311/vault';

import { buildIfStale } from '../server/build.js';
import { Client, type Answer } from '../server/client.js';
import { membersOf, textOf } from '../server/json.js';
import { StartedServer } from '../server/started-server.js';

const count = 30;
const statusesOf = (answers: readonly Answer[]): readonly number[] => answers.map(({ status }) => status);

/** What is said about a case under one key, `count` times at once. */
const sayings: readonly { readonly type: string; readonly saying: (index: number) => object }[] = [
  { type: 'commented', saying: (index) => ({ text: `Words ${index}` }) },
  { type: 'photo-added', saying: (index) => ({ media: { url: `https://example.org/${index}.jpg` } }) },
  { type: 'withdrawn', saying: (index) => ({ reason: `Words ${index}` }) },
  { type: 'reopened', saying: (index) => ({ reason: `Words ${index}` }) },
];

const isProtected = (text: string): text is ProtectedText => text.startsWith('p1.');

/** What the log holds of it, in clear: protected texts, addresses of photos. */
const wordsOf = async (dataDir: string, caseNumber: string): Promise<readonly string[]> => {
  const store = await openSqliteEventStore({ folder: dataDir });
  const vault = await openSqliteVault({ folder: dataDir });
  try {
    const events = await store.readStream(streamName('intake.case', caseNumber));
    const said = events.filter(({ type }) => /CommentAdded|CaseReopened|PhotoAdded/.test(type));
    const texts = said.flatMap(({ data }): readonly ProtectedText[] => {
      const { text, reason } = membersOf(data);
      const original = textOf(membersOf(text ?? reason)['original']);
      return isProtected(original) ? [original] : [];
    });
    const photos = said.map(({ data }) => textOf(membersOf(membersOf(data)['media'])['url']));
    const words = await vault.reveal(texts);
    return [...words.map((word) => word ?? ''), ...photos.filter((url) => url !== '')];
  } finally {
    await store.close();
    await vault.close();
  }
};

describe('One key, thirty requests at once, on a process as it is run', () => {
  let server: StartedServer;
  let web: Client;
  let desk: Client;
  let made = 0;

  beforeAll(async () => {
    buildIfStale();
    server = await StartedServer.start();
    web = new Client(server.url, await server.createKey('web', 'channel'), { sockets: count });
    desk = new Client(server.url, await server.createKey('desk', 'operator'));
  }, 300_000);
  afterAll(async () => {
    web.close();
    desk.close();
    await server.stop();
  }, 60_000);

  const event = (type: string, id: string, data: object) => ({
    path: '/events',
    contentType: 'application/cloudevents+json',
    body: { specversion: '1.0', id, source: '/once', type: `city311.report.${type}.v1`, data },
  });
  const opened = async (): Promise<{ readonly caseNumber: string; readonly trackingSecret: string }> => {
    const report = {
      serviceCode: 'REQPOTHL',
      description: 'A deep hole',
      location: { address: '12 Bowdoin St' },
    };
    made += 1;
    const { body } = await web.send(event('submitted', `report-${made}`, report));
    const { caseNumber, trackingSecret } = membersOf(body);
    return { caseNumber: textOf(caseNumber), trackingSecret: textOf(trackingSecret) };
  };
  const close = async (caseNumber: string): Promise<void> => {
    const path = `/api/cases/${caseNumber}/close`;
    expect((await desk.send({ path, body: { outcome: 'noted', text: 'Told the caller' } })).status).toBe(200);
  };

  it.each(sayings)(
    '$type: one body counts, and only its words are answered as taken',
    async ({ type, saying }) => {
      const on = await opened();
      if (type === 'reopened') await close(on.caseNumber);
      const ask = (index: number) =>
        web.send(event(type, `say-${on.caseNumber}`, { ...on, ...saying(index) }));
      const answers = await Promise.all(Array.from({ length: count }, (_, index) => ask(index)));
      const statuses = statusesOf(answers);
      const winner = statuses.indexOf(201);
      expect(statuses.filter((_, index) => index !== winner)).toEqual(Array<number>(count - 1).fill(409));
      const words = await wordsOf(server.dataDir, on.caseNumber);
      expect(words).toHaveLength(1);
      expect(JSON.stringify(saying(winner))).toContain(`"${words[0] ?? ''}"`);
      const again = await Promise.all(Array.from({ length: count }, () => ask(winner)));
      expect(statusesOf(again)).toEqual(Array<number>(count).fill(200));
      expect(new Set(again.map(({ body }) => JSON.stringify(body))).size).toBe(1);
      expect(await wordsOf(server.dataDir, on.caseNumber)).toEqual(words);
    },
  );
});
