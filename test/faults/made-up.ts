import type { Position, RecordedEvent } from '@city311/kernel';

import { faultsSystem } from './checks/answers.js';
import type { History } from './history.js';

const at = '2026-03-01T12:00:00.000Z';
export const commentedAt = '2026-03-01T13:00:00.000Z';

export interface MadeUp {
  readonly stream: string;
  readonly type: string;
  readonly data?: Readonly<Record<string, unknown>>;
  readonly causedBy?: string;
  readonly at?: string;
  readonly sequence?: number;
  readonly id?: string;
}

const caseNumber = '260000000014';
export const inCase = `intake.case-${caseNumber}`;
export const order = `departments.workorder-${caseNumber}-1`;
export const routing = `routing.case-${caseNumber}`;
export const notice = `notifications.notice-${caseNumber}-1-neighbor`;
const messageId = `<${caseNumber}-1-neighbor@localhost>`;

/** A log of these events; sequences are counted, ids are `e0`, `e1` … where none is given. */
const logOf = (events: readonly MadeUp[]): readonly RecordedEvent[] => {
  const next = new Map<string, number>();
  return events.map(({ stream, type, data = {}, causedBy, at: time = at, sequence, id }, place) => {
    const counted = next.get(stream) ?? 0;
    next.set(stream, counted + 1);
    return {
      id: id ?? `e${place}`,
      type,
      source: '/made-up',
      subject: /[0-9]{12}/.exec(stream)?.[0] ?? stream,
      time,
      stream,
      sequence: sequence ?? counted,
      recordedTime: at,
      actor: 'key:made-up',
      jurisdiction: 'boston',
      imported: false,
      correlationId: 'made-up',
      ...(causedBy === undefined ? {} : { causationId: causedBy }),
      position: String(place).padStart(8, '0') as Position,
      data,
    };
  });
};

/** One report that was taken, routed, commented on, worked on and closed, and its follower told of all of it. */
export const goodEvents: readonly MadeUp[] = [
  { stream: 'intake.receipt-r1', type: 'intake.ReceiptTaken.v1', data: { caseNumber } },
  {
    stream: inCase,
    type: 'intake.CaseOpened.v1',
    id: 'opened',
    data: { caseNumber, externalReferences: [{ system: faultsSystem, id: 'report-1' }] },
  },
  { stream: routing, type: 'routing.RouteDecided.v1', id: 'decided', causedBy: 'opened' },
  {
    stream: inCase,
    type: 'intake.CaseRouted.v1',
    id: 'routed',
    causedBy: 'decided',
    data: { departmentId: 'PWDx', basis: 'rule' },
  },
  {
    stream: notice,
    type: 'notifications.NoticeQueued.v1',
    causedBy: 'routed',
    data: { about: { sequence: 1 }, messageId },
  },
  {
    stream: order,
    type: 'departments.WorkOrderIssued.v1',
    id: 'issued',
    causedBy: 'routed',
    data: { departmentId: 'PWDx', causedBySequence: 1 },
  },
  { stream: notice, type: 'notifications.NoticeSent.v1' },
  { stream: inCase, type: 'intake.CommentAdded.v1', at: commentedAt },
];

/** Goes on to the end of the work; its follower is not told, for brevity `followed` is off there. */
export const completion: readonly MadeUp[] = [
  { stream: order, type: 'departments.WorkOrderCompleted.v1', id: 'completed' },
  { stream: inCase, type: 'intake.CaseClosed.v1', causedBy: 'completed' },
];

const shown = [`0 CaseOpened`, `1 CaseRouted`, `2 CommentAdded`];

/** The history of `goodEvents`, without anomaly, changed where told. */
export const historyOf = (
  changes: Partial<Omit<History, 'log'>> = {},
  events: readonly MadeUp[] = goodEvents,
): History => ({
  reports: [
    {
      id: 'report-1',
      followed: true,
      answers: [null, { status: 200, caseNumber, trackingSecret: 'secret' }],
    },
  ],
  actions: [{ id: 'comment-1', kind: 'comment', caseNumber, at: commentedAt, status: 201 }],
  moves: [],
  defects: [],
  log: logOf(events),
  cases: new Map([[caseNumber, { caseNumber, status: 'open', timeline: shown }]]),
  orders: [{ workOrderId: `${caseNumber}-1`, caseNumber, departmentId: 'PWDx', status: 'issued' }],
  notices: [{ noticeId: `${caseNumber}-1-neighbor`, status: 'sent' }],
  mails: [{ where: 'a.eml', messageId }],
  rebuilt: [],
  parked: [],
  ...changes,
});
