import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import { fold } from '@city311/kernel';
import type { CaseNumber, ContactId } from '@city311/kernel';

import type { NoticeCommand, QueueNotice } from './notice.commands.js';
import { notice } from './notice.decider.js';
import type { NoticeEvent } from './notice.events.js';

const at = '2026-07-01T16:00:00.000Z';
const retryAt = '2026-07-01T16:01:00.000Z';
const caseNumber = '260000000014' as CaseNumber;
const noticeId = '260000000014-1-c1';
const queue: QueueNotice = {
  type: 'QueueNotice',
  data: {
    noticeId,
    caseNumber,
    contactId: 'c1' as ContactId,
    about: { type: 'intake.CaseRouted.v1', sequence: 1 },
    template: 'received',
    language: 'en',
    messageId: '<260000000014-1-c1@city311>',
    queuedAt: at,
    facts: { departmentId: 'PWDx' },
  },
};
const sent: NoticeCommand = { type: 'RecordSent', data: { at } };
const failed: NoticeCommand = { type: 'RecordFailure', data: { at, reason: 'connection refused', retryAt } };
const refusedForGood: NoticeCommand = {
  type: 'RecordFailure',
  data: { at, reason: 'no such box', retryAt: null },
};
const uncertain: NoticeCommand = { type: 'RecordUncertain', data: { at, reason: 'answer lost' } };
const suppress: NoticeCommand = { type: 'SuppressNotice', data: { at, reason: 'erased' } };

const run = (...commands: readonly NoticeCommand[]) => {
  let state = notice.initialState;
  const events: NoticeEvent[] = [];
  let last: ReturnType<typeof notice.decide> = { outcome: 'accepted', events: [] };
  for (const command of commands) {
    last = notice.decide(command, state);
    if (last.outcome === 'accepted') {
      events.push(...last.events);
      state = fold(notice, last.events, state);
    }
  }
  return { state, events, last };
};
const moved = { noticeId, caseNumber, at };
const quiet = { outcome: 'accepted', events: [] };
const refused = (code: string) => ({ outcome: 'refused', refusal: { code } });

describe('QueueNotice', () => {
  it('records the message to be sent', () => {
    expect(run(queue).events).toEqual([{ type: 'NoticeQueued', data: queue.data }]);
  });
  it('stays quiet when queued twice, also once sent', () => {
    expect(run(queue, queue).last).toEqual(quiet);
    expect(run(queue, sent, queue).last).toEqual(quiet);
  });
  it('is refused with another Message-ID', () => {
    const other: QueueNotice = { ...queue, data: { ...queue.data, messageId: '<other@city311>' } };
    expect(run(queue, other).last).toMatchObject(refused('already-queued'));
  });
});

describe('RecordSent', () => {
  it('records it, from queued, failed and uncertain alike', () => {
    for (const before of [[], [failed], [uncertain]]) {
      expect(run(queue, ...before, sent).events.at(-1)).toEqual({ type: 'NoticeSent', data: moved });
    }
  });
  it('stays quiet when said twice', () => {
    expect(run(queue, sent, sent).last).toEqual(quiet);
  });
  it('is refused for what was never queued, was suppressed or given up', () => {
    expect(run(sent).last).toMatchObject(refused('not-queued'));
    expect(run(queue, suppress, sent).last).toMatchObject(refused('already-suppressed'));
    expect(run(queue, refusedForGood, sent).last).toMatchObject(refused('given-up'));
  });
});

describe('RecordFailure', () => {
  it('counts the tries and says when the next is', () => {
    expect(run(queue, failed, failed).events.slice(1)).toEqual([
      { type: 'NoticeFailed', data: { ...moved, reason: 'connection refused', attempt: 1, retryAt } },
      { type: 'NoticeFailed', data: { ...moved, reason: 'connection refused', attempt: 2, retryAt } },
    ]);
  });
  it('ends the notice where no other try makes sense, and stays quiet when that is said twice', () => {
    expect(run(queue, refusedForGood).state).toMatchObject({ status: 'given-up' });
    expect(run(queue, refusedForGood, refusedForGood).last).toEqual(quiet);
  });
  it('is refused once sent', () => {
    expect(run(queue, sent, failed).last).toMatchObject(refused('already-sent'));
  });
  it('is refused where another try is announced of what was given up', () => {
    expect(run(queue, refusedForGood, failed).last).toMatchObject(refused('given-up'));
  });
});

describe('RecordUncertain', () => {
  it('records that it may have arrived, and stays quiet when said twice', () => {
    expect(run(queue, uncertain).events.at(-1)).toMatchObject({ type: 'NoticeUncertain' });
    expect(run(queue, uncertain, uncertain).last).toEqual(quiet);
  });
  it('is refused once sent', () => {
    expect(run(queue, sent, uncertain).last).toMatchObject(refused('already-sent'));
  });
});

describe('SuppressNotice', () => {
  it('records why nothing is sent, and stays quiet when said twice', () => {
    expect(run(queue, suppress).events.at(-1)).toEqual({
      type: 'NoticeSuppressed',
      data: { ...moved, reason: 'erased' },
    });
    expect(run(queue, suppress, suppress).last).toEqual(quiet);
  });
  it('is refused once sent', () => {
    expect(run(queue, sent, suppress).last).toMatchObject(refused('already-sent'));
  });
});

describe('a notice, whatever is asked of it', () => {
  const command = fc.constantFrom<NoticeCommand>(queue, sent, failed, refusedForGood, uncertain, suppress);

  it('keeps one Message-ID, ends at most once, and replays to the same state', () => {
    fc.assert(
      fc.property(fc.array(command, { maxLength: 30 }), (commands) => {
        const { state, events } = run(...commands);
        expect(fold(notice, events)).toEqual(state);
        expect(events.filter(({ type }) => type === 'NoticeQueued').length).toBeLessThanOrEqual(1);
        const ends = events.filter(
          (event) =>
            event.type === 'NoticeSent' ||
            event.type === 'NoticeSuppressed' ||
            (event.type === 'NoticeFailed' && event.data.retryAt === null),
        );
        expect(ends.length).toBeLessThanOrEqual(1);
        if (ends[0] !== undefined) expect(events.at(-1)).toBe(ends[0]);
        if ('message' in state) expect(state.message.messageId).toBe(queue.data.messageId);
      }),
    );
  });
});
