import type { CaseNumber } from '@city311/kernel';

import type { WorkOrderEvent } from '../departments.js';
import type { CaseEvent } from '../intake.js';

/** Where a case stands, as far as somebody must be at work on it. Members named `…By` are `<event>@<sequence>`. */
export interface CaseStanding {
  readonly caseNumber: CaseNumber;
  readonly serviceCode: string;
  readonly status: 'open' | 'closed' | 'withdrawn';
  /** The opening, closing, reopening or withdrawal that made it so. */
  readonly statusBy: string;
  readonly with: 'nobody' | 'department' | 'triage' | 'referred';
  readonly withBy: string;
  /** The case whose close it follows. */
  readonly parent: CaseNumber | null;
  readonly parentBy: string | null;
  /** Where the close that stands followed a parent's: that parent. */
  readonly closedWith: CaseNumber | null;
  /** Sequence of the last event folded. */
  readonly revision: number;
}

/** One work order of a case; live until it is completed, handed back or cancelled. */
export interface OrderStanding {
  readonly workOrderId: string;
  readonly caseNumber: CaseNumber;
  readonly departmentId: string;
  readonly isLive: boolean;
}

const nameOf = ({ type, sequence }: CaseEvent): string =>
  `${type.slice(type.indexOf('.') + 1, type.lastIndexOf('.'))}@${sequence}`;

const after = (standing: CaseStanding, event: CaseEvent): CaseStanding => {
  const by = nameOf(event);
  switch (event.type) {
    case 'intake.CaseRouted.v1':
      return {
        ...standing,
        serviceCode: event.data.serviceCode,
        with: event.data.basis === 'triage' ? 'triage' : 'department',
        withBy: by,
      };
    case 'intake.CaseReclassified.v1':
      return { ...standing, serviceCode: event.data.serviceCode };
    case 'intake.CaseReturnedToTriage.v1':
      return { ...standing, with: 'triage', withBy: by };
    case 'intake.CaseReferred.v1':
      return { ...standing, with: 'referred', withBy: by };
    case 'intake.CaseLinked.v1':
      return { ...standing, parent: event.data.parent, parentBy: by };
    case 'intake.CaseUnlinked.v1':
      return { ...standing, parent: null, parentBy: by };
    case 'intake.CaseClosed.v1':
      return { ...standing, status: 'closed', statusBy: by, closedWith: event.data.followedParent ?? null };
    case 'intake.CaseReopened.v1':
      return { ...standing, status: 'open', statusBy: by, closedWith: null };
    case 'intake.CaseWithdrawn.v1':
      return { ...standing, status: 'withdrawn', statusBy: by, closedWith: null };
    case 'intake.CaseOpened.v1':
    case 'intake.WorkScheduled.v1':
    case 'intake.WorkStarted.v1':
    case 'intake.WorkPaused.v1':
    case 'intake.WorkResumed.v1':
    case 'intake.CommentAdded.v1':
    case 'intake.PhotoAdded.v1':
    case 'intake.ParentNewsNoted.v1':
    case 'intake.FollowerAnnounced.v1':
    case 'intake.TrackingSecretRenewed.v1':
    case 'intake.TrackingSecretRevoked.v1':
    case 'intake.SubjectErased.v1':
      return standing;
  }
};

/** Where these events of one case's stream, oldest first, leave it; null without its opening. */
export const standingOf = (events: Iterable<CaseEvent>): CaseStanding | null => {
  let standing: CaseStanding | null = null;
  for (const event of events) {
    if (standing !== null) standing = { ...after(standing, event), revision: event.sequence };
    else if (event.type === 'intake.CaseOpened.v1') {
      const { caseNumber, serviceCode } = event.data;
      const by = nameOf(event);
      standing = {
        caseNumber,
        serviceCode,
        status: 'open',
        statusBy: by,
        with: 'nobody',
        withBy: by,
        parent: null,
        parentBy: null,
        closedWith: null,
        revision: event.sequence,
      };
    }
  }
  return standing;
};

const ends: ReadonlySet<string> = new Set<WorkOrderEvent['type']>([
  'departments.WorkOrderCompleted.v1',
  'departments.WorkOrderHandedBack.v1',
  'departments.WorkOrderCancelled.v1',
]);

/** Where these events of one work order's stream leave it; null where it was not issued. */
export const orderStandingOf = (events: readonly WorkOrderEvent[]): OrderStanding | null => {
  const [issued] = events;
  if (issued?.type !== 'departments.WorkOrderIssued.v1') return null;
  const { workOrderId, caseNumber, departmentId } = issued.data;
  return { workOrderId, caseNumber, departmentId, isLive: !events.some(({ type }) => ends.has(type)) };
};
