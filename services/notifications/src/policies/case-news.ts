import type { CaseEvent, ParentNews as ToldOfParent } from '@city311/contracts';
import type { ParentNews, Told } from '@city311/domain-notifications';
import type { ProtectedText } from '@city311/kernel';

/** Wire types that followers may hear of. */
export const newsTypes = [
  'intake.CaseRouted.v1',
  'intake.CaseLinked.v1',
  'intake.CaseUnlinked.v1',
  'intake.ParentNewsNoted.v1',
  'intake.CaseReferred.v1',
  'intake.WorkScheduled.v1',
  'intake.WorkPaused.v1',
  'intake.CaseClosed.v1',
  'intake.CaseReopened.v1',
  'intake.CaseWithdrawn.v1',
] as const;

/** Without the words of whoever closed the parent: those are the notice's own text, which the vault reveals. */
const parentNewsOf = (told: ToldOfParent): ParentNews => {
  if (told.kind !== 'closed' || told.shown === undefined) return told;
  const { parent, outcome } = told.shown;
  return { kind: 'closed', shown: { parent, outcome } };
};

const wordsOf = (told: ToldOfParent | undefined): ProtectedText | undefined =>
  told?.kind === 'closed' ? told.shown?.text : undefined;

const withNews = (told: ToldOfParent | undefined): { parentNews?: ParentNews } =>
  told === undefined ? {} : { parentNews: parentNewsOf(told) };

/** A public case event as the policy reads it; null where it is no news. */
export const toldBy = (event: CaseEvent): Told | null => {
  switch (event.type) {
    case 'intake.CaseRouted.v1': {
      const { basis, departmentId, dueAt, linkedTo, closedMeanwhile } = event.data;
      // Nobody works on it for itself: it follows another, or had ended when the route came.
      if (linkedTo !== undefined || closedMeanwhile === true) return null;
      return { kind: 'routed', basis, departmentId, dueAt };
    }
    case 'intake.CaseLinked.v1': {
      const { parent, parentHidden } = event.data;
      return { kind: 'linked', parent: parentHidden === true ? null : parent };
    }
    case 'intake.CaseUnlinked.v1': {
      const { parentNews } = event.data;
      return parentNews === undefined
        ? null
        : { kind: 'parent-news', news: parentNewsOf(parentNews), follows: false };
    }
    case 'intake.ParentNewsNoted.v1':
      return { kind: 'parent-news', news: parentNewsOf(event.data.parentNews), follows: true };
    case 'intake.CaseReferred.v1':
      if (event.data.closedMeanwhile === true) return null;
      return { kind: 'referred', agency: event.data.agency };
    case 'intake.WorkScheduled.v1':
      return { kind: 'scheduled', scheduledFor: event.data.scheduledFor };
    case 'intake.WorkPaused.v1':
      return { kind: 'paused', reason: event.data.reason };
    case 'intake.CaseClosed.v1': {
      const { outcome, outcomeLabel, media, parentNews } = event.data;
      const text = event.data.text ?? wordsOf(parentNews);
      const told = { kind: 'closed', outcome, outcomeLabel, media, ...withNews(parentNews) } as const;
      return text === undefined ? told : { ...told, text };
    }
    case 'intake.CaseReopened.v1':
      return { kind: 'reopened', dueAt: event.data.dueAt, ...withNews(event.data.parentNews) };
    case 'intake.CaseWithdrawn.v1':
      return { kind: 'withdrawn' };
    default:
      return null;
  }
};
