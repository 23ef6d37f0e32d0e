import { describe, expect, it } from '@jest/globals';

import { fold } from '@city311/kernel';
import type { CaseNumber, ContactId } from '@city311/kernel';

import { subscription } from './subscription.js';
import type { Subscribe, SubscriptionCommand, SubscriptionEvent, Unsubscribe } from './subscription.js';

const caseNumber = '260000000014' as CaseNumber;
const contactId = 'c1' as ContactId;
const at = '2026-07-01T16:00:00.000Z';
const subscribe = (origin: 'reporter' | 'asked'): Subscribe => ({
  type: 'Subscribe',
  data: { caseNumber, contactId, language: 'en', origin, serviceCode: 'pothole', subscribedAt: at },
});
const leave = (reason: 'asked' | 'erased' = 'asked'): Unsubscribe => ({
  type: 'Unsubscribe',
  data: { caseNumber, contactId, reason, unsubscribedAt: at },
});
const run = (...commands: readonly SubscriptionCommand[]) => {
  let state = subscription.initialState;
  const events: SubscriptionEvent[] = [];
  let last: ReturnType<typeof subscription.decide> = { outcome: 'accepted', events: [] };
  for (const command of commands) {
    last = subscription.decide(command, state);
    if (last.outcome === 'accepted') {
      events.push(...last.events);
      state = fold(subscription, last.events, state);
    }
  }
  return { events, last };
};
const quiet = { outcome: 'accepted', events: [] };

describe('Subscribe', () => {
  it('records the follower and stays quiet when asked twice', () => {
    expect(run(subscribe('asked')).events).toEqual([{ type: 'Subscribed', data: subscribe('asked').data }]);
    expect(run(subscribe('reporter'), subscribe('asked')).last).toEqual(quiet);
  });
  it('takes back who left and asks again, but not because the report is read once more', () => {
    expect(run(subscribe('reporter'), leave(), subscribe('asked')).last).toMatchObject({
      events: [{ type: 'Subscribed' }],
    });
    expect(run(subscribe('reporter'), leave(), subscribe('reporter')).last).toEqual(quiet);
  });
  it('is refused for a person who was erased', () => {
    expect(run(subscribe('asked'), leave('erased'), subscribe('asked')).last).toMatchObject({
      refusal: { code: 'person-erased' },
    });
  });
});

describe('Unsubscribe', () => {
  it('records it and stays quiet where nobody follows', () => {
    expect(run(subscribe('asked'), leave()).last).toMatchObject({ events: [{ type: 'Unsubscribed' }] });
    expect(run(leave()).last).toEqual(quiet);
    expect(run(subscribe('asked'), leave(), leave()).last).toEqual(quiet);
  });
});
