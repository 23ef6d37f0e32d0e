import type { Anomaly, History, Rebuilt } from '../history.js';
import { categoryOf, idOf, lastStanding, nameOf, type Log } from '../log-model.js';

const lastLine = 3;

/** Lines of `one` that `other` lacks; a line that stands twice must stand twice there. */
const missingFrom = (one: readonly string[], other: readonly string[]): readonly string[] => {
  const left = new Map<string, number>();
  for (const line of other) left.set(line, (left.get(line) ?? 0) + 1);
  return one.filter((line) => {
    const count = left.get(line) ?? 0;
    left.set(line, count - 1);
    return count <= 0;
  });
};

const checkRebuilt = ({ view, question, before, after }: Rebuilt): readonly Anomaly[] => {
  const gone = missingFrom(before, after);
  const fresh = missingFrom(after, before);
  if (gone.length + fresh.length === 0) return [];
  const shown = [
    ...gone.slice(0, lastLine).map((line) => `- ${line}`),
    ...fresh.slice(0, lastLine).map((line) => `+ ${line}`),
  ];
  const says = `${view}, built anew, answers ${question} otherwise:\n${shown.join('\n')}`;
  return [{ promise: 6, code: 'rebuilt-differs', says, events: [] }];
};

const statusAfter: Readonly<Record<string, string>> = {
  'departments.WorkOrderIssued.v1': 'issued',
  'departments.WorkOrderClaimed.v1': 'claimed',
  'departments.WorkOrderAccepted.v1': 'accepted',
  'departments.WorkOrderScheduled.v1': 'scheduled',
  'departments.WorkOrderStarted.v1': 'started',
  'departments.WorkOrderResumed.v1': 'started',
  'departments.WorkOrderPaused.v1': 'paused',
  'departments.WorkOrderCompleted.v1': 'completed',
  'departments.WorkOrderHandedBack.v1': 'handed-back',
  'departments.WorkOrderCancelled.v1': 'cancelled',
  'notifications.NoticeQueued.v1': 'queued',
  'notifications.NoticeSent.v1': 'sent',
  'notifications.NoticeFailed.v1': 'failed',
  'notifications.NoticeUncertain.v1': 'uncertain',
  'notifications.NoticeSuppressed.v1': 'suppressed',
};

/** Statuses by id as the log tells them. */
const statusesOf = (category: string, log: Log): ReadonlyMap<string, string> => {
  const statuses = new Map<string, string>();
  for (const { event } of log.all) {
    const status = statusAfter[event.type];
    if (status === undefined || categoryOf(event.stream) !== category) continue;
    statuses.set(idOf(event.stream), status);
  }
  return statuses;
};

const checkListed = (category: string, listed: ReadonlyMap<string, string>, log: Log): readonly Anomaly[] => {
  const told = statusesOf(category, log);
  return [...new Set([...told.keys(), ...listed.keys()])].flatMap((id) => {
    const [should, is] = [told.get(id) ?? 'absent', listed.get(id) ?? 'absent'];
    // A failure that will not be tried again is listed under a name of its own.
    if (should === is || (should === 'failed' && is === 'given-up')) return [];
    const events = log.stream(`${category}-${id}`).slice(-1).map(nameOf);
    const says = `${category} ${id} is ${should} in the log and ${is} in its view`;
    return [{ promise: 6 as const, code: 'view-differs-from-log', says, events }];
  });
};

const checkCases = ({ cases }: History, log: Log): readonly Anomaly[] =>
  [...cases].flatMap(([caseNumber, shown]) => {
    const events = log.stream(`intake.case-${caseNumber}`);
    if (shown === null || events.length === 0) return [];
    const told = events.map(({ event }) => `${event.sequence} ${event.type.split('.')[1] ?? ''}`);
    const status = lastStanding(events).status;
    if (shown.timeline.join() === told.join() && shown.status === status) return [];
    const says = `case ${caseNumber} is shown as ${shown.status} (${shown.timeline.join(', ')}), the log says ${status}`;
    return [
      { promise: 6 as const, code: 'case-differs-from-log', says, events: events.slice(-1).map(nameOf) },
    ];
  });

/** Promise 6: every view equals itself built anew, and the log. */
export const checkViews = (history: History, log: Log): readonly Anomaly[] => [
  ...history.rebuilt.flatMap(checkRebuilt),
  ...checkListed(
    'departments.workorder',
    new Map(history.orders.map(({ workOrderId, status }) => [workOrderId, status])),
    log,
  ),
  ...checkListed(
    'notifications.notice',
    new Map(history.notices.map(({ noticeId, status }) => [noticeId, status])),
    log,
  ),
  ...checkCases(history, log),
  ...history.parked.map(({ group, parked }): Anomaly => ({
    promise: 5,
    code: 'parked',
    says: `${group} has parked ${parked}`,
    events: [],
  })),
];
