import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

import { streamName } from '@city311/kernel';
import type { ApiKey } from '@city311/vault';

import {
  boston,
  channel,
  cloudEvent,
  importer,
  noon,
  openIntake,
  operator,
  pothole,
  remove,
  submitted,
  tempFolder,
  type OpenIntake,
} from '../intake.spec-support.js';

let folder: string;
let intake: OpenIntake;

beforeEach(async () => {
  folder = await tempFolder();
  intake = await openIntake(folder);
});

afterEach(async () => {
  await intake.close();
  await remove(folder);
});

const take = async (body: object, key: ApiKey = channel) => {
  const [result] = await intake.events.take([body], key);
  if (result === undefined) throw new Error('no result');
  return result;
};
const open = async (id = 'a', data: object = {}) => {
  const { caseNumber = '', trackingSecret = '' } = await take(submitted(id, data));
  return { caseNumber, trackingSecret };
};
const close = async (caseNumber: string, closedAt = noon): Promise<void> => {
  const of = await intake.lookup.caseNumberOf(caseNumber);
  const closing = { outcome: 'resolved', outcomeLabel: '', media: [], closedAt, imported: false } as const;
  await intake.cases.handle(
    streamName('intake.case', of),
    { type: 'CloseCase', data: { caseNumber: of, ...closing } },
    {
      source: '/intake',
      subject: of,
      time: closedAt,
      actor: 'key:desk',
      jurisdiction: boston.jurisdiction,
      imported: false,
      correlationId: 'c',
    },
  );
};
const types = async (caseNumber: string) => (await intake.stored(caseNumber)).map(({ type }) => type);
const last = async (caseNumber: string) => (await intake.stored(caseNumber)).at(-1);

const actions: readonly (readonly [name: string, data: object])[] = [
  ['commented', { text: 'Still there' }],
  ['photo-added', { media: { url: 'https://example.org/p.jpg' } }],
  ['withdrawn', {}],
  ['reopened', {}],
];

describe('A reporter', () => {
  it.each([
    ['commented', (n: number) => ({ text: `Still there, ${n}` })],
    ['photo-added', (n: number) => ({ media: { url: `https://example.org/${n}.jpg` } })],
  ] as const)(
    'may go on for long: a case of many events that were %s is not read anew for each',
    async (name, data) => {
      const on = await open();
      const { store } = intake;
      const readStream = store.readStream.bind(store);
      let read = 0;
      store.readStream = async (stream, from) => {
        const events = await readStream(stream, from);
        read += events.length;
        return events;
      };
      const readFor = async (from: number): Promise<number> => {
        read = 0;
        const events = Array.from({ length: 30 }, (_, n) =>
          cloudEvent(`e${from + n}`, name, { ...on, ...data(from + n) }),
        );
        const said = await intake.events.take(events, channel);
        expect(new Set(said.map(({ status }) => status))).toEqual(new Set([201]));
        return read;
      };
      await readFor(0);
      expect(await readFor(30)).toBeLessThan(30);
    },
  );

  it.each(actions)('may not do what is %s with a wrong secret, or with none', async (name, data) => {
    const { caseNumber } = await open();
    const head = await intake.store.head();
    for (const secret of [{ trackingSecret: 'a-guess' }, {}]) {
      const said = await take(cloudEvent('b', name, { caseNumber, ...data, ...secret }));
      expect(said).toMatchObject({ status: 403, problem: { type: 'urn:city311:problem:wrong-secret' } });
    }
    expect(await intake.store.head()).toBe(head);
  });

  it('with a wrong secret leaves no contact behind', async () => {
    const { caseNumber } = await open();
    const contact = { email: 'eve@example.org' };
    await take(cloudEvent('b', 'commented', { caseNumber, text: 'x', contact, trackingSecret: 'guess' }));
    expect(await intake.vault.findContact(contact)).toBeNull();
  });

  it('comments with the right secret, protected under the contact where one is named', async () => {
    const { caseNumber, trackingSecret } = await open();
    const contact = { email: 'ann@example.org', consent: true };
    const data = { caseNumber, text: 'Call 617-555-0100', contact, trackingSecret };
    expect(await take(cloudEvent('b', 'commented', data))).toEqual({ id: 'b', status: 201, caseNumber });
    const event = await last(caseNumber);
    if (event?.type !== 'CommentAdded') throw new Error('no comment');
    expect(await intake.vault.reveal([event.data.text.redacted])).toEqual(['Call [phone]']);
    const contactId = await intake.vault.findContact(contact);
    expect(await intake.vault.casesOf(`contact:${contactId ?? ''}`)).toEqual([caseNumber]);
  });

  it('may not write internal comments', async () => {
    const { caseNumber, trackingSecret } = await open();
    const data = { caseNumber, text: 'x', visibility: 'internal', trackingSecret };
    expect((await take(cloudEvent('b', 'commented', data))).status).toBe(403);
  });

  it('withdraws with a reason, which is kept', async () => {
    const { caseNumber, trackingSecret } = await open();
    const said = await take(cloudEvent('b', 'withdrawn', { caseNumber, reason: 'Fixed it', trackingSecret }));
    expect(said.status).toBe(201);
    expect(await types(caseNumber)).toEqual(['CaseOpened', 'CommentAdded', 'CaseWithdrawn']);
  });

  it('hears 404 of a case that is not there, and 409 of what does not fit', async () => {
    const none = await take(cloudEvent('b', 'withdrawn', { caseNumber: '260000009996' }));
    expect(none.status).toBe(404);
    const { caseNumber, trackingSecret } = await open();
    intake.clock.advance(60_000);
    expect((await take(cloudEvent('c', 'reopened', { caseNumber, trackingSecret }))).status).toBe(409);
  });

  it('has all faults listed', async () => {
    const told = { caseNumber: 5, text: 'x'.repeat(4_001), visibility: 'secret', more: 1 };
    const said = await take(cloudEvent('', 'commented', told, { time: '2020-01-01T00:00:00Z' }));
    expect(said.status).toBe(400);
    expect(new Set(said.problem?.faults?.map(({ path }) => path))).toEqual(
      new Set(['id', 'time', 'data.caseNumber', 'data.text', 'data.visibility', 'data.more']),
    );
  });
});

describe('The same event about a case sent again', () => {
  it('adds one comment, and is told as 409 with another text', async () => {
    const { caseNumber, trackingSecret } = await open();
    const comment = (text: string) => cloudEvent('b', 'commented', { caseNumber, text, trackingSecret });
    const results = await Promise.all([take(comment('One')), take(comment('One')), take(comment('One'))]);
    expect(results.map(({ status }) => status).sort()).toEqual([200, 200, 201]);
    expect((await take(comment('Two'))).status).toBe(409);
    expect(await types(caseNumber)).toEqual(['CaseOpened', 'CommentAdded']);
  });

  it('reopens once, also when the case was closed anew meanwhile', async () => {
    const { caseNumber, trackingSecret } = await open();
    await close(caseNumber);
    intake.clock.advance(60_000);
    const reopening = cloudEvent('b', 'reopened', { caseNumber, reason: 'Not fixed', trackingSecret });
    const results = await Promise.all([take(reopening), take(reopening)]);
    expect(results.map(({ status }) => status).sort()).toEqual([200, 201]);
    await close(caseNumber, intake.clock.now().toISOString());
    intake.clock.advance(60_000);
    expect((await take(reopening)).status).toBe(200);
    expect(await types(caseNumber)).toEqual(['CaseOpened', 'CaseClosed', 'CaseReopened', 'CaseClosed']);
    expect((await take(cloudEvent('c', 'reopened', { caseNumber, trackingSecret }))).status).toBe(201);
  });

  it('withdraws once, with one reason', async () => {
    const { caseNumber, trackingSecret } = await open();
    const withdrawal = cloudEvent('b', 'withdrawn', { caseNumber, reason: 'Fixed it', trackingSecret });
    expect((await take(withdrawal)).status).toBe(201);
    expect((await take(withdrawal)).status).toBe(200);
    expect(await types(caseNumber)).toEqual(['CaseOpened', 'CommentAdded', 'CaseWithdrawn']);
  });
});

/** What is said under one key in so many ways: by its name, its words, its case, or as a report. */
const sayings: readonly (readonly [name: string, data: (index: number) => object, closed: boolean])[] = [
  ['commented', (index) => ({ text: `Words ${index}` }), false],
  ['photo-added', (index) => ({ media: { url: `https://example.org/${index}.jpg` } }), false],
  ['withdrawn', (index) => ({ reason: `Reason ${index}` }), false],
  ['reopened', (index) => ({ reason: `Reason ${index}` }), true],
];
const count = 12;
const each = (make: (index: number) => object) =>
  Promise.all(Array.from({ length: count }, (_, index) => take(make(index))));
/** What a case says in clear: words of comments and reopenings, addresses of photos. */
const said = async (caseNumber: string): Promise<readonly string[]> => {
  const found: string[] = [];
  for (const event of await intake.stored(caseNumber)) {
    if (event.type === 'PhotoAdded' && event.data.media.kind === 'external') found.push(event.data.media.url);
    const text =
      event.type === 'CommentAdded'
        ? event.data.text
        : event.type === 'CaseReopened'
          ? event.data.reason
          : undefined;
    if (text !== undefined) found.push((await intake.vault.reveal([text.original]))[0] ?? '');
  }
  return found;
};

describe.each(sayings)('Under one key at the same moment, %s', (name, data, closed) => {
  const ready = async () => {
    const { caseNumber, trackingSecret } = await open();
    if (closed) {
      await close(caseNumber);
      intake.clock.advance(60_000);
    }
    return { caseNumber, trackingSecret };
  };

  it('with other words each time: one is taken, and its words are those that stand', async () => {
    const on = await ready();
    const results = await each((index) => cloudEvent('k', name, { ...on, ...data(index) }));
    const statuses = results.map(({ status }) => status);
    expect(statuses.filter((status) => status === 201)).toHaveLength(1);
    expect(statuses.filter((status) => status === 409)).toHaveLength(count - 1);
    const [words = '', ...more] = await said(on.caseNumber);
    expect(more).toEqual([]);
    expect(JSON.stringify(data(statuses.indexOf(201)))).toContain(`"${words}"`);
    const again = await each((index) => cloudEvent('k', name, { ...on, ...data(index) }));
    expect(again.map(({ status }) => (status === 200 ? 201 : status))).toEqual(statuses);
  });

  it('with the same words each time: all have the same answer, of one effect', async () => {
    const on = await ready();
    const results = await each(() => cloudEvent('k', name, { ...on, ...data(0) }));
    expect(results.map(({ status }) => status).sort()).toEqual([...Array<number>(count - 1).fill(200), 201]);
    expect(await said(on.caseNumber)).toHaveLength(1);
  });

  it('of another case, or as something else: 409, and nothing is done', async () => {
    const on = await ready();
    const other = await open('other');
    expect((await take(cloudEvent('k', name, { ...on, ...data(0) }))).status).toBe(201);
    const head = await intake.store.head();
    const others = [
      cloudEvent('k', name, { ...other, ...data(0) }),
      cloudEvent('k', name === 'commented' ? 'photo-added' : 'commented', {
        ...on,
        ...(name === 'commented' ? { media: { url: 'https://example.org/x.jpg' } } : { text: 'x' }),
      }),
      cloudEvent('a', name, { ...other, ...data(0) }),
    ];
    for (const event of others) expect((await take(event)).status).toBe(409);
    expect(await intake.store.head()).toBe(head);
    expect((await take(submitted('k'))).status).toBe(409);
  });

  it('under different keys: whoever is answered as done finds the words in the case', async () => {
    const on = await ready();
    const results = await each((index) => cloudEvent(`k${index}`, name, { ...on, ...data(index) }));
    const words = await said(on.caseNumber);
    results.forEach(({ status }, index) => {
      const mine = JSON.stringify(Object.values(data(index)));
      const stands = words.some((word) => mine.includes(`"${word}"`));
      if (status !== 409) expect({ index, stands }).toEqual({ index, stands: true });
    });
  });

  it('is done once by whoever sends it again after a crash between the receipt and the case', async () => {
    const on = await ready();
    const saying = cloudEvent('k', name, { ...on, ...data(0) });
    intake.breakCases(true);
    expect((await take(saying)).status).toBe(503);
    intake.breakCases(false);
    expect((await take(cloudEvent('k', name, { ...on, ...data(1) }))).status).toBe(409);
    expect((await take(saying)).status).toBe(201);
    expect((await take(saying)).status).toBe(200);
    expect(await said(on.caseNumber)).toHaveLength(1);
  });
});

describe('Events about cases in one batch', () => {
  it('are done in order for each case, after the reports of the batch', async () => {
    const { caseNumber, trackingSecret } = await open();
    const on = { caseNumber, trackingSecret };
    const results = await intake.events.take(
      [
        cloudEvent('1', 'commented', { ...on, text: 'One' }),
        cloudEvent('2', 'photo-added', { ...on, media: { url: 'https://example.org/p.jpg' } }),
        submitted('3'),
        cloudEvent('4', 'withdrawn', on),
        cloudEvent('5', 'commented', { ...on, text: 'Too late' }),
      ],
      channel,
    );
    expect(results.map(({ status }) => status)).toEqual([201, 201, 201, 201, 409]);
    expect(await types(caseNumber)).toEqual(['CaseOpened', 'CommentAdded', 'PhotoAdded', 'CaseWithdrawn']);
  });
});

describe('Staff', () => {
  it('need no secret, and write internal comments', async () => {
    const { caseNumber } = await open();
    const data = { caseNumber, text: 'Ask the crew', visibility: 'internal' };
    expect((await take(cloudEvent('b', 'commented', data), operator)).status).toBe(201);
    expect(JSON.stringify((await intake.published(caseNumber)).at(-1)?.data)).not.toContain('text');
  });

  it('reopen: the new clock is due by the service level from then on', async () => {
    const { caseNumber } = await open();
    await close(caseNumber);
    intake.clock.advance(3_600_000);
    expect((await take(cloudEvent('b', 'reopened', { caseNumber }), operator)).status).toBe(201);
    const service = boston.service(pothole);
    if (service === null) throw new Error('no potholes in Boston');
    const reopenedAt = intake.clock.now().toISOString();
    expect(await last(caseNumber)).toEqual({
      type: 'CaseReopened',
      data: {
        caseNumber,
        reopenedAt,
        dueAt: boston.dueAt(reopenedAt, service),
        requestId: expect.any(String),
      },
    });
  });

  it('alone may say when the new clock is due', async () => {
    const { caseNumber, trackingSecret } = await open();
    await close(caseNumber);
    const data = { caseNumber, dueAt: '2026-07-01T12:00:00-04:00' };
    expect(await take(cloudEvent('b', 'reopened', { ...data, trackingSecret }))).toMatchObject({
      status: 400,
      problem: { faults: [{ path: 'data.dueAt', message: 'needs a key of role importer' }] },
    });
    const bad = await take(cloudEvent('b', 'reopened', { ...data, dueAt: '2026-07-01' }), importer);
    expect(bad.problem?.faults?.map(({ path }) => path)).toEqual(['data.dueAt']);
    expect((await take(cloudEvent('b', 'reopened', data), importer)).status).toBe(201);
    expect(await last(caseNumber)).toMatchObject({ data: { dueAt: '2026-07-01T16:00:00.000Z' } });
  });
});

describe('The reopening of an imported case', () => {
  const imported = { departmentId: 'PWDx', queue: 'q', dueAt: null, districts: {} };
  const openImported = async (): Promise<string> => {
    const report = submitted('a', { imported }, { time: '2015-08-11T12:00:00Z' });
    const { caseNumber = '' } = await take(report, importer);
    await close(caseNumber, '2015-08-12T12:00:00.000Z');
    return caseNumber;
  };
  const lastPublished = async (caseNumber: string) => (await intake.published(caseNumber)).at(-1);

  it('is history where the older system tells it', async () => {
    const caseNumber = await openImported();
    const time = '2015-08-11T12:00:00Z';
    expect((await take(cloudEvent('b', 'reopened', { caseNumber }, { time }), importer)).status).toBe(201);
    expect(await lastPublished(caseNumber)).toMatchObject({ type: 'intake.CaseReopened.v1', imported: true });
  });

  it('is news where staff do it today', async () => {
    const caseNumber = await openImported();
    expect((await take(cloudEvent('b', 'reopened', { caseNumber }), operator)).status).toBe(201);
    expect(await lastPublished(caseNumber)).toMatchObject({ imported: false, time: noon });
  });
});

describe("An older system's number", () => {
  const references = [
    { system: 'older', id: '101004125189' },
    { system: 'maximo', id: 'WO-77' },
  ];

  it('answers for its case, whichever of its numbers it is', async () => {
    const opened = await take(submitted('a', { externalReferences: references }), operator);
    const { caseNumber = '' } = opened;
    let found: unknown = null;
    for (let tried = 0; found === null && tried < 100; tried += 1) {
      await new Promise((resolve) => setTimeout(resolve, 20));
      found = await intake.references.get(caseNumber);
    }
    expect(await intake.lookup.caseNumberOf('101004125189')).toBe(caseNumber);
    expect(await intake.lookup.caseNumberOf('WO-77')).toBe(caseNumber);
    expect((await take(cloudEvent('b', 'withdrawn', { caseNumber: 'WO-77' }), operator)).caseNumber).toBe(
      caseNumber,
    );
  });

  it('that nobody knows is 404', async () => {
    await expect(intake.lookup.caseNumberOf('WO-78')).rejects.toMatchObject({ problem: { status: 404 } });
  });

  it('is not needed: our own is read with dashes and spaces', async () => {
    const { caseNumber } = await open();
    const spoken = `${caseNumber.slice(0, 4)}-${caseNumber.slice(4, 8)} ${caseNumber.slice(8)}`;
    expect(await intake.lookup.caseNumberOf(spoken)).toBe(caseNumber);
  });

  it('is known at once to the channel that has just reported the case under it', async () => {
    const externalReferences = [{ system: 'older', id: '101004125190' }];
    const [opened, commented] = await intake.events.take(
      [
        submitted('a', { externalReferences }),
        cloudEvent('b', 'commented', { caseNumber: '101004125190', text: 'Still there' }),
      ],
      operator,
    );
    expect(commented).toMatchObject({ status: 201, caseNumber: opened?.caseNumber });
  });
});
