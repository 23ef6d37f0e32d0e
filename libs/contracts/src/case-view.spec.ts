import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import type { ProtectedText } from '@city311/kernel';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import { evolveCaseView, foldCase, foldCaseAsOf } from './case-view.js';
import { isOnTime, isOverdue } from './clocks.js';
import type { CaseClosed, CaseEvent, CaseOpened, CaseRouted } from './intake.js';
import { eventTypes, parseEvent } from './parse-event.js';
import { topics } from './topics.js';

const topic = topics.case.name;
const sample = (type: string): CaseEvent => {
  const file = join(import.meta.dirname, '../samples', `${type}.json`);
  const parsed = parseEvent(topic, readFileSync(file, 'utf8'));
  if (!parsed.ok) throw new Error(`${type}: ${JSON.stringify(parsed.faults)}`);
  return parsed.event;
};

/** Samples put in line, an hour apart, each with changes to its data. */
const stream = (...steps: readonly (readonly [name: string, data?: object])[]): CaseEvent[] =>
  steps.map(([name, data], sequence) => {
    const event = sample(`intake.${name}.v1`);
    const time = new Date(Date.UTC(2026, 10, 22, 8 + sequence)).toISOString();
    return { ...event, sequence, time, data: { ...event.data, ...data } } as CaseEvent;
  });

const view = (...steps: readonly (readonly [name: string, data?: object])[]) => {
  const folded = foldCase(stream(...steps));
  if (folded === null) throw new Error('no case');
  return folded;
};

const opened = ['CaseOpened'] as const;
const routed = ['CaseRouted'] as const;
const closed = ['CaseClosed'] as const;

describe('foldCase', () => {
  it('gives nothing without an opening', () => {
    expect(foldCase(stream(routed))).toBeNull();
  });

  it('tells how far an open case is', () => {
    expect(view(opened).subStatus).toBe('received');
    expect(view(opened, routed).subStatus).toBe('assigned');
    expect(view(opened, ['CaseRouted', { basis: 'triage' }]).subStatus).toBe('triage');
    expect(view(opened, routed, ['CaseReturnedToTriage'])).toMatchObject({
      subStatus: 'triage',
      departmentId: null,
    });
    expect(view(opened, ['CaseReferred'])).toMatchObject({ subStatus: 'referred', queue: 'INFO_Referrals' });
    expect(view(opened, routed, ['WorkScheduled']).subStatus).toBe('scheduled');
    expect(view(opened, routed, ['WorkStarted']).subStatus).toBe('in-progress');
    expect(view(opened, routed, ['WorkStarted'], ['WorkPaused'])).toMatchObject({
      subStatus: 'paused',
      work: { pausedBecause: 'waiting for parts' },
    });
    expect(view(opened, routed, ['WorkPaused'], ['WorkResumed']).subStatus).toBe('in-progress');
    expect(view(opened, ['CaseWithdrawn'])).toMatchObject({ status: 'withdrawn', subStatus: 'withdrawn' });
  });

  it('keeps the result of the old clock when the case is reopened', () => {
    const { dueAt } = sample('intake.CaseReopened.v1').data as { dueAt: string };
    const first: Partial<CaseClosed> = { closedAt: '2026-11-22T20:00:00.000Z', onTime: true };
    const folded = view(opened, routed, ['CaseClosed', first], ['CaseReopened', { dueAt }]);
    expect(folded).toMatchObject({
      status: 'open',
      subStatus: 'assigned',
      outcome: null,
      closedAt: null,
      dueAt,
    });
    expect(folded.clocks.map(({ closedAt, onTime }) => [closedAt, onTime])).toEqual([
      [first.closedAt, true],
      [null, null],
    ]);
    expect(folded.closings).toHaveLength(1);
  });

  it('takes a case that was closed twice as told: the later telling stands', () => {
    const folded = view(opened, closed, ['CaseClosed', { onTime: false, outcome: 'noted' }]);
    expect(folded).toMatchObject({ status: 'closed', outcome: { outcome: 'noted' } });
    expect(folded.clocks).toHaveLength(1);
    expect(folded.clocks[0]?.onTime).toBe(false);
  });

  it('moves the due date of the running clock when the case is routed or reclassified', () => {
    const opening: Partial<CaseOpened> = { imported: { departmentId: 'PWDx', queue: 'q', dueAt: null } };
    const dueAt = '2026-12-01T13:30:00.000Z';
    const route: Partial<CaseRouted> = { dueAt };
    expect(view(['CaseOpened', opening], ['CaseRouted', route]).clocks[0]?.dueAt).toBe(dueAt);
    expect(view(opened, ['CaseReclassified', { dueAt: null }]).clocks[0]?.dueAt).toBeNull();
  });

  it('keeps the history of a link that was undone', () => {
    const folded = view(opened, ['CaseLinked'], ['CaseUnlinked']);
    expect(folded.parent).toBeNull();
    expect(folded.links[0]?.unlinkedAt).not.toBeNull();
  });

  it('drops every text of a person who was erased, and no other', () => {
    const mine = 'p1.k7f3a.bWluZQ' as ProtectedText;
    const other = 'p1.other.dGhlaXJz' as ProtectedText;
    const folded = view(
      opened,
      ['CommentAdded', { commentId: 'a', text: mine }],
      ['CommentAdded', { commentId: 'b', text: other }],
      ['CaseClosed', { text: mine }],
      ['SubjectErased', { author: 'k7f3a' }],
    );
    expect(JSON.stringify(folded)).not.toContain('p1.k7f3a.');
    expect(folded.comments.map(({ text }) => text)).toEqual([null, other]);
    expect(folded.place.exact).toBeUndefined();
    expect(folded.media.length).toBeGreaterThan(0);
  });

  it('drops what an erased person is told to have written later', () => {
    const text = 'p1.k7f3a.bGF0ZQ';
    const folded = view(opened, ['SubjectErased', { author: 'k7f3a' }], ['CommentAdded', { text }]);
    expect(JSON.stringify(folded)).not.toContain('p1.k7f3a.');
  });

  it('shows every event in the timeline under its bare name', () => {
    expect(view(opened, routed, closed).timeline.map(({ type }) => type)).toEqual([
      'CaseOpened',
      'CaseRouted',
      'CaseClosed',
    ]);
  });
});

describe('foldCaseAsOf', () => {
  it('shows the case as it stood', () => {
    const events = stream(opened, routed, closed);
    expect(foldCaseAsOf(events, '2026-11-22T07:59:59.999Z')).toBeNull();
    expect(foldCaseAsOf(events, '2026-11-22T09:30:00.000Z')?.status).toBe('open');
    expect(foldCaseAsOf(events, '2026-11-22T10:00:00.000Z')?.status).toBe('closed');
  });
});

describe('evolveCaseView', () => {
  const names = eventTypes(topic).map((type) => type.split('.')[1] ?? '');
  const steps = fc.array(fc.constantFrom(...names.filter((name) => name !== 'CaseOpened')), {
    maxLength: 20,
  });

  it('is not moved by duplicates: any replay gives the same document', () => {
    fc.assert(
      fc.property(steps, fc.nat(), (rest, from) => {
        const events = stream(opened, ...rest.map((name) => [name] as const));
        const whole = foldCase(events);
        const again = events.slice(from % events.length).reduce(evolveCaseView, whole);
        expect(again).toEqual(whole);
        expect(whole?.revision).toBe(events.length - 1);
      }),
      { seed: 311 },
    );
  });

  it('keeps status, close and clocks in step whatever happens', () => {
    fc.assert(
      fc.property(steps, (rest) => {
        const folded = view(opened, ...rest.map((name) => [name] as const));
        expect(folded.status === 'closed').toBe(folded.outcome !== null);
        expect(folded.clocks).toHaveLength(1 + rest.filter((name) => name === 'CaseReopened').length);
        expect(folded.subStatus === 'closed').toBe(folded.status === 'closed');
        expect(folded.subStatus === 'withdrawn').toBe(folded.status === 'withdrawn');
      }),
      { seed: 311 },
    );
  });
});

describe('isOverdue and isOnTime', () => {
  const dueAt = '2026-11-24T13:30:00.000Z';
  const running = { openedAt: '2026-11-22T08:00:00.000Z', dueAt, closedAt: null, onTime: null };

  it('count the due instant itself as in time', () => {
    expect(isOverdue(running, dueAt)).toBe(false);
    expect(isOverdue(running, '2026-11-24T13:30:00.001Z')).toBe(true);
    expect(isOnTime(running, '2026-11-24T13:30:00.001Z')).toBe(false);
  });

  it('leave the result of a clock that stopped as it is', () => {
    const late = { ...running, closedAt: '2026-12-01T00:00:00.000Z', onTime: false };
    expect(isOverdue(late, '2027-01-01T00:00:00.000Z')).toBe(false);
    expect(isOnTime(late, '2026-11-22T09:00:00.000Z')).toBe(false);
  });

  it('never call a case without a service level late', () => {
    expect(isOverdue({ dueAt: null, closedAt: null }, '2036-01-01T00:00:00.000Z')).toBe(false);
  });
});
