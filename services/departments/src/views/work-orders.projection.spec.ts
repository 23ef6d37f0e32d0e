import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import { workOrder, type IssueWorkOrder, type WorkOrderCommand } from '@city311/domain-departments';
import {
  fold,
  type CaseNumber,
  type Position,
  type ProtectedText,
  type RecordedEvent,
} from '@city311/kernel';

import { workOrderCodec } from '../work-order.codec.js';
import { workOrderTopicSource } from '../work-order.topic.js';
import { docOfRow, docOfState } from '../work-orders/work-order-doc.js';
import { dueSoonAt } from './due-soon.js';
import { workOrdersProjection } from './work-orders.projection.js';
import type { WorkOrderRow } from './work-orders.view.js';

const at = '2026-07-01T16:00:00.000Z';
const dueAt = '2026-07-03T16:00:00.000Z';
const late = '2026-07-04T16:00:00.000Z';
const written = { original: 'o' as ProtectedText, redacted: 'r' as ProtectedText };
const issue: IssueWorkOrder = {
  type: 'IssueWorkOrder',
  data: {
    workOrderId: '260000000014-1',
    caseNumber: '260000000014' as CaseNumber,
    departmentId: 'PWDx',
    queue: 'q',
    serviceCode: 's',
    priority: 'normal',
    dueAt,
    issuedAt: at,
    causedBySequence: 1,
    imported: false,
  },
};

const recorded = (commands: readonly WorkOrderCommand[]): readonly RecordedEvent[] => {
  let state = workOrder.initialState;
  const events: RecordedEvent[] = [];
  for (const command of commands) {
    const decision = workOrder.decide(command, state);
    if (decision.outcome === 'refused') continue;
    for (const event of decision.events) {
      events.push({
        ...workOrderCodec.toWire(event),
        id: `e${events.length}`,
        source: '/departments',
        subject: '260000000014',
        time: at,
        stream: 'departments.workorder-260000000014-1',
        sequence: events.length,
        recordedTime: at,
        actor: 'test',
        jurisdiction: 'boston',
        imported: false,
        correlationId: 'c',
        position: `${events.length}` as Position,
      });
    }
    state = fold(workOrder, decision.events, state);
  }
  return events;
};

describe('The inbox view', () => {
  const command = fc.constantFrom<WorkOrderCommand>(
    { type: 'Claim', data: { at, by: 'crew 7' } },
    { type: 'Accept', data: { at } },
    { type: 'Schedule', data: { at, scheduledFor: dueAt } },
    { type: 'Start', data: { at } },
    { type: 'Pause', data: { at, reason: 'rain' } },
    { type: 'Resume', data: { at } },
    { type: 'Complete', data: { at, outcome: 'resolved', outcomeLabel: '', media: [] } },
    { type: 'HandBack', data: { at, reason: written } },
    { type: 'Cancel', data: { at, reason: 'case-closed', causedBySequence: 9 } },
    { type: 'Confirm', data: { at, causedBySequence: 3 } },
    { type: 'NoteDueSoon', data: { at, dueAt } },
    { type: 'NoteOverdue', data: { at: late, dueAt } },
  );

  it('shows what the fold of the stream shows, whatever happened', () => {
    fc.assert(
      fc.property(fc.array(command, { maxLength: 20 }), (commands) => {
        const events = recorded([issue, ...commands]);
        const row = events
          .flatMap((event) => workOrderTopicSource.translate(event) ?? [])
          .reduce<WorkOrderRow | null>((doc, event) => workOrdersProjection.apply(doc, event), null);
        const state = fold(
          workOrder,
          events.map(({ type, data }) => workOrderCodec.fromWire(type, data)),
        );
        expect(row && docOfRow(row, late)).toEqual(docOfState(state, late));
      }),
    );
  });

  it('keeps to itself what is private to the service', () => {
    const [first] = recorded([issue]);
    const shown = first && workOrderTopicSource.translate(first);
    expect(shown?.data).not.toHaveProperty('causedBySequence');
    expect(shown?.data).not.toHaveProperty('imported');
  });

  it('has a timer for an order with a due date, and none for one without, or of an older system', () => {
    const timerOf = (imported: boolean, due: string | null): string | null | undefined => {
      const [first] = recorded([{ ...issue, data: { ...issue.data, dueAt: due, imported } }]);
      const shown = first && workOrderTopicSource.translate({ ...first, imported });
      const before = null;
      return shown && workOrdersProjection.apply(before, shown)?.timerAt;
    };
    expect(timerOf(false, dueAt)).toBe(dueSoonAt(at, dueAt));
    expect(timerOf(false, null)).toBeNull();
    expect(timerOf(true, dueAt)).toBeNull();
  });

  it('warns after four fifths of the time, at most a day before', () => {
    expect(dueSoonAt(at, dueAt)).toBe('2026-07-03T06:24:00.000Z');
    expect(dueSoonAt(at, '2026-08-01T16:00:00.000Z')).toBe('2026-07-31T16:00:00.000Z');
  });
});
