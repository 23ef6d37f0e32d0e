import { itemsOf, membersOf, textOf } from '../server/json.js';

/** What the player needs of an order in the departments' inbox. */
export interface WorkOrder {
  readonly workOrderId: string;
  readonly caseNumber: string;
  readonly status: string;
}

/** No further work: completed, handed back or cancelled. */
export const isEnded = ({ status }: WorkOrder): boolean =>
  status === 'completed' || status === 'handed-back' || status === 'cancelled';

/** A page of `GET /api/work-orders`; `next` is `''` where there is none. */
export const pageOf = (body: unknown): { readonly orders: readonly WorkOrder[]; readonly next: string } => ({
  orders: itemsOf(body, 'items').map((item) => ({
    workOrderId: textOf(item['workOrderId']),
    caseNumber: textOf(item['caseNumber']),
    status: textOf(item['status']),
  })),
  next: textOf(membersOf(body)['next']),
});
