import { textOf } from '../../server/json.js';
import type { Anomaly } from '../history.js';
import { dataOf, idOf, lastStanding, nameOf, type Log, type Placed } from '../log-model.js';

const ends = new Set([
  'departments.WorkOrderCompleted.v1',
  'departments.WorkOrderHandedBack.v1',
  'departments.WorkOrderCancelled.v1',
]);

export const isOver = (order: readonly Placed[]): boolean => order.some(({ event }) => ends.has(event.type));

export const caseOf = (order: readonly Placed[]): string =>
  idOf(order[0]?.event.stream ?? '').replace(/-[0-9]+$/, '');

/** Which department should be at work now; null where none should, with the recorded reason. */
const expectedOf = (
  events: readonly Placed[],
): { readonly departmentId: string } | { readonly reason: string } => {
  const { status, with: holder, parent } = lastStanding(events);
  if (status !== 'open') return { reason: status };
  if (parent !== null) return { reason: 'duplicate' };
  return holder.stage === 'department' ? { departmentId: holder.departmentId } : { reason: holder.stage };
};

/** Promise 1: in the end every case has its route and its work order, or the recorded reason why not. */
export const checkFates = (log: Log): readonly Anomaly[] => {
  const found: Anomaly[] = [];
  const open = new Map<string, (readonly Placed[])[]>();
  for (const order of log.of('departments.workorder')) {
    if (isOver(order)) continue;
    const caseNumber = caseOf(order);
    open.set(caseNumber, [...(open.get(caseNumber) ?? []), order]);
  }
  for (const events of log.of('intake.case')) {
    const caseNumber = idOf(events[0]?.event.stream ?? '');
    const orders = open.get(caseNumber) ?? [];
    const expected = expectedOf(events);
    const blame = [...events.slice(-1), ...orders.flatMap((order) => order.slice(-1))].map(nameOf);
    if ('reason' in expected) {
      if (expected.reason === 'nobody') {
        const says = `case ${caseNumber} was never routed and nothing says why`;
        found.push({ promise: 1, code: 'no-route', says, events: blame });
      } else if (orders.length > 0) {
        const says = `case ${caseNumber} is ${expected.reason} and still has a work order`;
        found.push({ promise: 1, code: 'needless-work-order', says, events: blame });
      }
      continue;
    }
    const departments = orders.map(([issued]) =>
      issued === undefined ? '' : textOf(dataOf(issued)['departmentId']),
    );
    if (departments.length === 1 && departments[0] === expected.departmentId) continue;
    const says = `case ${caseNumber} is with ${expected.departmentId}; open work orders: ${departments.join(', ') || 'none'}`;
    found.push({ promise: 1, code: 'no-work-order', says, events: blame });
  }
  return found;
};
