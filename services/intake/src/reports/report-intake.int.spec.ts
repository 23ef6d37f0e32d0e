import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

import { newEventId, type EventStore } from '@city311/eventing';
import { streamName, TransientError, type Category, type ContactId, type StreamName } from '@city311/kernel';

import {
  boston,
  bulkPickup,
  channel,
  importer,
  noon,
  openIntake,
  operator,
  remove,
  submitted,
  tempFolder,
  type OpenIntake,
} from '../intake.spec-support.js';
import { ReportIntake } from './report-intake.js';

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

const take = (bodies: readonly object[], key = channel) => intake.events.take(bodies, key);
const takeOne = async (body: object, key = channel, idempotencyKey?: string) => {
  const [result] = await intake.events.take(
    [body],
    key,
    idempotencyKey === undefined ? {} : { idempotencyKey },
  );
  if (result === undefined) throw new Error('no result');
  return result;
};
const caseCount = async (): Promise<number> => {
  const { events } = await intake.store.readCategories(['intake.case' as Category], null, 1_000);
  return events.filter(({ type }) => type === 'intake.CaseOpened.v1').length;
};

describe('A new report', () => {
  it('is a case in the log, with a number and a secret, when it is answered', async () => {
    const { status, caseNumber = '', trackingSecret = '', ...rest } = await takeOne(submitted('a'));
    expect(status).toBe(201);
    expect(rest).toEqual({ id: 'a' });
    expect(caseNumber).toMatch(/^26\d{10}$/);
    expect(trackingSecret).toHaveLength(22);
    expect((await intake.stored(caseNumber)).map(({ type }) => type)).toEqual(['CaseOpened']);
    const [event] = await intake.store.readStream(`intake.case-${caseNumber}` as StreamName);
    expect(event).toMatchObject({ actor: 'key:web-portal', channel: 'Self Service', imported: false });
    expect(JSON.stringify(event)).not.toContain('A deep hole');
    expect(JSON.stringify(event)).not.toContain(trackingSecret);
  });

  it('tells of the emergency number and is taken as well, wherever the words stand', async () => {
    const said = await takeOne(submitted('a', { title: 'Gas leak, smell of gas', description: 'Come' }));
    expect(said.status).toBe(201);
    expect(said.notice).toContain('911');
  });

  it('with faults is refused with all of them and writes nothing', async () => {
    const before = await intake.store.head();
    const said = await takeOne(submitted('', { serviceCode: 'none', channel: 'Pigeon' }));
    expect(said.status).toBe(400);
    expect(said.problem?.faults?.map(({ path }) => path)).toEqual(['id', 'data.serviceCode', 'data.channel']);
    expect(await intake.store.head()).toBe(before);
  });
});

describe('The same report sent again', () => {
  it('is one case and gets the same answer', async () => {
    const first = await takeOne(submitted('a'));
    const again = await takeOne(submitted('a'));
    expect(again).toEqual({ ...first, status: 200 });
    expect(await caseCount()).toBe(1);
  });

  it('is one case however often it comes at once', async () => {
    const results = await Promise.all(Array.from({ length: 20 }, () => takeOne(submitted('a'))));
    expect(new Set(results.map(({ caseNumber }) => caseNumber)).size).toBe(1);
    expect(results.filter(({ status }) => status === 201)).toHaveLength(1);
    expect(new Set(results.map(({ trackingSecret }) => trackingSecret)).size).toBe(1);
    expect(await caseCount()).toBe(1);
  });

  it('leaves one contact, however often a name alone comes, and at once', async () => {
    const made = new Set<ContactId>();
    const { vault } = intake;
    const remember = vault.rememberContact.bind(vault);
    vault.rememberContact = async (details) => {
      const id = await remember(details);
      made.add(id);
      return id;
    };
    const named = submitted('a', { contact: { firstName: 'Ana' } });
    const [first] = await Promise.all(Array.from({ length: 10 }, () => takeOne(named)));
    await takeOne(named);
    const left = await vault.contacts([...made]);
    expect([...left.values()]).toEqual([expect.objectContaining({ firstName: 'Ana' })]);
    const [opened] = await intake.stored(first?.caseNumber ?? '');
    expect(opened).toMatchObject({ type: 'CaseOpened', data: { contactId: [...left.keys()][0] } });
  });

  it('is told as 409 where its body is another', async () => {
    const first = await takeOne(submitted('a'));
    const other = await takeOne(submitted('a', { description: 'Another hole' }));
    expect(other).toMatchObject({ status: 409, problem: { caseNumber: first.caseNumber } });
    expect(other.trackingSecret).toBeUndefined();
    expect(await caseCount()).toBe(1);
  });

  it('is another case where another key sends it', async () => {
    await takeOne(submitted('a'));
    expect((await takeOne(submitted('a'), operator)).status).toBe(201);
    expect(await caseCount()).toBe(2);
  });

  it('is known by its Idempotency-Key where there is one', async () => {
    const first = await takeOne(submitted('a'), channel, 'key-1');
    expect(await takeOne(submitted('b'), channel, 'key-1')).toEqual({ ...first, id: 'b', status: 200 });
    expect((await takeOne(submitted('a'), channel, 'key-2')).status).toBe(201);
  });

  it('after a restart is still known', async () => {
    const first = await takeOne(submitted('a'));
    await intake.close();
    intake = await openIntake(folder);
    expect(await takeOne(submitted('a'))).toEqual({ ...first, status: 200 });
  });
});

describe('A batch', () => {
  it('has a result for each event, in order, whatever became of the others', async () => {
    const results = await take([
      submitted('a'),
      { nonsense: 1 },
      submitted('b'),
      submitted('c', { description: 5 }),
    ]);
    expect(results.map(({ id, status }) => [id, status])).toEqual([
      ['a', 201],
      ['', 400],
      ['b', 201],
      ['c', 400],
    ]);
  });

  it('with an id twice is one case; of two bodies the first counts', async () => {
    const contact = { email: 'ann@example.org', consent: true };
    const [first, second, third] = await take([
      submitted('a', { contact }),
      submitted('a', { contact }),
      submitted('a', { description: 'Other' }),
    ]);
    expect(first?.status).toBe(201);
    expect(second).toEqual({ ...first, status: 200 });
    expect(third?.status).toBe(409);
    expect(await caseCount()).toBe(1);
  });

  it('goes on where one report cannot be written now', async () => {
    const moody: EventStore = {
      ...intake.store,
      readStreams: (streams) => intake.store.readStreams(streams),
      append: (stream, events, expected) =>
        JSON.stringify(events).includes('"serviceCode":"' + bulkPickup)
          ? Promise.reject(new TransientError('the disk is full'))
          : intake.store.append(stream, events, expected),
    };
    const { vault, clock } = intake;
    const reports = new ReportIntake({
      references: intake.referenceClaims,
      store: moody,
      vault,
      city: boston,
      numbers: intake.newNumbers('moody'),
      clock,
    });
    const service = (code: string) => {
      const found = boston.service(code);
      if (found === null) throw new Error(code);
      return found;
    };
    const report = (receiptKey: string, code: string) => ({
      service: service(code),
      receiptKey,
      digest: 'd',
      serviceCode: code,
      language: 'en',
      channel: 'Self Service',
      adapter: 'web',
      openedAt: clock.now().toISOString(),
      answers: [],
      media: [],
      externalReferences: [],
    });
    const outcomes = await reports.submit([
      report('k1', 'REQPOTHL'),
      report('k2', bulkPickup),
      report('k3', 'REQPOTHL'),
    ]);
    expect(outcomes.map(({ outcome }) => outcome)).toEqual(['opened', 'failed', 'opened']);
  });
});

describe('A receipt whose case was never written', () => {
  const dyingAfterTheReceipt = (): ReportIntake => {
    const { store, vault, clock } = intake;
    const dying: EventStore = {
      ...store,
      readStreams: (streams) => store.readStreams(streams),
      append: (stream, events, expected) =>
        stream.startsWith('intake.case-')
          ? Promise.reject(new Error('killed'))
          : store.append(stream, events, expected),
    };
    return new ReportIntake({
      references: intake.referenceClaims,
      store: dying,
      vault,
      city: boston,
      numbers: intake.newNumbers('dying'),
      clock,
    });
  };

  const crash = async (receiptKey: string): Promise<void> => {
    const service = boston.service('REQPOTHL');
    if (service === null) throw new Error('no potholes in Boston');
    const [outcome] = await dyingAfterTheReceipt().submit([
      {
        service,
        receiptKey,
        digest: 'd',
        serviceCode: service.code,
        description: 'Call me at 617-555-0100',
        contact: { email: 'ann@example.org' },
        language: 'en',
        channel: 'Self Service',
        adapter: 'web',
        openedAt: intake.clock.now().toISOString(),
        answers: [],
        media: [],
        externalReferences: [],
      },
    ]);
    expect(outcome?.outcome).toBe('failed');
  };

  it('is completed at start, once, whole', async () => {
    await crash('k1');
    expect(await caseCount()).toBe(0);
    expect(await intake.newSweep().run()).toBe(1);
    expect(await caseCount()).toBe(1);
    expect(await intake.newSweep().run()).toBe(0);
    const { events } = await intake.store.readCategories(['intake.case' as Category], null, 10);
    const [opened] = await intake.stored(events[0]?.subject ?? '');
    if (opened?.type !== 'CaseOpened' || opened.data.description === undefined) throw new Error('not whole');
    expect(await intake.vault.reveal([opened.data.description.redacted])).toEqual(['Call me at [phone]']);
    const author = `contact:${opened.data.contactId ?? ''}` as const;
    expect(await intake.vault.casesOf(author)).toEqual([opened.data.caseNumber]);
  });

  it('is completed by two processes that start at once, once', async () => {
    await crash('k1');
    await crash('k2');
    await Promise.all([intake.newSweep().run(), intake.newSweep().run()]);
    expect(await caseCount()).toBe(2);
  });

  it('is completed in the background where there are many, and a stop leaves the rest to the next start', async () => {
    await crash('k1');
    await crash('k2');
    const sweep = intake.newSweep();
    await sweep.start(0);
    await sweep.stop();
    await intake.newSweep().start(10_000);
    expect(await caseCount()).toBe(2);
  });

  it('is completed once the log answers again', async () => {
    await crash('k1');
    let answers = 0;
    const sweep = intake.newSweep({
      ...intake.store,
      readStream: (stream, from) => intake.store.readStream(stream, from),
      append: (stream, events, expected) => intake.store.append(stream, events, expected),
      readStreams: (streams) => intake.store.readStreams(streams),
      readCategories: (categories, after, max) => {
        answers += 1;
        if (answers === 1) return Promise.reject(new TransientError('the log is away'));
        return intake.store.readCategories(categories, after, max);
      },
    });
    await sweep.start(10_000);
    expect(await caseCount()).toBe(1);
  });

  it('is completed where the log came from another engine, whose positions mean nothing here', async () => {
    await crash('k1');
    const swept = { upTo: '0000000000000003~' };
    const event = {
      id: newEventId(),
      type: 'intake.ReceiptsSwept.v1',
      data: swept,
      source: '/intake',
      subject: 'intake.receiptsweep-boston',
      time: noon,
      actor: 'policy:receipt-sweep',
      jurisdiction: boston.jurisdiction,
      imported: false,
      correlationId: 'c',
    };
    await intake.store.append(streamName('intake.receiptsweep', boston.jurisdiction), [event], 'any');
    expect(await intake.newSweep().run()).toBe(1);
  });

  it('is looked at once: a later start begins where the last one ended', async () => {
    await takeOne(submitted('a'));
    await intake.newSweep().run();
    const after = await intake.store.head();
    await intake.newSweep().run();
    expect(await intake.store.head()).toBe(after);
    await crash('k3');
    expect(await intake.newSweep().run()).toBe(1);
  });
});

describe('An imported report', () => {
  const imported = {
    departmentId: 'PWDx',
    queue: 'PWDx_Highway',
    dueAt: '2015-08-13T12:30:00Z',
    districts: { ward: 'Ward 3' },
    placePublished: true,
  };

  it('keeps time, route and place of the older system, and gives out no secret', async () => {
    const location = { latitude: 42.31, longitude: -71.07, address: '12 Bowdoin St' };
    const said = await takeOne(
      submitted('a', { serviceCode: bulkPickup, location, imported }, { time: '2015-08-11T12:00:00Z' }),
      importer,
    );
    expect(said.trackingSecret).toBeUndefined();
    const [opened] = await intake.published(said.caseNumber ?? '');
    expect(opened).toMatchObject({
      imported: true,
      time: '2015-08-11T12:00:00.000Z',
      data: {
        openedAt: '2015-08-11T12:00:00.000Z',
        imported: { departmentId: 'PWDx', queue: 'PWDx_Highway', dueAt: '2015-08-13T12:30:00.000Z' },
        place: { precision: 'point', ...location, districts: { ward: 'Ward 3' } },
      },
    });
  });
});

describe('A version conflict', () => {
  it('on the receipt means that the report was taken meanwhile', async () => {
    const first = await takeOne(submitted('a'));
    const blind: EventStore = {
      ...intake.store,
      readStreams: () => Promise.resolve(new Map()),
      append: (stream, events, expected) => intake.store.append(stream, events, expected),
    };
    const { vault, clock } = intake;
    const reports = new ReportIntake({
      references: intake.referenceClaims,
      store: blind,
      vault,
      city: boston,
      numbers: intake.newNumbers('b'),
      clock,
    });
    const { events } = await intake.store.readCategories(['intake.receipt' as Category], null, 10);
    const receipt = events[0];
    const service = boston.service('REQPOTHL');
    if (receipt === undefined || service === null) throw new Error('no receipt');
    const data = receipt.data as { readonly digest: string };
    const [outcome] = await reports.submit([
      {
        service,
        receiptKey: receipt.stream.slice('intake.receipt-'.length),
        digest: data.digest,
        serviceCode: service.code,
        language: 'en',
        channel: 'Self Service',
        adapter: 'web',
        openedAt: clock.now().toISOString(),
        answers: [],
        media: [],
        externalReferences: [],
      },
    ]);
    expect(outcome).toMatchObject({ outcome: 'repeated', caseNumber: first.caseNumber });
    expect(await caseCount()).toBe(1);
  });
});

describe('A batch of the worst events', () => {
  it('is checked in turns with everything else', async () => {
    const unknown = Object.fromEntries(Array.from({ length: 90 }, (_, index) => [`member${index}`, {}]));
    const batch = Array.from({ length: 500 }, (_, index) => submitted(`worst-${index}`, unknown));
    let [turns, taken] = [0, false];
    const turn = (): void => {
      turns += 1;
      if (!taken) setImmediate(turn);
    };
    setImmediate(turn);
    const results = await take(batch);
    taken = true;
    expect(results).toHaveLength(500);
    expect(new Set(results.map(({ status }) => status))).toEqual(new Set([400]));
    // Nothing is read or written for them: without giving way it would be one turn.
    expect(turns).toBeGreaterThan(5);
    const told = results.reduce((sum, { problem }) => sum + (problem?.faults?.length ?? 0), 0);
    expect(told).toBeLessThanOrEqual(1_500);
    expect(results.every(({ problem }) => (problem?.faults?.length ?? 0) > 0)).toBe(true);
  });
});
