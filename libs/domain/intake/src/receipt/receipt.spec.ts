import { fold } from '@city311/kernel';
import { describe, expect, it } from '@jest/globals';

import { makeCaseNumber } from '../case-number.js';
import { open } from '../case/case.examples.js';
import { receiptDecider } from './receipt.decide.js';
import type { TakeReceipt, TakeSaying } from './receipt.decide.js';

const caseNumber = makeCaseNumber(26_000_000_123);
const take = (digest: string, number = caseNumber): TakeReceipt => ({
  type: 'TakeReceipt',
  data: {
    caseNumber: number,
    digest,
    opening: { kind: 'whole', data: open().data },
    takenAt: '2026-11-22T08:00:00.000Z',
  },
});
const taken = fold(receiptDecider, [{ type: 'ReceiptTaken', data: take('d1').data }]);

const say = (digest: string): TakeSaying => ({
  type: 'TakeSaying',
  data: { caseNumber, digest, saidAt: '2026-11-22T09:00:00.000Z' },
});

describe('TakeSaying', () => {
  const said = fold(receiptDecider, [{ type: 'SayingTaken', data: say('d1').data }]);

  it('records whose case it is about and the digest, and is quiet on the same again', () => {
    expect(receiptDecider.decide(say('d1'), receiptDecider.initialState)).toEqual({
      outcome: 'accepted',
      events: [{ type: 'SayingTaken', data: say('d1').data }],
    });
    expect(receiptDecider.decide(say('d1'), said)).toEqual({ outcome: 'accepted', events: [] });
  });

  it('is refused for other words, and where a report was taken under the key', () => {
    const refused = { outcome: 'refused', refusal: { code: 'different-body', caseNumber } };
    expect(receiptDecider.decide(say('d2'), said)).toEqual(refused);
    expect(receiptDecider.decide(say('d2'), taken)).toEqual(refused);
    expect(receiptDecider.decide(take('d2'), said)).toEqual(refused);
  });
});

describe('TakeReceipt', () => {
  it('records case number, digest and what the case opens with', () => {
    expect(receiptDecider.decide(take('d1'), receiptDecider.initialState)).toEqual({
      outcome: 'accepted',
      events: [{ type: 'ReceiptTaken', data: take('d1').data }],
    });
  });

  it('is quiet on the same body, and keeps the number that was answered', () => {
    const again = take('d1', makeCaseNumber(26_000_000_999));
    expect(receiptDecider.decide(again, taken)).toEqual({ outcome: 'accepted', events: [] });
    expect(taken).toMatchObject({ status: 'taken', caseNumber });
  });

  it('is refused for another body', () => {
    expect(receiptDecider.decide(take('d2'), taken)).toEqual({
      outcome: 'refused',
      refusal: { code: 'different-body', caseNumber },
    });
  });
});
