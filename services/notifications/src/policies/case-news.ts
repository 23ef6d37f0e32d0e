import type { CaseEvent } from '@city311/contracts';
import type { Told } from '@city311/domain-notifications';

/** Wire types that followers may hear of. */
export const newsTypes = [
  'intake.CaseRouted.v1',
  'intake.CaseLinked.v1',
  'intake.CaseReferred.v1',
  'intake.WorkScheduled.v1',
  'intake.WorkPaused.v1',
  'intake.CaseClosed.v1',
  'intake.CaseReopened.v1',
  'intake.CaseWithdrawn.v1',
] as const;

/** A public case event as the policy reads it; null where it is no news. */
export const toldBy = (event: CaseEvent): Told | null => {
  switch (event.type) {
    case 'intake.CaseRouted.v1': {
      const { basis, departmentId, dueAt } = event.data;
      return { kind: 'routed', basis, departmentId, dueAt };
    }
    case 'intake.CaseLinked.v1':
      return { kind: 'linked', parent: event.data.parent };
    case 'intake.CaseReferred.v1':
      if (event.data.closedMeanwhile === true) return null;
      return { kind: 'referred', agency: event.data.agency };
    case 'intake.WorkScheduled.v1':
      return { kind: 'scheduled', scheduledFor: event.data.scheduledFor };
    case 'intake.WorkPaused.v1':
      return { kind: 'paused', reason: event.data.reason };
    case 'intake.CaseClosed.v1': {
      const { outcome, outcomeLabel, text, media } = event.data;
      const told = { kind: 'closed', outcome, outcomeLabel, media } as const;
      return text === undefined ? told : { ...told, text };
    }
    case 'intake.CaseReopened.v1':
      return { kind: 'reopened', dueAt: event.data.dueAt };
    case 'intake.CaseWithdrawn.v1':
      return { kind: 'withdrawn' };
    default:
      return null;
  }
};
