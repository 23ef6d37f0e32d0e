import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

import { loadCity } from '@city311/city';
import type { NoticeQueued } from '@city311/domain-notifications';
import { openSqliteEventStore, type EventStore } from '@city311/eventing';
import type { CaseNumber } from '@city311/kernel';
import { createLogger, systemClock } from '@city311/platform';
import { openSqliteVault, type Vault } from '@city311/vault';

import { acting, createNoticeHandler, noticeStream } from '../handlers.js';
import type { Mail, MailTransport } from '../mail/mail.js';
import { DailyMails } from './daily-mails.js';
import { MailRoom } from './mail-room.js';

const caseNumber = '260000000014' as CaseNumber;
const noon = '2026-07-01T16:00:00.000Z';

describe('The mail room', () => {
  let folder: string;
  let store: EventStore;
  let vault: Vault;
  let arrived: string[];

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'mail-room-'));
    store = await openSqliteEventStore({ folder });
    vault = await openSqliteVault({ folder });
    arrived = [];
  });
  afterEach(async () => {
    await store.close();
    await vault.close();
    await rm(folder, { recursive: true, force: true });
  });

  const transport: MailTransport = {
    send: (mails: readonly Mail[]) => {
      arrived.push(...mails.map(({ noticeId }) => noticeId));
      return Promise.resolve(mails.map(() => ({ outcome: 'sent' as const })));
    },
    close: () => Promise.resolve(),
  };

  /** One process's. */
  const room = (longWaitMs?: number, mailsPerDay = 50): MailRoom =>
    new MailRoom({
      notices: createNoticeHandler(store),
      followers: { haveLeft: () => Promise.resolve(new Set()) },
      vault,
      transport,
      clock: systemClock,
      logger: createLogger('silent'),
      settings: { city: loadCity('boston'), from: 'x@example.org', publicUrl: 'https://311.example' },
      mailsPerDay,
      ...(longWaitMs === undefined ? {} : { longWaitMs }),
    });

  const queued = async (sequence: number): Promise<NoticeQueued['data']> => {
    const contactId = await vault.rememberContact({
      email: 'ann@example.org',
      consent: true,
      language: 'en',
    });
    const noticeId = `${caseNumber}-${sequence}-${contactId}`;
    const data: NoticeQueued['data'] = {
      noticeId,
      caseNumber,
      contactId,
      about: { type: 'intake.CaseRouted.v1', sequence },
      template: 'received',
      language: 'en',
      messageId: `<${noticeId}@city.example>`,
      queuedAt: noon,
      facts: { departmentId: 'PWDx', dueAt: noon },
    };
    const context = acting('policy:test', caseNumber, noon, 'boston');
    await createNoticeHandler(store).handle(noticeStream(noticeId), { type: 'QueueNotice', data }, context);
    return data;
  };

  it('sends nothing a second time that another process has sent while it waited here', async () => {
    const [first, second] = [await queued(1), await queued(2)];
    await room().deliver(first, 0);
    expect(arrived).toEqual([first.noticeId]);
    const busy = room(-1);
    await Promise.all([busy.deliver(first, 0), busy.deliver(second, 0)]);
    expect(arrived).toEqual([first.noticeId, second.noticeId]);
    await busy.close();
  });

  it('sends an address no more in a day than it may, and records of every other message why it was not sent', async () => {
    const busy = room(undefined, 3);
    const all = await Promise.all(Array.from({ length: 8 }, (_, index) => queued(index + 1)));
    await Promise.all(all.map((message) => busy.deliver(message, 0)));
    expect(arrived).toHaveLength(3);
    const states = await Promise.all(
      all.map(({ noticeId }) => createNoticeHandler(store).load(noticeStream(noticeId))),
    );
    const told = states.map(({ state }) => (state.status === 'suppressed' ? state.reason : state.status));
    expect(told.toSorted()).toEqual([...Array<string>(3).fill('sent'), ...Array<string>(5).fill('too-many')]);
    await busy.close();
  });
});

describe('Messages of a day', () => {
  it('are counted by address, however it is written, and anew on the next day', () => {
    const daily = new DailyMails(2);
    const [evening, midnight] = [new Date('2026-07-01T23:59:59.999Z'), new Date('2026-07-02T00:00:00.000Z')];
    const take = (email: string, now = evening) => daily.take(email, now);
    expect([take('ann@example.org'), take('Ann@Example.org'), take('ann@example.org')]).toEqual([
      true,
      true,
      false,
    ]);
    expect(take('bo@example.org')).toBe(true);
    expect(take('ann@example.org', midnight)).toBe(true);
  });
});
