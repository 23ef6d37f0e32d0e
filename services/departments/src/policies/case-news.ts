import type { CaseEvent } from '@city311/contracts';
import type { CaseNews } from '@city311/domain-departments';

/** Wire types that may end or begin a work order. */
export const newsTypes = [
  'intake.CaseRouted.v1',
  'intake.CaseReferred.v1',
  'intake.CaseReturnedToTriage.v1',
  'intake.CaseLinked.v1',
  'intake.CaseUnlinked.v1',
  'intake.CaseWithdrawn.v1',
  'intake.CaseClosed.v1',
  'intake.CaseReopened.v1',
] as const;

/** A public case event as the policy reads it; null where work orders do not care. */
export const newsOf = (event: CaseEvent): CaseNews | null => {
  switch (event.type) {
    case 'intake.CaseRouted.v1': {
      const { basis, linkedTo, departmentId, queue, serviceCode, priority, dueAt } = event.data;
      const { closedMeanwhile = false, reopened = false } = event.data;
      if (closedMeanwhile) return { kind: 'closed' };
      if (linkedTo !== undefined) return { kind: 'linked' };
      if (basis === 'triage') return { kind: 'in-triage' };
      return { kind: 'routed', departmentId, queue, serviceCode, priority, dueAt, reopened };
    }
    case 'intake.CaseReturnedToTriage.v1':
      return { kind: 'in-triage' };
    case 'intake.CaseReferred.v1':
      return { kind: 'referred' };
    case 'intake.CaseLinked.v1':
      return { kind: 'linked' };
    case 'intake.CaseUnlinked.v1':
      return { kind: 'unlinked', route: event.data.route ?? null };
    case 'intake.CaseWithdrawn.v1':
      return { kind: 'withdrawn' };
    case 'intake.CaseClosed.v1':
      return { kind: 'closed' };
    case 'intake.CaseReopened.v1':
      return { kind: 'reopened', route: event.data.route ?? null };
    default:
      return null;
  }
};
