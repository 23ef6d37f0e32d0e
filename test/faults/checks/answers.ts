import { itemsOf, textOf } from '../../server/json.js';
import type { Anomaly, History, SentAction, SentMove } from '../history.js';
import { dataOf, idOf, nameOf, type Log, type Placed } from '../log-model.js';

const isTaken = (status: number): boolean => status === 200 || status === 201;
const typeOf: Readonly<Record<SentAction['kind'], string>> = {
  comment: 'intake.CommentAdded.v1',
  withdrawal: 'intake.CaseWithdrawn.v1',
  reopening: 'intake.CaseReopened.v1',
};
/** Transitions that always leave their own event; `accept` may be implied by a later one. */
const moveType: Readonly<Record<string, string>> = {
  claim: 'departments.WorkOrderClaimed.v1',
  schedule: 'departments.WorkOrderScheduled.v1',
  start: 'departments.WorkOrderStarted.v1',
  pause: 'departments.WorkOrderPaused.v1',
  resume: 'departments.WorkOrderResumed.v1',
  complete: 'departments.WorkOrderCompleted.v1',
  'hand-back': 'departments.WorkOrderHandedBack.v1',
};

/** Name under which the drivers write a report's own id into its case. */
export const faultsSystem = 'faults';

const openingsByReport = (log: Log): ReadonlyMap<string, readonly Placed[]> => {
  const found = new Map<string, Placed[]>();
  for (const placed of log.typed('intake.CaseOpened.v1')) {
    for (const reference of itemsOf(dataOf(placed), 'externalReferences')) {
      if (reference['system'] !== faultsSystem) continue;
      const id = textOf(reference['id']);
      found.set(id, [...(found.get(id) ?? []), placed]);
    }
  }
  return found;
};

const checkReports = ({ reports, cases }: History, log: Log): Anomaly[] => {
  const openings = openingsByReport(log);
  const found: Anomaly[] = [];
  const holder = new Map<string, string>();
  for (const { id, answers } of reports) {
    const taken = answers.flatMap((told) => (told !== null && isTaken(told.status) ? [told] : []));
    const numbers = new Set(taken.map(({ caseNumber }) => caseNumber));
    const opened = openings.get(id) ?? [];
    const events = opened.map(nameOf);
    if (numbers.size > 1 || new Set(taken.map(({ trackingSecret }) => trackingSecret)).size > 1) {
      const says = `report ${id} got different answers: ${[...numbers].join(', ')}`;
      found.push({ promise: 2, code: 'answers-differ', says, events });
    }
    if (opened.length > 1) {
      found.push({
        promise: 2,
        code: 'doubled-case',
        says: `report ${id} became ${opened.length} cases`,
        events,
      });
    }
    for (const number of numbers) {
      const other = holder.get(number);
      holder.set(number, id);
      if (other !== undefined) {
        const says = `reports ${other} and ${id} were both answered with ${number}`;
        found.push({ promise: 2, code: 'shared-number', says, events });
      }
      const there = opened.some(({ event }) => idOf(event.stream) === number);
      if (!there || cases.get(number) === null || !cases.has(number)) {
        const says = `report ${id} was answered with ${number}, which ${there ? 'is not shown' : 'is not in the log'}`;
        found.push({ promise: 1, code: 'lost-case', says, events });
      }
    }
  }
  return found;
};

const checkReceipts = (log: Log): Anomaly[] => {
  const found: Anomaly[] = [];
  const receipts = new Map<string, string[]>();
  for (const events of log.of('intake.receipt')) {
    for (const taken of events) {
      // What is said about a case has a receipt of its own kind.
      if (taken.event.type !== 'intake.ReceiptTaken.v1') continue;
      const number = textOf(dataOf(taken)['caseNumber']);
      receipts.set(number, [...(receipts.get(number) ?? []), nameOf(taken)]);
      if (log.stream(`intake.case-${number}`).length > 0) continue;
      const says = `the receipt for case ${number} was never completed`;
      found.push({ promise: 1, code: 'receipt-without-case', says, events: [nameOf(taken)] });
    }
  }
  for (const opened of log.typed('intake.CaseOpened.v1')) {
    const names = receipts.get(idOf(opened.event.stream)) ?? [];
    if (names.length === 1) continue;
    const says = `case ${idOf(opened.event.stream)} stands on ${names.length} receipts`;
    found.push({
      promise: 2,
      code: 'receipts-of-case',
      says,
      events: [nameOf(opened), ...names],
    });
  }
  return found;
};

const checkAction = ({ id, kind, caseNumber, at, status }: SentAction, log: Log): Anomaly[] => {
  const stream = log.stream(`intake.case-${caseNumber}`);
  const typed = stream.filter(({ event }) => event.type === typeOf[kind]);
  const own = typed.filter(({ event }) => event.time === at);
  if (own.length > 1) {
    const says = `${kind} ${id} was done ${own.length} times`;
    return [{ promise: 2, code: 'doubled-action', says, events: own.map(nameOf) }];
  }
  // A withdrawal of what is withdrawn already is quiet.
  const done = kind === 'withdrawal' ? typed : own;
  if (!isTaken(status) || done.length > 0) return [];
  const says = `${kind} ${id} of case ${caseNumber} was answered with ${status} and is not in the log`;
  return [{ promise: 1, code: 'lost-action', says, events: stream.slice(-1).map(nameOf) }];
};

const checkMove = ({ workOrderId, action, status }: SentMove, log: Log): Anomaly[] => {
  const type = moveType[action];
  const stream = log.stream(`departments.workorder-${workOrderId}`);
  if (status !== 200 || type === undefined || stream.some(({ event }) => event.type === type)) return [];
  const says = `${action} of work order ${workOrderId} was answered with 200 and is not in the log`;
  return [{ promise: 1, code: 'lost-move', says, events: stream.slice(-1).map(nameOf) }];
};

/** Promises 1 and 2: what was answered is there, once, and every answer to one id was the same. */
export const checkAnswers = (history: History, log: Log): readonly Anomaly[] => [
  ...history.defects.map((says): Anomaly => ({ promise: 0, code: 'defect-answered', says, events: [] })),
  ...checkReports(history, log),
  ...checkReceipts(log),
  ...history.actions.flatMap((action) => checkAction(action, log)),
  ...history.moves.flatMap((move) => checkMove(move, log)),
];
