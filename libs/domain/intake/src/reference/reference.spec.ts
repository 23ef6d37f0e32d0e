import { fold } from '@city311/kernel';
import { describe, expect, it } from '@jest/globals';

import { referenceDecider, type ClaimReference } from './reference.js';

const claimedAt = '2026-11-27T08:00:00.000Z';
const claim = (receiptKey: string, insteadOf?: string): ClaimReference => ({
  type: 'ClaimReference',
  data: { receiptKey, claimedAt, ...(insteadOf === undefined ? {} : { insteadOf }) },
});
const event = (receiptKey: string) =>
  ({ type: 'ReferenceClaimed', data: { receiptKey, claimedAt } }) as const;
const byOne = fold(referenceDecider, [event('one')]);

describe('ClaimReference', () => {
  it('records whose it is', () => {
    expect(referenceDecider.decide(claim('one'), referenceDecider.initialState)).toEqual({
      outcome: 'accepted',
      events: [event('one')],
    });
  });

  it('is quiet for the same report', () => {
    expect(referenceDecider.decide(claim('one'), byOne)).toEqual({ outcome: 'accepted', events: [] });
  });

  it('is refused once another report has it', () => {
    expect(referenceDecider.decide(claim('two'), byOne)).toEqual({
      outcome: 'refused',
      refusal: { code: 'taken', receiptKey: 'one', claimedAt },
    });
  });

  it('takes the place of a claim that came to nothing, and of no other', () => {
    expect(referenceDecider.decide(claim('two', 'one'), byOne)).toEqual({
      outcome: 'accepted',
      events: [event('two')],
    });
    const byThree = fold(referenceDecider, [event('one'), event('three')]);
    expect(referenceDecider.decide(claim('two', 'one'), byThree)).toMatchObject({
      refusal: { receiptKey: 'three' },
    });
  });
});
