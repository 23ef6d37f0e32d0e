import type { Instant } from '@city311/kernel';

import type { StoredCaseEvent } from './case.events.js';

/** One run from an opening or reopening to the close; nulls while it runs, and for ever where withdrawn. */
export interface CaseClock {
  readonly openedAt: Instant;
  readonly dueAt: Instant | null;
  readonly closedAt: Instant | null;
  readonly onTime: boolean | null;
}

/** Every clock of the case, oldest first. A clock closed twice (older systems tell so) has the later result. */
export const clocks = (events: Iterable<StoredCaseEvent>): readonly CaseClock[] => {
  const all: CaseClock[] = [];
  const changeLast = (change: Partial<CaseClock>): void => {
    const last = all.pop();
    if (last !== undefined) all.push({ ...last, ...change });
  };
  for (const event of events) {
    switch (event.type) {
      case 'CaseOpened': {
        const dueAt = event.data.imported?.dueAt ?? null;
        all.push({ openedAt: event.data.openedAt, dueAt, closedAt: null, onTime: null });
        break;
      }
      case 'CaseReopened': {
        const { reopenedAt, dueAt } = event.data;
        all.push({ openedAt: reopenedAt, dueAt, closedAt: null, onTime: null });
        break;
      }
      case 'CaseRouted':
      case 'CaseReclassified':
        if (all.at(-1)?.closedAt === null) changeLast({ dueAt: event.data.dueAt });
        break;
      case 'CaseClosed':
        changeLast({ closedAt: event.data.closedAt, onTime: event.data.onTime });
        break;
      case 'CaseReturnedToTriage':
      case 'CaseLinked':
      case 'CaseUnlinked':
      case 'ParentNewsNoted':
      case 'FollowerAnnounced':
      case 'TrackingSecretRenewed':
      case 'TrackingSecretRevoked':
      case 'CaseReferred':
      case 'WorkScheduled':
      case 'WorkStarted':
      case 'WorkPaused':
      case 'WorkResumed':
      case 'CaseWithdrawn':
      case 'CommentAdded':
      case 'PhotoAdded':
      case 'SubjectErased':
        break;
    }
  }
  return all;
};
