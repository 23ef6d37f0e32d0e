import { refuse } from '@city311/kernel';
import type { CaseNumber, Decision, Instant } from '@city311/kernel';

import type { StoredCaseEvent } from './case.events.js';
import type { Case } from './case.state.js';

export type CaseRefusal =
  | { readonly code: 'not-opened' }
  | { readonly code: 'already-opened'; readonly openedAt: Instant }
  | { readonly code: 'case-closed'; readonly closedAt: Instant }
  | { readonly code: 'case-withdrawn'; readonly withdrawnAt: Instant }
  | { readonly code: 'not-closed' }
  | { readonly code: 'not-routed' }
  | { readonly code: 'not-paused' }
  /** The department that hands back does not have the case (any more). */
  | { readonly code: 'not-with-department'; readonly departmentId: string | null }
  | { readonly code: 'own-parent' }
  | { readonly code: 'parent-is-linked'; readonly parent: CaseNumber }
  | { readonly code: 'already-linked'; readonly parent: CaseNumber }
  | { readonly code: 'not-linked'; readonly parent: CaseNumber | null }
  /** The two are not the same kind of trouble. */
  | { readonly code: 'services-differ' }
  /** The case has changed since the caller looked at it: look again. */
  | { readonly code: 'overtaken' }
  /** A live command tells of a time before what it follows upon. */
  | { readonly code: 'impossible-time'; readonly notBefore: Instant }
  | { readonly code: 'wrong-secret' }
  | { readonly code: 'internal-by-reporter' }
  /** So many comments or photos are there already. */
  | { readonly code: 'too-much-said'; readonly atMost: number };

export type CaseDecision = Decision<StoredCaseEvent, CaseRefusal>;

export const before = (a: Instant, b: Instant): boolean => Date.parse(a) < Date.parse(b);

/** Whether a clock ended in time: no due date, or closed no later than it. */
export const endedOnTime = (dueAt: Instant | null, closedAt: Instant): boolean =>
  dueAt === null || !before(dueAt, closedAt);

export const refuseNotOpen = (state: Exclude<Case, { status: 'open' }>): CaseDecision => {
  switch (state.status) {
    case 'not-opened':
      return refuse({ code: 'not-opened' });
    case 'closed':
      return refuse({ code: 'case-closed', closedAt: state.closedAt });
    case 'withdrawn':
      return refuse({ code: 'case-withdrawn', withdrawnAt: state.withdrawnAt });
  }
};
