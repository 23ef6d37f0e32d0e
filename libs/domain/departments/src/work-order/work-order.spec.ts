import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import { fold } from '@city311/kernel';
import type { CaseNumber, ProtectedText, WrittenText } from '@city311/kernel';

import type { IssueWorkOrder, WorkOrderCommand } from './work-order.commands.js';
import { workOrder } from './work-order.decide.js';
import type { WorkOrderEvent } from './work-order.events.js';

const caseNumber = '260000000014' as CaseNumber;
const at = '2026-07-01T16:00:00.000Z';
const dueAt = '2026-07-03T16:00:00.000Z';
const afterDue = '2026-07-03T16:00:00.001Z';
const written: WrittenText = { original: 'p1.k.a' as ProtectedText, redacted: 'p1.k.b' as ProtectedText };

const issue: IssueWorkOrder = {
  type: 'IssueWorkOrder',
  data: {
    workOrderId: '260000000014-1',
    caseNumber,
    departmentId: 'PWDx',
    queue: 'PWDx_Potholes',
    serviceCode: 'pothole',
    priority: 'normal',
    dueAt,
    issuedAt: at,
    causedBySequence: 1,
    imported: false,
  },
};
const claim = (by = 'crew 7'): WorkOrderCommand => ({ type: 'Claim', data: { at, by } });
const acceptIt: WorkOrderCommand = { type: 'Accept', data: { at } };
const schedule = (scheduledFor = dueAt): WorkOrderCommand => ({
  type: 'Schedule',
  data: { at, scheduledFor },
});
const start: WorkOrderCommand = { type: 'Start', data: { at } };
const pause: WorkOrderCommand = { type: 'Pause', data: { at, reason: 'rain' } };
const resume: WorkOrderCommand = { type: 'Resume', data: { at } };
const complete: WorkOrderCommand = {
  type: 'Complete',
  data: { at, outcome: 'resolved', outcomeLabel: 'Case Resolved', text: written, media: [] },
};
const completeInvalid: WorkOrderCommand = {
  type: 'Complete',
  data: { at, outcome: 'invalid', outcomeLabel: 'Case Invalid', media: [] },
};
const handBack: WorkOrderCommand = { type: 'HandBack', data: { at, reason: written } };
const cancel: WorkOrderCommand = {
  type: 'Cancel',
  data: { at, reason: 'case-withdrawn', causedBySequence: 5 },
};
const confirm: WorkOrderCommand = { type: 'Confirm', data: { at, causedBySequence: 3 } };
const dueSoon: WorkOrderCommand = { type: 'NoteDueSoon', data: { at, dueAt } };
const overdue = (when = afterDue): WorkOrderCommand => ({ type: 'NoteOverdue', data: { at: when, dueAt } });

const run = (...commands: readonly WorkOrderCommand[]) => {
  let state = workOrder.initialState;
  const events: WorkOrderEvent[] = [];
  let last: ReturnType<typeof workOrder.decide> = { outcome: 'accepted', events: [] };
  for (const command of commands) {
    last = workOrder.decide(command, state);
    if (last.outcome === 'accepted') {
      events.push(...last.events);
      state = fold(workOrder, last.events, state);
    }
  }
  return { state, events, last };
};
const recorded = (...commands: readonly WorkOrderCommand[]) => run(issue, ...commands).events.at(-1);
const answer = (...commands: readonly WorkOrderCommand[]) => run(issue, ...commands).last;
const quiet = { outcome: 'accepted', events: [] };
const refused = (code: string) => ({ outcome: 'refused', refusal: { code } });
const moved = { workOrderId: '260000000014-1', caseNumber, at };

describe('IssueWorkOrder', () => {
  it('records the order', () => {
    expect(run(issue).events).toEqual([{ type: 'WorkOrderIssued', data: issue.data }]);
  });
  it('stays quiet when asked twice, also once the work is done', () => {
    expect(run(issue, issue).last).toEqual(quiet);
    expect(run(issue, complete, issue).last).toEqual(quiet);
  });
  it('is refused for another department', () => {
    const other: IssueWorkOrder = { ...issue, data: { ...issue.data, departmentId: 'BTDT' } };
    expect(run(issue, other).last).toMatchObject(refused('already-issued'));
  });
});

describe('Claim', () => {
  it('records who has it', () => {
    expect(recorded(claim())).toEqual({ type: 'WorkOrderClaimed', data: { ...moved, by: 'crew 7' } });
  });
  it('stays quiet for the same crew and is refused to another', () => {
    expect(answer(claim(), claim())).toEqual(quiet);
    expect(answer(claim(), claim('crew 8'))).toEqual({
      outcome: 'refused',
      refusal: { code: 'claimed-by-another', by: 'crew 7' },
    });
  });
  it('does not throw back an order that is further on', () => {
    expect(run(issue, acceptIt, claim()).state).toMatchObject({ status: 'accepted', claimedBy: 'crew 7' });
  });
});

describe('Accept', () => {
  it('records that the department takes it', () => {
    expect(recorded(acceptIt)).toEqual({ type: 'WorkOrderAccepted', data: moved });
  });
  it('stays quiet once accepted, scheduled or started', () => {
    expect(answer(acceptIt, acceptIt)).toEqual(quiet);
    expect(answer(schedule(), acceptIt)).toEqual(quiet);
    expect(answer(start, acceptIt)).toEqual(quiet);
  });
});

describe('Schedule', () => {
  it('records the appointment, and a new one', () => {
    expect(recorded(schedule())).toMatchObject({ type: 'WorkOrderScheduled', data: { scheduledFor: dueAt } });
    expect(recorded(schedule(), schedule(afterDue))).toMatchObject({ data: { scheduledFor: afterDue } });
  });
  it('stays quiet for the same appointment', () => {
    expect(answer(schedule(), schedule())).toEqual(quiet);
  });
  it('gives paused work a new date, but is refused while the crew is at it', () => {
    expect(recorded(start, pause, schedule())).toMatchObject({ type: 'WorkOrderScheduled' });
    expect(answer(start, schedule())).toMatchObject(refused('work-under-way'));
  });
});

describe('Start, Pause and Resume', () => {
  it('record each turn', () => {
    expect(run(issue, start, pause, resume).events.slice(1)).toEqual([
      { type: 'WorkOrderStarted', data: moved },
      { type: 'WorkOrderPaused', data: { ...moved, reason: 'rain' } },
      { type: 'WorkOrderResumed', data: moved },
    ]);
  });
  it('stay quiet when said twice', () => {
    expect(answer(start, start)).toEqual(quiet);
    expect(answer(start, pause, pause)).toEqual(quiet);
    expect(answer(start, pause, resume, resume)).toEqual(quiet);
  });
  it('are refused for another reason while work is paused, and take it after it went on', () => {
    const flood: WorkOrderCommand = { type: 'Pause', data: { at, reason: 'flood' } };
    expect(answer(start, pause, flood)).toEqual({
      outcome: 'refused',
      refusal: { code: 'paused-otherwise', reason: 'rain' },
    });
    expect(recorded(start, pause, resume, flood)).toMatchObject({ data: { reason: 'flood' } });
  });
  it('are refused out of turn', () => {
    expect(answer(pause)).toMatchObject(refused('not-started'));
    expect(answer(schedule(), resume)).toMatchObject(refused('not-started'));
    expect(answer(start, pause, start)).toMatchObject(refused('work-paused'));
  });
});

describe('Complete', () => {
  it.each([
    ['a new order', []],
    ['a claimed one', [claim()]],
    ['an accepted one', [acceptIt]],
    ['a scheduled one', [schedule()]],
    ['a started one', [start]],
    ['a paused one', [start, pause]],
  ] satisfies readonly [string, WorkOrderCommand[]][])('records the outcome of %s', (_, before) => {
    expect(recorded(...before, complete)).toEqual({
      type: 'WorkOrderCompleted',
      data: {
        workOrderId: '260000000014-1',
        caseNumber,
        outcome: 'resolved',
        outcomeLabel: 'Case Resolved',
        text: written,
        media: [],
        completedAt: at,
      },
    });
  });
  it('takes history at its own times, before the order was opened even', () => {
    const long = '2015-01-01T05:00:00.000Z';
    const old: WorkOrderCommand = {
      type: 'Complete',
      data: { at: long, outcome: 'noted', outcomeLabel: '', media: [], stamp: 'Case Closed.' },
    };
    expect(recorded(old)).toMatchObject({ data: { completedAt: long, stamp: 'Case Closed.' } });
  });
  it('stays quiet when said twice and is refused with another outcome', () => {
    expect(answer(complete, complete)).toEqual(quiet);
    expect(answer(complete, { ...complete, data: { ...complete.data, outcomeLabel: 'Done' } })).toMatchObject(
      refused('work-order-over'),
    );
    expect(answer(complete, completeInvalid)).toEqual({
      outcome: 'refused',
      refusal: { code: 'work-order-over', status: 'completed' },
    });
  });
});

describe('HandBack', () => {
  it('records from whom and why', () => {
    expect(recorded(handBack)).toMatchObject({
      type: 'WorkOrderHandedBack',
      data: { departmentId: 'PWDx', reason: written, handedBackAt: at },
    });
  });
  it('stays quiet when said twice and is refused once the work is done', () => {
    expect(answer(handBack, handBack)).toEqual(quiet);
    expect(answer(complete, handBack)).toMatchObject(refused('work-order-over'));
  });
});

describe('Cancel', () => {
  it('records the reason', () => {
    expect(recorded(start, cancel)).toEqual({
      type: 'WorkOrderCancelled',
      data: { ...moved, reason: 'case-withdrawn', causedBySequence: 5 },
    });
  });
  it('stays quiet where nothing is left to cancel, and is refused where nothing was issued', () => {
    for (const before of [cancel, complete, handBack]) expect(answer(before, cancel)).toEqual(quiet);
    expect(run(cancel).last).toMatchObject(refused('not-issued'));
  });
  it('leaves nothing to do but hear the same again', () => {
    for (const next of [claim(), acceptIt, schedule(), start, pause, resume, complete, handBack]) {
      expect(answer(cancel, next)).toMatchObject(refused('work-order-over'));
    }
  });
});

describe('NoteDueSoon and NoteOverdue', () => {
  it('record each warning once', () => {
    expect(run(issue, dueSoon, dueSoon, overdue(), overdue(), dueSoon).events.slice(1)).toEqual([
      { type: 'WorkOrderDueSoon', data: { ...moved, dueAt } },
      { type: 'WorkOrderOverdue', data: { ...moved, at: afterDue, dueAt } },
    ]);
  });
  it('stay quiet for imported orders, ended ones, too early, and for a date that no longer holds', () => {
    const imported: IssueWorkOrder = { ...issue, data: { ...issue.data, imported: true } };
    expect(run(imported, dueSoon).last).toEqual(quiet);
    expect(run(imported, overdue()).last).toEqual(quiet);
    expect(answer(complete, overdue())).toEqual(quiet);
    expect(answer(overdue(at))).toEqual(quiet);
    const otherDate: WorkOrderCommand = {
      type: 'NoteOverdue',
      data: { at: afterDue, dueAt: at },
    };
    expect(answer(otherDate)).toEqual(quiet);
  });
});

describe('Confirm', () => {
  it('records that the case said it again, once', () => {
    expect(recorded(confirm)).toEqual({
      type: 'WorkOrderConfirmed',
      data: { ...moved, causedBySequence: 3 },
    });
    expect(answer(confirm, confirm)).toEqual(quiet);
  });
  it('stays quiet once the order is over, and is refused where nothing was issued', () => {
    expect(answer(complete, confirm)).toEqual(quiet);
    expect(run(confirm).last).toMatchObject(refused('not-issued'));
  });
});

/** What a caller says beside when it happened; another value for each, or why there is no saying it otherwise. */
const notSaid = 'the policy says it, or the next order does';
const protectedAnew = 'only who can read the vault can compare it: the desk does';
type DataOf<T extends WorkOrderCommand['type']> = Extract<WorkOrderCommand, { type: T }>['data'];
type OtherMembers<Data> = {
  readonly [M in Exclude<keyof Data, 'at'>]-?:
    { readonly other: Data[M] } | typeof notSaid | typeof protectedAnew;
};
type Otherwise = { readonly [T in WorkOrderCommand['type']]: OtherMembers<DataOf<T>> };
const otherwise: Otherwise = {
  IssueWorkOrder: {
    workOrderId: notSaid,
    caseNumber: notSaid,
    departmentId: { other: 'BTDT' },
    queue: { other: 'PWDx_Other' },
    serviceCode: notSaid,
    priority: notSaid,
    dueAt: notSaid,
    issuedAt: notSaid,
    causedBySequence: notSaid,
    imported: notSaid,
  },
  Claim: { by: { other: 'crew 8' } },
  Accept: {},
  Schedule: { scheduledFor: { other: afterDue } },
  Start: {},
  Pause: { reason: { other: 'flood' } },
  Resume: {},
  Complete: {
    outcome: { other: 'noted' },
    outcomeLabel: { other: 'Done' },
    text: protectedAnew,
    media: { other: [{ kind: 'external', url: 'https://example.org/after.jpg' }] },
    stamp: { other: 'Case Closed.' },
  },
  HandBack: { reason: protectedAnew },
  Cancel: { causedBySequence: notSaid, reason: notSaid },
  Confirm: { causedBySequence: notSaid },
  NoteDueSoon: { dueAt: notSaid },
  NoteOverdue: { dueAt: notSaid },
};
const each: readonly WorkOrderCommand[] = [
  issue,
  claim(),
  acceptIt,
  schedule(),
  start,
  pause,
  resume,
  complete,
  handBack,
  cancel,
  confirm,
  dueSoon,
  overdue(),
];

describe('What is said again otherwise', () => {
  const isOther = (told: object | string): told is { readonly other: unknown } => typeof told !== 'string';
  const said = each.flatMap((command) =>
    Object.entries<object | string>(otherwise[command.type]).flatMap(([member, told]) =>
      isOther(told) ? [{ type: command.type, member, command, other: told.other }] : [],
    ),
  );
  it('names every command', () => {
    expect(each.map(({ type }) => type).sort()).toEqual(Object.keys(otherwise).sort());
  });
  it.each(said)('$type with another $member is refused or recorded, never lost', ({ command, ...told }) => {
    const before = command.type === 'Pause' ? [start, command] : [command];
    const data = { ...command.data, [told.member]: told.other };
    // What was made from a command is one, whatever the compiler can see.
    const again = { ...command, data } as WorkOrderCommand;
    const last = command.type === 'IssueWorkOrder' ? run(command, again).last : answer(...before, again);
    expect(last.outcome === 'refused' || last.events.length > 0).toBe(true);
  });
});

describe('a work order, whatever is asked of it', () => {
  const command = fc.constantFrom<WorkOrderCommand>(
    issue,
    { ...issue, data: { ...issue.data, departmentId: 'BTDT' } },
    claim(),
    claim('crew 8'),
    acceptIt,
    schedule(),
    schedule(afterDue),
    start,
    pause,
    { type: 'Pause', data: { at, reason: 'flood' } },
    resume,
    complete,
    completeInvalid,
    handBack,
    cancel,
    dueSoon,
    overdue(),
    confirm,
  );
  const history = fc.array(command, { maxLength: 40 });

  it('replays to the same state, and the same command at once again records nothing', () => {
    fc.assert(
      fc.property(history, (commands) => {
        const { state, events } = run(...commands);
        expect(fold(workOrder, events)).toEqual(state);
        const last = commands.at(-1);
        if (last === undefined) return;
        const again = workOrder.decide(last, state);
        expect(again.outcome === 'refused' || again.events.length === 0).toBe(true);
      }),
    );
  });

  it('is issued first, ends at most once, pauses only when started, and never changes its department', () => {
    fc.assert(
      fc.property(history, (commands) => {
        const types = run(...commands).events.map(({ type }) => type);
        if (types.length > 0) expect(types[0]).toBe('WorkOrderIssued');
        expect(types.filter((type) => type === 'WorkOrderIssued').length).toBeLessThanOrEqual(1);
        const end = types.findIndex((type) => /Completed|HandedBack|Cancelled/.test(type));
        if (end >= 0) expect(end).toBe(types.length - 1);
        let atWork = false;
        for (const type of types) {
          if (type === 'WorkOrderPaused') expect(atWork).toBe(true);
          if (type === 'WorkOrderStarted' || type === 'WorkOrderResumed') atWork = true;
          if (type === 'WorkOrderPaused' || type === 'WorkOrderScheduled') atWork = false;
        }
      }),
    );
  });
});
