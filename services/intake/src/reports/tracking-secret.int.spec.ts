import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

import type { ReceiptTaken } from '@city311/domain-intake';
import { newEventId } from '@city311/eventing';
import { streamName, type CaseNumber, type RecordedEvent, type StreamName } from '@city311/kernel';
import type { Author } from '@city311/vault';

import { eraseSubject } from '../cases/erase-subject.js';
import { TrackingSecretController } from '../http/tracking-secret.controller.js';
import {
  boston,
  channel,
  cloudEvent,
  importer,
  openIntake,
  operator,
  remove,
  submitted,
  tempFolder,
  type OpenIntake,
} from '../intake.spec-support.js';
import { sha256 } from './opening.js';
import { receiptStream } from './report-intake.js';

let folder: string;
let intake: OpenIntake;
let desk: TrackingSecretController;

beforeEach(async () => {
  folder = await tempFolder();
  intake = await openIntake(folder);
  desk = new TrackingSecretController(intake.lookup, intake.cases, boston, intake.clock);
});
afterEach(async () => {
  await intake.close();
  await remove(folder);
});

const take = async (body: object, key = channel) => {
  const [result] = await intake.events.take([body], key);
  if (result === undefined) throw new Error('no result');
  return result;
};
const report = async (id: string, data: object = {}) => {
  const { status, caseNumber = '', trackingSecret } = await take(submitted(id, data));
  return { status, caseNumber: caseNumber as CaseNumber, trackingSecret };
};
let comments = 0;
/** Status of a comment by whoever shows this secret. */
const shows = async (caseNumber: string, trackingSecret: string | undefined): Promise<number> =>
  (await take(cloudEvent(`c-${(comments += 1)}`, 'commented', { caseNumber, text: 'x', trackingSecret })))
    .status;
const receipts = async (): Promise<readonly RecordedEvent[]> =>
  (await intake.store.readCategories(['intake.receipt' as never], null, 100)).events;
const erase = async (author: Author, caseNumber: CaseNumber): Promise<void> => {
  const keyId = (await intake.vault.keyIdOf(author)) ?? '';
  const at = intake.clock.now().toISOString();
  await intake.vault.erase(author, at);
  await eraseSubject(intake.store, caseNumber, { author, keyId, at });
};

describe('A tracking secret', () => {
  it('comes by chance, stands in no event in clear, and is the same when the report is repeated', async () => {
    const first = await report('a');
    const other = await report('b');
    expect(first.trackingSecret).toHaveLength(22);
    expect(other.trackingSecret).not.toBe(first.trackingSecret);
    expect(first.trackingSecret).not.toBe(intake.vault.deriveSecret('tracking', first.caseNumber));
    expect(JSON.stringify(await receipts())).not.toContain(first.trackingSecret);
    expect(await report('a')).toEqual({ ...first, status: 200 });
    expect(await shows(first.caseNumber, first.trackingSecret)).toBe(201);
    expect(await shows(first.caseNumber, other.trackingSecret)).toBe(403);
  });

  it('is the same from whoever opens the folder next, and through many repeats at once', async () => {
    const first = await report('a');
    await intake.close();
    intake = await openIntake(folder);
    const again = await Promise.all(Array.from({ length: 10 }, () => report('a')));
    expect(new Set(again.map(({ trackingSecret }) => trackingSecret))).toEqual(
      new Set([first.trackingSecret]),
    );
  });

  it('of a report whose case was not written before a crash opens the case that is written then', async () => {
    const first = await report('a');
    const [receipt] = await receipts();
    if (receipt === undefined) throw new Error('no receipt');
    const room = await tempFolder();
    const after = await openIntake(room);
    try {
      // The log as the crash left it: the receipt alone.
      await after.store.append(receipt.stream as StreamName, [receipt], 'no-stream');
      expect(await after.newSweep().run()).toBe(1);
      const stored = await after.stored(first.caseNumber);
      expect(stored[0]).toMatchObject({ data: { trackingHash: sha256(first.trackingSecret ?? '') } });
    } finally {
      await after.close();
      await remove(room);
    }
  });

  it.each([
    ['an anonymous report', {}, (caseNumber: string): Author => `case:${caseNumber}`],
    ['a named one', { contact: { email: 'ann@example.org', consent: true } }, null],
  ] as const)(
    'of %s goes with whoever wrote it: no repeat tells it, and it opens nothing',
    async (_, data, byCase) => {
      const mine = await report('a', data);
      const contact = await intake.vault.findContact({ email: 'ann@example.org' });
      await erase(byCase?.(mine.caseNumber) ?? `contact:${contact ?? ''}`, mine.caseNumber);
      expect(await report('a', data)).toEqual({
        status: 200,
        caseNumber: mine.caseNumber,
        trackingSecret: undefined,
      });
      expect(await shows(mine.caseNumber, mine.trackingSecret)).toBe(403);
    },
  );

  it('stays where somebody else who wrote in the case is erased', async () => {
    const mine = await report('a');
    const contact = { email: 'bob@example.org', consent: true };
    await take(
      cloudEvent('note', 'commented', { caseNumber: mine.caseNumber, text: 'y', contact }),
      operator,
    );
    const bob = await intake.vault.findContact(contact);
    await erase(`contact:${bob ?? ''}`, mine.caseNumber);
    expect(await shows(mine.caseNumber, mine.trackingSecret)).toBe(201);
  });
});

describe('Staff', () => {
  it('renew a secret: the one before opens nothing at once, the new one does, and is shown once', async () => {
    const { caseNumber, trackingSecret } = await report('a');
    const renewed = await desk.renew(caseNumber, operator);
    expect(renewed).toEqual({ caseNumber, trackingSecret: expect.stringMatching(/^[\w-]{22}$/) });
    const newer = (renewed as { readonly trackingSecret: string }).trackingSecret;
    expect(await shows(caseNumber, trackingSecret)).toBe(403);
    expect(await shows(caseNumber, newer)).toBe(201);
    expect(JSON.stringify(await intake.stored(caseNumber))).not.toContain(newer);
    expect(JSON.stringify(await intake.published(caseNumber))).not.toContain(sha256(newer));
    expect((await report('a')).trackingSecret).toBe(trackingSecret);
  });

  it('revoke it, once and again, and may give out another; an imported case gets its first', async () => {
    const { caseNumber, trackingSecret } = await report('a');
    await desk.revoke(caseNumber, operator);
    await desk.revoke(caseNumber, operator);
    expect((await intake.stored(caseNumber)).map(({ type }) => type)).toEqual([
      'CaseOpened',
      'TrackingSecretRevoked',
    ]);
    expect(await shows(caseNumber, trackingSecret)).toBe(403);
    const imported = { departmentId: 'PWDx', queue: 'q', dueAt: null, districts: {} };
    const old = await take(submitted('old', { imported }, { time: '2015-08-11T12:00:00Z' }), importer);
    for (const number of [caseNumber, old.caseNumber ?? '']) {
      const { trackingSecret: newer } = (await desk.renew(number, operator)) as {
        readonly trackingSecret: string;
      };
      expect(await shows(number, newer)).toBe(201);
    }
  });

  it('hear 404 of a case that is not there', async () => {
    await expect(desk.renew('260000009996', operator)).rejects.toMatchObject({ problem: { status: 404 } });
    await expect(desk.revoke('260000009996', operator)).rejects.toMatchObject({ problem: { status: 404 } });
  });
});

describe('A secret that an older version derived from the number', () => {
  /** A report as it was stored then: no secret in its receipt. */
  const older = async () => {
    await report('model');
    const [model] = await receipts();
    if (model === undefined) throw new Error('no receipt');
    const { trackingSecret: _kept, ...taken } = model.data as ReceiptTaken;
    if (taken.opening.kind !== 'whole') throw new Error('no opening');
    const caseNumber = (await intake.newNumbers('older').take()) satisfies CaseNumber;
    const secret = intake.vault.deriveSecret('tracking', caseNumber);
    const data = { ...taken.opening.data, caseNumber, trackingHash: sha256(secret) };
    const key = sha256(JSON.stringify(['web-portal', '/web', 'older']));
    const receipt = { ...model, id: newEventId(), subject: caseNumber };
    const body = { ...taken, caseNumber, opening: { kind: 'whole', data } };
    await intake.vault.protect(`case:${caseNumber}`, ['words']);
    await intake.store.append(receiptStream(key), [{ ...receipt, data: body }], 'no-stream');
    await intake.newSweep().run();
    return { caseNumber, secret };
  };

  it('is answered again and valid until it is revoked', async () => {
    const { caseNumber, secret } = await older();
    expect(await report('older')).toEqual({ status: 200, caseNumber, trackingSecret: secret });
    expect(await shows(caseNumber, secret)).toBe(201);
    await desk.revoke(caseNumber, operator);
    expect(await shows(caseNumber, secret)).toBe(403);
  });

  it('is not told again once the case was erased', async () => {
    const { caseNumber, secret } = await older();
    await erase(`case:${caseNumber}`, caseNumber);
    expect((await report('older')).trackingSecret).toBeUndefined();
    expect(await shows(caseNumber, secret)).toBe(403);
    expect(await intake.store.readStream(streamName('intake.case', caseNumber))).toHaveLength(3);
  });
});
