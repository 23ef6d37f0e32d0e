import type { Instant } from '@city311/kernel';
import type { ViewDeclaration } from '@city311/read-models';

/** One work order as the inbox keeps it. */
export interface WorkOrderRow {
  readonly workOrderId: string;
  readonly caseNumber: string;
  readonly departmentId: string;
  readonly queue: string;
  readonly serviceCode: string;
  readonly priority: string;
  readonly dueAt: Instant | null;
  readonly status: string;
  readonly claimedBy: string | null;
  readonly scheduledFor: Instant | null;
  readonly issuedAt: Instant;
  readonly imported: boolean;
  /** Grows with every order issued: who reads on from it misses none. */
  readonly issuedPosition: string;
  /** When the next warning falls due (due soon, then overdue); null where there is none. */
  readonly timerAt: Instant | null;
}

export const workOrdersView: ViewDeclaration<WorkOrderRow> = {
  name: 'work_orders',
  version: 1,
  columns: {
    workOrderId: { type: 'text', value: (row) => row.workOrderId },
    caseNumber: { type: 'text', value: (row) => row.caseNumber },
    departmentId: { type: 'text', value: (row) => row.departmentId },
    queue: { type: 'text', value: (row) => row.queue },
    status: { type: 'text', value: (row) => row.status },
    dueAt: { type: 'text', value: (row) => row.dueAt },
    issuedPosition: { type: 'text', value: (row) => row.issuedPosition },
    timerAt: { type: 'text', value: (row) => row.timerAt },
  },
  indexes: [['caseNumber'], ['departmentId', 'status', 'workOrderId'], ['issuedPosition'], ['timerAt']],
};
