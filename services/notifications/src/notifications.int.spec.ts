import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { APP_FILTER, APP_GUARD, Reflector } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { Test } from '@nestjs/testing';

import { loadCity } from '@city311/city';
import { topics } from '@city311/contracts';
import type { NoticeQueued } from '@city311/domain-notifications';
import { newEventId, openSqliteEventStore, type EventStore, type NewEvent } from '@city311/eventing';
import {
  streamName,
  type CaseNumber,
  type ContactId,
  type ProtectedText,
  type RecordedEvent,
} from '@city311/kernel';
import { createLogMessaging, TopicsTransport, openSqliteConsumerState } from '@city311/messaging';
import {
  createLogger,
  EngineModule,
  KeyGuard,
  ProblemFilter,
  type Engines,
  type ViewRegistration,
} from '@city311/platform';
import { openSqliteViewStore, runView, type View } from '@city311/read-models';
import { manualClock, openSqliteLeases, type ManualClock, type TimerRunner } from '@city311/scheduling';
import { openSqliteApiKeys, openSqliteVault, type Author, type Role } from '@city311/vault';

import { noticeTopicSource, NotificationsModule, subscriptionTopicSource } from '../index.js';
import type { Delivery, Mail, MailTransport } from './mail/mail.js';
import { MAIL_TRANSPORT, NOTICE_TIMERS } from './tokens.js';

const caseNumber = '260000000014';
const noon = '2026-07-01T16:00:00.000Z';
const dueAt = '2026-08-15T03:59:00.000Z';

const json = (text: string): Record<string, unknown> =>
  text.startsWith('{') ? (JSON.parse(text) as Record<string, unknown>) : {};

/** The service over real engines in a folder of its own; cases are written by the test, as intake would. */
class Service {
  private constructor(
    private readonly app: NestFastifyApplication,
    private readonly engines: Engines,
    readonly clock: ManualClock,
    private readonly closing: readonly (() => unknown)[],
  ) {}

  static async start(folder: string, mail: MailTransport): Promise<Service> {
    const clock = manualClock(noon);
    const logger = createLogger('silent');
    const store = await openSqliteEventStore({ folder });
    const state = openSqliteConsumerState({ folder });
    const leases = openSqliteLeases({ folder });
    const vault = await openSqliteVault({ folder });
    const apiKeys = await openSqliteApiKeys({ folder });
    const viewStore = openSqliteViewStore({ folder });
    const cases = {
      topic: topics.case.name,
      category: topics.case.category,
      translate: (e: RecordedEvent) => e,
    };
    const messaging = createLogMessaging({
      store,
      sources: [cases, noticeTopicSource, subscriptionTopicSource],
      state,
    });
    const runners: { stop(): Promise<void> }[] = [];
    const views = {
      open: async <Doc extends object>(given: ViewRegistration<Doc>): Promise<View<Doc>> => {
        const { projection, topic, onApplied } = given;
        const runner = await runView({
          store: viewStore,
          projection,
          reader: messaging.reader,
          topics: [topic],
          ...(onApplied === undefined ? {} : { onApplied }),
        });
        runners.push(runner);
        return runner.view;
      },
    };
    const engines: Engines = {
      store,
      topics: messaging.reader,
      parked: messaging.parked,
      views,
      vault,
      apiKeys,
      leases,
      clock,
      city: loadCity('boston'),
      logger,
      background: { here: true },
    };
    const module = await Test.createTestingModule({
      imports: [
        EngineModule.of(engines),
        NotificationsModule.with({
          mailFolder: join(folder, 'mail'),
          from: '311 <no-reply@city.example>',
          publicUrl: 'https://311.example',
          requireTls: true,
          mailsPerDay: 50,
        }),
      ],
      providers: [
        { provide: APP_GUARD, inject: [Reflector], useFactory: (r: Reflector) => new KeyGuard(apiKeys, r) },
        { provide: APP_FILTER, useValue: new ProblemFilter(logger) },
      ],
    })
      .overrideProvider(MAIL_TRANSPORT)
      .useValue(mail)
      .compile();
    const app = module.createNestApplication<NestFastifyApplication>(new FastifyAdapter(), { logger: false });
    app.connectMicroservice({ strategy: new TopicsTransport(messaging) });
    await app.startAllMicroservices();
    await app.init();
    return new Service(app, engines, clock, [
      () => app.close(),
      () => messaging.close(),
      () => Promise.all(runners.map((runner) => runner.stop())),
      () => viewStore.close(),
      () => store.close(),
      () => vault.close(),
      () => apiKeys.close(),
      () => state.close(),
      () => leases.close(),
    ]);
  }

  async stop(): Promise<void> {
    for (const close of this.closing) await close();
  }

  get store(): EventStore {
    return this.engines.store;
  }

  async key(role: Role): Promise<string> {
    return this.engines.apiKeys.create(role.replace(':', '-').toLowerCase(), role, noon);
  }

  /** Appends to the case's stream as intake would. */
  async tell(type: string, data: object, imported = false, of = caseNumber): Promise<void> {
    const event: NewEvent = {
      id: newEventId(),
      type: `intake.${type}.v1`,
      source: '/intake',
      subject: of,
      time: noon,
      actor: 'test',
      jurisdiction: 'boston',
      imported,
      correlationId: 'c',
      data: { caseNumber: of, ...data },
    };
    await this.store.append(streamName('intake.case', of), [event], 'any');
  }

  setClock(at: string): void {
    this.clock.advance(Date.parse(at) - this.clock.now().getTime());
    this.app.get<TimerRunner>(NOTICE_TIMERS).wake();
  }

  async ask(key: string, method: 'GET' | 'POST' | 'DELETE', url: string, body?: object) {
    const answer = await this.app.inject({
      method,
      url,
      headers: { authorization: `Bearer ${key}` },
      ...(body === undefined ? {} : { payload: body }),
    });
    return { status: answer.statusCode, body: json(answer.body), text: answer.body };
  }

  async contact(email: string, consent = true): Promise<ContactId> {
    return this.engines.vault.rememberContact({ email, consent, language: 'en' });
  }

  async forget(contactId: ContactId): Promise<void> {
    await this.engines.vault.erase(`contact:${contactId}`, noon);
  }

  /** Words of a department, protected, as they stand in an event for everybody. */
  async wordsOf(author: Author, text: string): Promise<ProtectedText> {
    return (await this.engines.vault.protectWritten(author, text)).redacted;
  }

  async forgetAuthor(author: Author): Promise<void> {
    await this.engines.vault.erase(author, noon);
  }

  /** Queues a notice and does no more, as a process that dies then. */
  async queue(data: NoticeQueued['data']): Promise<void> {
    const event: NewEvent = {
      id: newEventId(),
      type: 'notifications.NoticeQueued.v1',
      source: '/notifications',
      subject: data.caseNumber,
      time: noon,
      actor: 'test',
      jurisdiction: 'boston',
      imported: false,
      correlationId: 'c',
      data,
    };
    await this.store.append(streamName('notifications.notice', data.noticeId), [event], 'no-stream');
  }

  /** Status of every notice of the case, from its streams. */
  async notices(key: string, of = caseNumber): Promise<readonly string[]> {
    const { body } = await this.ask(key, 'GET', `/api/notices?caseNumber=${of}`);
    return (body['items'] as { template: string; status: string }[]).map((n) => `${n.template} ${n.status}`);
  }
}

/** A mail server that the test sets up and breaks. */
class MailServer implements MailTransport {
  readonly arrived: Mail[] = [];
  answer: Delivery = { outcome: 'sent' };

  send(mails: readonly Mail[]): Promise<readonly Delivery[]> {
    if (this.answer.outcome !== 'failed') this.arrived.push(...mails);
    return Promise.resolve(mails.map(() => this.answer));
  }
  close(): Promise<void> {
    return Promise.resolve();
  }
}

const serviceCode = loadCity('boston').services[0]?.code ?? '';
const opened = (contactId?: ContactId) => ({
  serviceCode,
  language: 'en',
  visibility: 'public',
  ...(contactId === undefined ? {} : { contactId }),
});
const routed = { basis: 'rule', departmentId: 'PWDx', dueAt };
const closed = {
  outcome: 'resolved',
  outcomeLabel: 'Case Resolved',
  media: [],
  closedAt: noon,
  onTime: true,
};

describe('The notifications service', () => {
  let folder: string;
  let service: Service;
  let mail: MailServer;
  let operator: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'notifications-'));
    mail = new MailServer();
    service = await Service.start(folder, mail);
    operator = await service.key('operator');
  });
  afterEach(async () => {
    await service.stop();
    await rm(folder, { recursive: true, force: true });
  });

  const until = async (holds: () => boolean | Promise<boolean>): Promise<void> => {
    for (let tries = 0; tries < 200; tries += 1) {
      if (await holds()) return;
      await new Promise((resolve) => setTimeout(resolve, 25));
    }
    throw new Error('it did not come to pass');
  };
  const noticesAre = (expected: readonly string[]) =>
    until(
      async () => JSON.stringify((await service.notices(operator)).toSorted()) === JSON.stringify(expected),
    );

  it('tells a reporter who agreed, once for each public event', async () => {
    const contactId = await service.contact('ann@example.org');
    await service.tell('CaseOpened', opened(contactId));
    await service.tell('CaseRouted', routed);
    await service.tell('CaseClosed', closed);
    await noticesAre(['closed sent', 'received sent']);
    expect(mail.arrived.map(({ to }) => to)).toEqual(['ann@example.org', 'ann@example.org']);
    expect(mail.arrived[0]?.text).toContain('Friday, August 14, 2026');
    expect(mail.arrived[0]?.messageId).toBe(`<${caseNumber}-1-${contactId}@city.example>`);
    const { body } = await service.ask(operator, 'GET', `/api/subscriptions?caseNumber=${caseNumber}`);
    expect(body['items']).toMatchObject([{ contactId, origin: 'reporter', status: 'following' }]);
  });

  it('tells nobody who did not agree, of history, or of a report taken back', async () => {
    await service.tell('CaseOpened', opened(await service.contact('ben@example.org', false)));
    await service.tell('CaseRouted', routed);
    const other = '260000000022';
    await service.tell('CaseOpened', opened(await service.contact('ann@example.org')), true, other);
    await service.tell('CaseRouted', routed, true, other);
    await service.tell('CaseWithdrawn', { withdrawnAt: noon }, false, other);
    const last = '260000000030';
    await service.tell('CaseOpened', opened(await service.contact('eve@example.org')), false, last);
    await service.tell('CaseRouted', routed, false, last);
    await until(() => mail.arrived.length > 0);
    expect(mail.arrived.map(({ to }) => to)).toEqual(['eve@example.org']);
  });

  it('delays while the mail server is dead, and sends with the same Message-ID when it is back', async () => {
    mail.answer = { outcome: 'failed', reason: 'ECONNREFUSED', permanent: false };
    await service.tell('CaseOpened', opened(await service.contact('ann@example.org')));
    await service.tell('CaseRouted', routed);
    await noticesAre(['received failed']);
    mail.answer = { outcome: 'uncertain', reason: 'answer lost' };
    service.setClock('2026-07-01T16:00:31.000Z');
    await noticesAre(['received uncertain']);
    mail.answer = { outcome: 'sent' };
    service.setClock('2026-07-01T16:01:00.000Z');
    await noticesAre(['received sent']);
    expect(new Set(mail.arrived.map(({ messageId }) => messageId)).size).toBe(1);
    expect(mail.arrived).toHaveLength(2);
  });

  it('gives up where the address was refused, and says so in the log', async () => {
    mail.answer = { outcome: 'failed', reason: 'EENVELOPE RCPT TO 550', permanent: true };
    await service.tell('CaseOpened', opened(await service.contact('ann@example.org')));
    await service.tell('CaseRouted', routed);
    await noticesAre(['received given-up']);
  });

  it('sends what a process that died had queued', async () => {
    const contactId = await service.contact('ann@example.org');
    const noticeId = `${caseNumber}-1-${contactId}`;
    await service.queue({
      noticeId,
      caseNumber: caseNumber as CaseNumber,
      contactId,
      about: { type: 'intake.CaseRouted.v1', sequence: 1 },
      template: 'received',
      language: 'en',
      messageId: `<${noticeId}@city.example>`,
      queuedAt: noon,
      facts: { departmentId: 'PWDx', dueAt },
    });
    await noticesAre(['received queued']);
    service.setClock('2026-07-01T16:00:16.000Z');
    await noticesAre(['received sent']);
    expect(mail.arrived[0]?.text).toContain('Friday, August 14, 2026');
  });

  it('suppresses what would reach somebody who was erased or has left', async () => {
    mail.answer = { outcome: 'failed', reason: 'ECONNREFUSED', permanent: false };
    const ann = await service.contact('ann@example.org');
    const eve = await service.contact('eve@example.org');
    await service.tell('CaseOpened', opened(ann));
    await service.tell('CaseRouted', routed);
    const other = '260000000022';
    await service.tell('CaseOpened', opened(eve), false, other);
    await service.tell('CaseRouted', routed, false, other);
    await noticesAre(['received failed']);
    await until(async () => (await service.notices(operator, other))[0] === 'received failed');
    await service.forget(ann);
    expect((await service.ask('', 'GET', `/unsubscribe/${other}/${eve}`)).status).toBe(200);
    expect((await service.ask('', 'POST', `/unsubscribe/${other}/${eve}`)).text).toContain(
      'no more messages',
    );
    mail.answer = { outcome: 'sent' };
    service.setClock('2026-07-01T16:00:31.000Z');
    await noticesAre(['received suppressed']);
    await until(async () => (await service.notices(operator, other))[0] === 'received suppressed');
    expect(mail.arrived).toEqual([]);
  });

  it('lets people follow a public case, and leave it', async () => {
    const channel = await service.key('channel');
    await service.tell('CaseOpened', opened());
    await service.tell('CaseOpened', { ...opened(), visibility: 'confidential' }, false, '260000000022');
    const contact = { email: 'ann@example.org', consent: true };
    const followed = await service.ask(channel, 'POST', '/api/subscriptions', { caseNumber, contact });
    expect(followed).toMatchObject({ status: 201, body: { status: 'following' } });
    const hidden = { caseNumber: '260000000022', contact };
    expect((await service.ask(channel, 'POST', '/api/subscriptions', hidden)).status).toBe(404);
    const faulty = await service.ask(channel, 'POST', '/api/subscriptions', { caseNumber: '1', contact: {} });
    expect((faulty.body['faults'] as { path: string }[]).map(({ path }) => path)).toEqual(
      expect.arrayContaining(['caseNumber', 'contact.email', 'contact.consent']),
    );
    await service.tell('CaseClosed', closed);
    await until(() => mail.arrived.length === 1);
    const id = String(followed.body['subscriptionId']);
    expect((await service.ask(channel, 'DELETE', `/api/subscriptions/${id}`)).body).toMatchObject({
      status: 'left',
    });
    await service.tell('CaseReopened', { reopenedAt: noon, dueAt });
    await until(async () => {
      const { body } = await service.ask(operator, 'GET', `/api/subscriptions?caseNumber=${caseNumber}`);
      return (body['items'] as { status: string }[])[0]?.status === 'left';
    });
    expect(mail.arrived).toHaveLength(1);
    const { body } = await service.ask(operator, 'GET', `/api/subscriptions?caseNumber=${caseNumber}`);
    expect(body['items']).toMatchObject([{ origin: 'asked', status: 'left' }]);
  });

  describe('of a report that was joined with another', () => {
    const parent = '260000000027';
    const crew = 'staff:crew-7';
    const words = 'Two new lamps, tested after dark.';
    const texts = (): readonly string[] => mail.arrived.map(({ text }) => text);
    const closedWith = { ...closed, outcome: 'duplicate', followedParent: parent };
    const closing = async () => ({ parent, outcome: 'resolved', text: await service.wordsOf(crew, words) });

    it('tells what becomes of the other one, each piece once, also when all is read again', async () => {
      await service.tell('CaseOpened', opened(await service.contact('ann@example.org')));
      await service.tell('CaseLinked', { parent, linkedAt: noon });
      await service.tell('CaseRouted', { ...routed, linkedTo: parent });
      const referred = { kind: 'referred', shown: { parent, agency: 'Water and Sewer' } };
      await service.tell('ParentNewsNoted', { parentNews: referred, notedAt: noon });
      const parentNews = { kind: 'closed', shown: await closing() };
      await service.tell('CaseClosed', { ...closedWith, parentNews });
      const again = { kind: 'reopened', shown: { parent } };
      await service.tell('CaseReopened', { reopenedAt: noon, dueAt, parentNews: again });
      const gone = { kind: 'withdrawn', shown: { parent } };
      await service.tell('CaseUnlinked', { parent, unlinkedAt: noon, parentNews: gone });
      const told = ['closed sent', 'linked sent', 'parent-news sent', 'parent-news sent', 'reopened sent'];
      await noticesAre(told);
      const before = [...texts()];
      expect(before).toHaveLength(told.length);
      for (const text of before) expect(text).toContain(`ase ${parent}`);
      const close = before.find((text) => text.includes('was closed together'));
      expect(close).toContain(`The work is done.\n\nThe crew wrote: ${words}`);

      await service.stop();
      for (const name of ['consumers.db', 'consumers.db-wal', 'consumers.db-shm'])
        await rm(join(folder, name), { force: true });
      service = await Service.start(folder, mail);
      await service.tell('CaseClosed', closed);
      await noticesAre(['closed sent', ...told]);
      expect(mail.arrived).toHaveLength(told.length + 1);
    });

    it('gives nothing away of one that may not be shown', async () => {
      await service.tell('CaseOpened', opened(await service.contact('ann@example.org')));
      await service.tell('CaseLinked', { parent, parentHidden: true, linkedAt: noon });
      await service.tell('CaseClosed', { ...closedWith, parentNews: { kind: 'closed' } });
      await noticesAre(['closed sent', 'linked sent']);
      for (const text of texts()) expect(text).not.toContain(parent);
    });

    it('keeps back words that were erased before the message went out', async () => {
      mail.answer = { outcome: 'failed', reason: 'ECONNREFUSED', permanent: false };
      await service.tell('CaseOpened', opened(await service.contact('ann@example.org')));
      const parentNews = { kind: 'closed', shown: await closing() };
      await service.tell('CaseClosed', { ...closedWith, parentNews });
      await noticesAre(['closed failed']);
      await service.forgetAuthor(crew);
      mail.answer = { outcome: 'sent' };
      service.setClock('2026-07-01T16:00:31.000Z');
      await noticesAre(['closed sent']);
      expect(texts()[0]).toContain(parent);
      expect(texts()[0]).not.toContain('lamps');
    });
  });
});
