import { fold } from '@city311/kernel';
import { describe, expect, it } from '@jest/globals';

import { makeCaseNumber } from '../case-number.js';
import { open } from '../case/case.examples.js';
import { receiptDecider } from './receipt.decide.js';
import type { TakeReceipt } from './receipt.decide.js';

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
