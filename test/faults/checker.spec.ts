import { describe, expect, it } from '@jest/globals';

import { findAnomalies } from './checker.js';
import type { History } from './history.js';
import { completion, goodEvents, historyOf, inCase, notice, order, routing, type MadeUp } from './made-up.js';

const number = '260000000014';
const codesOf = (history: History): readonly string[] => [
  ...new Set(findAnomalies(history).map(({ code }) => code)),
];
const without = (type: string): readonly MadeUp[] => goodEvents.filter((event) => event.type !== type);
const and = (...more: readonly MadeUp[]): readonly MadeUp[] => [...goodEvents, ...more];
const answer = { status: 201, caseNumber: number, trackingSecret: 'secret' };
const report = { id: 'report-1', followed: true, answers: [answer] };

describe('The checker', () => {
  it('finds nothing in a history that kept every promise', () => {
    expect(findAnomalies(historyOf())).toEqual([]);
  });

  it('names the promise and the events at fault', () => {
    expect(findAnomalies(historyOf({}, and({ ...(goodEvents[3] as MadeUp), id: 'again' })))).toContainEqual({
      promise: 3,
      code: 'effect-twice',
      says: 'one cause had the same effect 2 times',
      events: [`${inCase}@1`, `${inCase}@3`],
    });
  });

  describe('on what was answered', () => {
    it('finds an answer that no crash excuses', () => {
      expect(codesOf(historyOf({ defects: ['/events answered 500'] }))).toEqual(['defect-answered']);
    });

    it('finds a case number without a case', () => {
      const answers = [{ ...answer, caseNumber: '260000000999' }];
      const reports = [report, { id: 'report-2', followed: false, answers }];
      expect(codesOf(historyOf({ reports }))).toEqual(['lost-case']);
      expect(codesOf(historyOf({ cases: new Map([[number, null]]) }))).toEqual(['lost-case']);
    });

    it('finds an id that became two cases, and one that was answered in two ways', () => {
      const second = `intake.case-260000000027`;
      const opened = { ...(goodEvents[1] as MadeUp), stream: second, id: 'other' };
      expect(codesOf(historyOf({}, and(opened)))).toEqual(expect.arrayContaining(['doubled-case']));
      const answers = [answer, { ...answer, trackingSecret: 'another' }];
      expect(codesOf(historyOf({ reports: [{ ...report, answers }] }))).toEqual(['answers-differ']);
    });

    it('finds two reports under one case number', () => {
      const reports = [report, { ...report, id: 'report-2', followed: false }];
      expect(codesOf(historyOf({ reports }))).toEqual(['shared-number', 'lost-case']);
    });

    it('takes a refusal of the same id with another content for what it is', () => {
      const answers = [answer, { status: 409, caseNumber: number, trackingSecret: '' }];
      expect(codesOf(historyOf({ reports: [{ ...report, answers }] }))).toEqual([]);
    });

    it('finds a receipt whose case never opened, and a case without a receipt or with two', () => {
      const receipt = { stream: 'intake.receipt-r2', type: 'intake.ReceiptTaken.v1' };
      expect(codesOf(historyOf({}, and({ ...receipt, data: { caseNumber: '260000000027' } })))).toEqual([
        'receipt-without-case',
      ]);
      expect(codesOf(historyOf({}, without('intake.ReceiptTaken.v1')))).toEqual(['receipts-of-case']);
      expect(codesOf(historyOf({}, and({ ...receipt, data: { caseNumber: number } })))).toEqual([
        'receipts-of-case',
      ]);
    });

    it('finds an action or a transition that was answered and is not there, and one that was done twice', () => {
      const action = {
        id: 'gone',
        kind: 'reopening' as const,
        caseNumber: number,
        at: '2026-03-02T12:00:00.000Z',
        status: 201,
      };
      expect(codesOf(historyOf({ actions: [action] }))).toEqual(['lost-action']);
      expect(codesOf(historyOf({ actions: [{ ...action, status: 409 }] }))).toEqual([]);
      const moves = [{ workOrderId: `${number}-1`, action: 'complete', status: 200 }];
      expect(codesOf(historyOf({ moves }))).toEqual(['lost-move']);
      const twice = historyOf({}, and({ ...(goodEvents[7] as MadeUp) }));
      expect(codesOf(twice)).toEqual(expect.arrayContaining(['doubled-action']));
    });
  });

  describe('on what became of a case', () => {
    it('finds one that was never routed', () => {
      const unrouted = goodEvents.filter(
        ({ stream, type }) => stream === inCase && type !== 'intake.CaseRouted.v1',
      );
      expect(codesOf(historyOf({}, unrouted))).toEqual(
        expect.arrayContaining(['no-route', 'effect-missing']),
      );
    });

    it('finds a route without its work order, and a work order of another department', () => {
      expect(codesOf(historyOf({}, without('departments.WorkOrderIssued.v1')))).toContain('no-work-order');
      const elsewhere = goodEvents.map((event) =>
        event.stream === order ? { ...event, data: { departmentId: 'PARK' } } : event,
      );
      expect(codesOf(historyOf({}, elsewhere))).toEqual(['no-work-order']);
    });

    it.each([
      ['withdrawn', { stream: inCase, type: 'intake.CaseWithdrawn.v1' }],
      ['a duplicate', { stream: inCase, type: 'intake.CaseLinked.v1', data: { parent: 'x' } }],
      ['referred', { stream: inCase, type: 'intake.CaseReferred.v1' }],
      ['in triage', { stream: inCase, type: 'intake.CaseReturnedToTriage.v1' }],
    ])('finds a work order of a case that is %s', (_, event) => {
      expect(codesOf(historyOf({}, and(event)))).toContain('needless-work-order');
      const cancelled = { stream: order, type: 'departments.WorkOrderCancelled.v1' };
      expect(codesOf(historyOf({}, and(event, cancelled)))).not.toContain('needless-work-order');
    });
  });

  describe('on joined cases', () => {
    const parent = '260000000027';
    const ofParent = `intake.case-${parent}`;
    const joined = [
      { stream: inCase, type: 'intake.CaseLinked.v1', data: { parent } },
      { stream: order, type: 'departments.WorkOrderCancelled.v1' },
    ];
    const begun = [
      { stream: ofParent, type: 'intake.CaseOpened.v1', data: { caseNumber: parent } },
      { stream: ofParent, type: 'intake.CaseReferred.v1' },
    ];
    const after = (...more: readonly MadeUp[]): readonly string[] =>
      codesOf(historyOf({}, and(...joined, ...more))).filter((code) => /^(parent|closed)/.test(code));

    it('finds one whose parent has ended, follows another, is its follower, or is no case', () => {
      expect(after(...begun)).toEqual([]);
      expect(after(...begun, { stream: ofParent, type: 'intake.CaseWithdrawn.v1' })).toEqual([
        'parent-ended',
      ]);
      expect(
        after(...begun, { stream: ofParent, type: 'intake.CaseLinked.v1', data: { parent: number } }),
      ).toEqual(['parents-in-a-circle']);
      expect(after()).toEqual(['parent-unknown']);
    });

    it('finds one that was closed with its parent, which goes on', () => {
      const closed = { stream: inCase, type: 'intake.CaseClosed.v1', data: { followedParent: parent } };
      expect(after(...begun, { stream: ofParent, type: 'intake.CaseClosed.v1' }, closed)).toEqual([]);
      expect(after(...begun, closed)).toEqual(['closed-without-parent']);
    });
  });

  describe('on order and effects', () => {
    it('finds a gap, a double and a second place of one event', () => {
      const comment = { stream: inCase, type: 'intake.CommentAdded.v1' };
      expect(codesOf(historyOf({}, and({ ...comment, sequence: 4 })))).toContain('broken-sequence');
      expect(codesOf(historyOf({}, and({ ...comment, sequence: 2 })))).toContain('broken-sequence');
      expect(codesOf(historyOf({}, and({ ...comment, id: 'opened' })))).toContain('same-event-twice');
    });

    it('finds a completion that never closed its case, unless the case had ended', () => {
      const [completed, closed] = completion as [MadeUp, MadeUp];
      const withdrawn = { stream: inCase, type: 'intake.CaseWithdrawn.v1' };
      expect(codesOf(historyOf({}, and(completed)))).toContain('effect-missing');
      expect(codesOf(historyOf({}, and(completed, closed)))).not.toContain('effect-missing');
      expect(codesOf(historyOf({}, and(completed, withdrawn)))).not.toContain('effect-missing');
      expect(codesOf(historyOf({}, and(withdrawn, completed)))).not.toContain('effect-missing');
    });

    it('finds a hand-back that never reached the case, unless the case was elsewhere by then', () => {
      const handedBack = {
        stream: order,
        type: 'departments.WorkOrderHandedBack.v1',
        data: { departmentId: 'PWDx' },
      };
      const rerouted = {
        stream: inCase,
        type: 'intake.CaseRouted.v1',
        data: { departmentId: 'PARK', basis: 'operator' },
      };
      expect(codesOf(historyOf({}, and(handedBack)))).toContain('effect-missing');
      expect(codesOf(historyOf({}, and(handedBack, rerouted)))).not.toContain('effect-missing');
    });

    it('finds an opening that routing never looked at', () => {
      const unseen = goodEvents.filter(({ stream }) => stream !== routing);
      expect(codesOf(historyOf({}, unseen))).toEqual(['effect-missing']);
    });

    it('finds one route with two work orders, and two departments at once', () => {
      const second = {
        stream: `departments.workorder-${number}-2`,
        type: 'departments.WorkOrderIssued.v1',
        data: { departmentId: 'PARK', causedBySequence: 1 },
      };
      expect(codesOf(historyOf({}, and(second)))).toEqual(
        expect.arrayContaining(['issued-twice', 'two-departments', 'no-work-order']),
      );
      const cancelled = { stream: order, type: 'departments.WorkOrderCancelled.v1' };
      expect(codesOf(historyOf({}, and(cancelled, second)))).not.toContain('two-departments');
    });
  });

  describe('on views', () => {
    it('finds a view that answers otherwise once it is built anew', () => {
      const question = { view: 'service_requests', question: 'the open data' };
      const same = { ...question, before: ['a', 'b'], after: ['b', 'a'] };
      expect(codesOf(historyOf({ rebuilt: [same] }))).toEqual([]);
      expect(codesOf(historyOf({ rebuilt: [{ ...same, after: ['a'] }] }))).toEqual(['rebuilt-differs']);
      expect(codesOf(historyOf({ rebuilt: [{ ...same, after: ['a', 'b', 'b'] }] }))).toEqual([
        'rebuilt-differs',
      ]);
    });

    it('finds lists and cases that differ from the log', () => {
      expect(codesOf(historyOf({ orders: [] }))).toEqual(['view-differs-from-log']);
      expect(codesOf(historyOf({ notices: [{ noticeId: 'x', status: 'sent' }] }))).toEqual([
        'view-differs-from-log',
      ]);
      const shown = { caseNumber: number, status: 'closed', timeline: [] };
      expect(codesOf(historyOf({ cases: new Map([[number, shown]]) }))).toEqual(['case-differs-from-log']);
    });

    it('finds what was parked', () => {
      expect(codesOf(historyOf({ parked: [{ group: 'g', parked: 1 }] }))).toEqual(['parked']);
    });
  });

  describe('on notices', () => {
    it('finds news that nobody was told, and news told twice', () => {
      const untold = goodEvents.filter(({ stream }) => stream !== notice);
      expect(codesOf(historyOf({ notices: [], mails: [] }, untold))).toEqual(['notice-missing']);
      const again = { ...(goodEvents[4] as MadeUp), stream: `${notice}-2`, causedBy: 'x' };
      expect(codesOf(historyOf({}, and(again)))).toEqual(expect.arrayContaining(['told-twice']));
    });

    it('finds a notice that nothing became of, and takes one that openly failed', () => {
      const queued = historyOf(
        { notices: [{ noticeId: `${number}-1-neighbor`, status: 'queued' }] },
        without('notifications.NoticeSent.v1'),
      );
      expect(codesOf(queued)).toEqual(['notice-forgotten']);
      const failed = goodEvents.map((event) =>
        event.type === 'notifications.NoticeSent.v1'
          ? { ...event, type: 'notifications.NoticeFailed.v1' }
          : event,
      );
      const notices = [{ noticeId: `${number}-1-neighbor`, status: 'failed' }];
      expect(codesOf(historyOf({ notices, mails: [] }, failed))).toEqual([]);
    });

    it('finds a notice without its mail, and a mail of nobody', () => {
      expect(codesOf(historyOf({ mails: [] }))).toEqual(['sent-without-mail']);
      const mails = [...historyOf().mails, { where: 'b.eml', messageId: '<b@localhost>' }];
      expect(codesOf(historyOf({ mails }))).toEqual(['mail-of-nobody']);
    });
  });
});
