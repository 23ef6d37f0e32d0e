import { fold } from '@city311/kernel';
import { describe, expect, it } from '@jest/globals';

import { makeCaseNumber } from '../case-number.js';
import { callDecider } from './call.decide.js';
import type { Call, CallCommand } from './call.decide.js';
import type { CallEvent } from './call.events.js';

const at = '2026-11-22T08:00:00.000Z';
const callId = 'c-1';
const start: CallCommand = {
  type: 'StartCall',
  data: { callId, jurisdiction: 'boston', line: '311', language: 'en', startedAt: at },
};
const answer: CallCommand = { type: 'AnswerCall', data: { callId, topic: 'parking-ban', answeredAt: at } };
const link: CallCommand = {
  type: 'LinkCall',
  data: { callId, caseNumber: makeCaseNumber(26_000_000_123), relation: 'opened', linkedAt: at },
};
const end: CallCommand = { type: 'EndCall', data: { callId, ending: 'completed', endedAt: at } };

const after = (...given: readonly CallCommand[]): Call => {
  const events: CallEvent[] = [];
  for (const command of given) {
    const decision = callDecider.decide(command, fold(callDecider, events));
    if (decision.outcome === 'refused') throw new Error(decision.refusal.code);
    events.push(...decision.events);
  }
  return fold(callDecider, events);
};
const outcome = (command: CallCommand, state: Call) => {
  const decision = callDecider.decide(command, state);
  return decision.outcome === 'refused' ? decision.refusal.code : decision.events.map(({ type }) => type);
};

describe('a call', () => {
  it.each([
    [start, after(), 'CallStarted'],
    [answer, after(start), 'CallAnswered'],
    [link, after(start), 'CallLinked'],
    [end, after(start), 'CallEnded'],
    [link, after(start, end), 'CallLinked'],
  ] as const)('takes $type', (command, state, recorded) => {
    expect(outcome(command, state)).toEqual([recorded]);
  });

  it('is quiet on anything told twice', () => {
    const state = after(start, answer, link, end);
    for (const command of [start, answer, link, end]) expect(outcome(command, state)).toEqual([]);
  });

  it('refuses what comes before its start, a second start and another end', () => {
    for (const command of [answer, link, end]) expect(outcome(command, after())).toBe('call-not-started');
    const later = '2026-11-22T09:00:00.000Z';
    expect(outcome({ ...start, data: { ...start.data, startedAt: later } }, after(start))).toBe(
      'call-already-started',
    );
    expect(outcome({ ...end, data: { ...end.data, endedAt: later } }, after(start, end))).toBe('call-ended');
  });
});
