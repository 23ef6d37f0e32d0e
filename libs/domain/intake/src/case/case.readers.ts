import type { CaseNumber, Instant, Visibility } from '@city311/kernel';

import type { StoredCaseEvent } from './case.events.js';
import type { Case } from './case.state.js';

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

/** What a policy or a controller asks of a case before it gives a command. */
export interface CaseSummary {
  readonly caseNumber: CaseNumber;
  readonly status: 'open' | 'closed' | 'withdrawn';
  readonly visibility: Visibility;
  readonly serviceCode: string;
  readonly definitionVersion: number;
  readonly departmentId: string | null;
  readonly queue: string | null;
  readonly openedAt: Instant;
  /** Of the running clock, or the one that gave the last result. */
  readonly clock: { readonly openedAt: Instant; readonly dueAt: Instant | null };
  readonly closedAt: Instant | null;
  readonly parent: CaseNumber | null;
}

/** Null where there is no such case. */
export const caseSummary = (state: Case): CaseSummary | null => {
  if (state.status === 'not-opened') return null;
  const { caseNumber, status, visibility, serviceCode, definitionVersion, openedAt, clock, parent } = state;
  const at = state.routing.stage === 'routed' || state.routing.stage === 'triage' ? state.routing : null;
  return {
    caseNumber,
    status,
    visibility,
    serviceCode,
    definitionVersion,
    departmentId: at?.departmentId ?? null,
    queue: at?.queue ?? null,
    openedAt,
    clock,
    closedAt: state.status === 'closed' ? state.closedAt : null,
    parent,
  };
};
