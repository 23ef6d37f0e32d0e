import { accept, refuse } from '@city311/kernel';
import type { CaseNumber, Decider, Decision, Instant } from '@city311/kernel';

import type {
  Acting,
  AddComment,
  AddPhoto,
  CaseCommand,
  CloseCase,
  CloseWithParent,
  EraseSubject,
  LinkCase,
  OpenCase,
  PauseWork,
  ReclassifyCase,
  ReferCase,
  ReopenCase,
  ResumeWork,
  ReturnToTriage,
  RouteCase,
  ScheduleWork,
  StartWork,
  UnlinkCase,
  WithdrawCase,
} from './case.commands.js';
import type { CaseClosed, StandingRoute, StoredCaseEvent } from './case.events.js';
import { evolve, initialState, photoKey } from './case.state.js';
import type { Case, OpenedCase, RunningClock } from './case.state.js';

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
  /** A live command tells of a time before what it follows upon. */
  | { readonly code: 'impossible-time'; readonly notBefore: Instant }
  | { readonly code: 'wrong-secret' }
  | { readonly code: 'internal-by-reporter' };

type CaseDecision = Decision<StoredCaseEvent, CaseRefusal>;

const before = (a: Instant, b: Instant): boolean => Date.parse(a) < Date.parse(b);

/** Whether a clock ended in time: no due date, or closed no later than it. */
export const endedOnTime = (dueAt: Instant | null, closedAt: Instant): boolean =>
  dueAt === null || !before(dueAt, closedAt);

const refuseNotOpen = (state: Exclude<Case, { status: 'open' }>): CaseDecision => {
  switch (state.status) {
    case 'not-opened':
      return refuse({ code: 'not-opened' });
    case 'closed':
      return refuse({ code: 'case-closed', closedAt: state.closedAt });
    case 'withdrawn':
      return refuse({ code: 'case-withdrawn', withdrawnAt: state.withdrawnAt });
  }
};

const mayAct = (acting: Acting, state: OpenedCase): boolean =>
  acting.by === 'staff' || (state.trackingHash !== null && acting.secretHash === state.trackingHash);

const openCase = ({ data }: OpenCase, state: Case): CaseDecision => {
  if (state.status === 'not-opened') return accept({ type: 'CaseOpened', data });
  return state.openedAt === data.openedAt && state.trackingHash === data.trackingHash
    ? accept()
    : refuse({ code: 'already-opened', openedAt: state.openedAt });
};

const routeCase = ({ data }: RouteCase, state: Case): CaseDecision => {
  if (state.status !== 'not-opened' && data.decision <= state.decision) return accept();
  if (state.status !== 'open') return refuseNotOpen(state);
  const { caseNumber, route, decision, routedAt } = data;
  const { serviceCode, parent } = state;
  const standing = { caseNumber, serviceCode, ...(parent === null ? {} : { linkedTo: parent }) };
  switch (route.basis) {
    case 'outside-city': {
      const { agency, departmentId, queue, explanation } = route;
      const outsideCity = { departmentId, queue, explanation };
      return accept({
        type: 'CaseReferred',
        data: { caseNumber, agency, referredAt: routedAt, outsideCity, decision },
      });
    }
    case 'imported':
      return accept({
        type: 'CaseRouted',
        data: { ...standing, ...route, priority: 'normal', explanation: [], routedAt, decision },
      });
    case 'rule':
    case 'operator':
    case 'triage':
      return accept({
        type: 'CaseRouted',
        data: { ...standing, ...route, priority: route.priority ?? 'normal', routedAt, decision },
      });
  }
};

const reclassifyCase = ({ data }: ReclassifyCase, state: Case): CaseDecision => {
  if (state.status !== 'open') return refuseNotOpen(state);
  const same = state.serviceCode === data.serviceCode && state.definitionVersion === data.definitionVersion;
  return same ? accept() : accept({ type: 'CaseReclassified', data });
};

/** A step that this work order has already told of; repeats and stragglers stay quiet. */
const isKnownStep = (
  state: OpenedCase,
  step: { readonly workOrderId: string; readonly workOrderRevision: number },
): boolean => step.workOrderRevision <= (state.workOrders[step.workOrderId] ?? -1);

const returnToTriage = ({ data }: ReturnToTriage, state: Case): CaseDecision => {
  if (state.status !== 'not-opened' && isKnownStep(state, data)) return accept();
  if (state.status !== 'open') return refuseNotOpen(state);
  const departmentId = 'departmentId' in state.routing ? state.routing.departmentId : null;
  return departmentId === data.fromDepartmentId
    ? accept({ type: 'CaseReturnedToTriage', data })
    : refuse({ code: 'not-with-department', departmentId });
};

const linkCase = ({ data }: LinkCase, state: Case): CaseDecision => {
  const { parentLinkedTo, ...link } = data;
  if (state.status !== 'open') return refuseNotOpen(state);
  if (state.parent === data.parent) return accept();
  if (data.parent === data.caseNumber) return refuse({ code: 'own-parent' });
  if (state.parent !== null) return refuse({ code: 'already-linked', parent: state.parent });
  if (parentLinkedTo !== null) return refuse({ code: 'parent-is-linked', parent: parentLinkedTo });
  return accept({ type: 'CaseLinked', data: link });
};

const standingRoute = (
  { routing, serviceCode }: OpenedCase,
  dueAt: Instant | null,
): { readonly route?: StandingRoute } => {
  if (routing.stage !== 'routed') return {};
  const { departmentId, queue, priority } = routing;
  return { route: { departmentId, queue, serviceCode, priority, dueAt } };
};

const unlinkCase = ({ data }: UnlinkCase, state: Case): CaseDecision => {
  const { dueAtIfReopened, ...link } = data;
  if (state.status === 'not-opened') return refuse({ code: 'not-opened' });
  if (state.parent === null) return accept();
  if (state.parent !== data.parent) return refuse({ code: 'not-linked', parent: state.parent });
  if (state.status === 'open') {
    return accept({ type: 'CaseUnlinked', data: { ...link, ...standingRoute(state, state.clock.dueAt) } });
  }
  const unlinked: StoredCaseEvent = { type: 'CaseUnlinked', data: link };
  if (state.status !== 'closed' || state.followedParent !== data.parent) return accept(unlinked);
  // Closed only because the parent was: its own work was never done.
  const reopened: StoredCaseEvent = {
    type: 'CaseReopened',
    data: {
      caseNumber: data.caseNumber,
      ...standingRoute(state, dueAtIfReopened),
      reopenedAt: data.unlinkedAt,
      dueAt: dueAtIfReopened,
    },
  };
  return accept<StoredCaseEvent>(unlinked, reopened);
};

const referCase = ({ data }: ReferCase, state: Case): CaseDecision => {
  if (state.status !== 'open') return refuseNotOpen(state);
  return state.routing.stage === 'referred' && state.routing.agency === data.agency
    ? accept()
    : accept({ type: 'CaseReferred', data });
};

const followWork = (
  command: ScheduleWork | StartWork | PauseWork | ResumeWork,
  state: Case,
): CaseDecision => {
  if (state.status !== 'not-opened' && isKnownStep(state, command.data)) return accept();
  if (state.status !== 'open') return refuseNotOpen(state);
  if (state.routing.stage === 'awaiting') return refuse({ code: 'not-routed' });
  switch (command.type) {
    case 'ScheduleWork':
      return accept({ type: 'WorkScheduled', data: command.data });
    case 'StartWork':
      return accept({ type: 'WorkStarted', data: command.data });
    case 'PauseWork':
      return accept({ type: 'WorkPaused', data: command.data });
    case 'ResumeWork':
      return state.work.stage === 'paused'
        ? accept({ type: 'WorkResumed', data: command.data })
        : refuse({ code: 'not-paused' });
  }
};

const close = (clock: RunningClock, imported: boolean, closing: Omit<CaseClosed, 'onTime'>): CaseDecision =>
  !imported && before(closing.closedAt, clock.openedAt)
    ? refuse({ code: 'impossible-time', notBefore: clock.openedAt })
    : accept({
        type: 'CaseClosed',
        data: { ...closing, onTime: endedOnTime(clock.dueAt, closing.closedAt) },
      });

const closeCase = ({ data }: CloseCase, state: Case): CaseDecision => {
  const { imported, ...closing } = data;
  if (state.status !== 'not-opened' && data.workOrder && isKnownStep(state, data.workOrder)) {
    return accept();
  }
  if (state.status === 'open') return close(state.clock, imported, closing);
  if (state.status !== 'closed') return refuseNotOpen(state);
  const same =
    state.closedAt === data.closedAt &&
    state.outcome === data.outcome &&
    state.outcomeLabel === data.outcomeLabel;
  if (same) return accept();
  return imported ? close(state.clock, imported, closing) : refuseNotOpen(state);
};

const closeWithParent = ({ data }: CloseWithParent, state: Case): CaseDecision => {
  const { imported, parent, ...closing } = data;
  if (state.status === 'closed') return accept();
  if (state.status !== 'open') return refuseNotOpen(state);
  if (state.parent !== parent) return refuse({ code: 'not-linked', parent: state.parent });
  return close(state.clock, imported, { ...closing, followedParent: parent });
};

const reopenCase = ({ data }: ReopenCase, state: Case): CaseDecision => {
  if (state.status === 'not-opened') return refuse({ code: 'not-opened' });
  if (!mayAct(data, state)) return refuse({ code: 'wrong-secret' });
  if (data.requestId !== undefined && state.reopenings.includes(data.requestId)) return accept();
  if (state.status === 'withdrawn') return refuseNotOpen(state);
  if (state.status === 'open') {
    const reopenedBefore = state.clock.openedAt === data.reopenedAt;
    return reopenedBefore ? accept() : refuse({ code: 'not-closed' });
  }
  if (!data.imported && before(data.reopenedAt, state.closedAt)) {
    return refuse({ code: 'impossible-time', notBefore: state.closedAt });
  }
  const { caseNumber, reason, reopenedAt, dueAt, requestId } = data;
  return accept({
    type: 'CaseReopened',
    data: {
      caseNumber,
      reopenedAt,
      dueAt,
      ...(state.parent === null ? standingRoute(state, dueAt) : {}),
      ...(reason === undefined ? {} : { reason }),
      ...(requestId === undefined ? {} : { requestId }),
    },
  });
};

const withdrawCase = ({ data }: WithdrawCase, state: Case): CaseDecision => {
  if (state.status === 'not-opened') return refuse({ code: 'not-opened' });
  if (!mayAct(data, state)) return refuse({ code: 'wrong-secret' });
  if (state.status === 'withdrawn') return accept();
  if (state.status === 'closed') return refuseNotOpen(state);
  const { caseNumber, withdrawnAt } = data;
  return accept({ type: 'CaseWithdrawn', data: { caseNumber, withdrawnAt } });
};

const addComment = ({ data }: AddComment, state: Case): CaseDecision => {
  if (state.status === 'not-opened') return refuse({ code: 'not-opened' });
  if (!mayAct(data, state)) return refuse({ code: 'wrong-secret' });
  if (data.by === 'reporter' && data.visibility === 'internal') {
    return refuse({ code: 'internal-by-reporter' });
  }
  if (state.commentIds.includes(data.commentId)) return accept();
  if (state.status === 'withdrawn') return refuseNotOpen(state);
  const { caseNumber, commentId, visibility, text, commentedAt } = data;
  return accept({ type: 'CommentAdded', data: { caseNumber, commentId, visibility, text, commentedAt } });
};

const addPhoto = ({ data }: AddPhoto, state: Case): CaseDecision => {
  if (state.status === 'not-opened') return refuse({ code: 'not-opened' });
  if (!mayAct(data, state)) return refuse({ code: 'wrong-secret' });
  if (state.photos.includes(photoKey(data.media))) return accept();
  if (state.status === 'withdrawn') return refuseNotOpen(state);
  const { caseNumber, media, addedAt } = data;
  return accept({ type: 'PhotoAdded', data: { caseNumber, media, addedAt } });
};

const eraseSubject = ({ data }: EraseSubject, state: Case): CaseDecision => {
  if (state.status === 'not-opened') return refuse({ code: 'not-opened' });
  return state.erasedAuthors.includes(data.author) ? accept() : accept({ type: 'SubjectErased', data });
};

export const decide = (command: CaseCommand, state: Case): CaseDecision => {
  switch (command.type) {
    case 'OpenCase':
      return openCase(command, state);
    case 'RouteCase':
      return routeCase(command, state);
    case 'ReclassifyCase':
      return reclassifyCase(command, state);
    case 'ReturnToTriage':
      return returnToTriage(command, state);
    case 'LinkCase':
      return linkCase(command, state);
    case 'UnlinkCase':
      return unlinkCase(command, state);
    case 'ReferCase':
      return referCase(command, state);
    case 'ScheduleWork':
    case 'StartWork':
    case 'PauseWork':
    case 'ResumeWork':
      return followWork(command, state);
    case 'CloseCase':
      return closeCase(command, state);
    case 'CloseWithParent':
      return closeWithParent(command, state);
    case 'ReopenCase':
      return reopenCase(command, state);
    case 'WithdrawCase':
      return withdrawCase(command, state);
    case 'AddComment':
      return addComment(command, state);
    case 'AddPhoto':
      return addPhoto(command, state);
    case 'EraseSubject':
      return eraseSubject(command, state);
  }
};

export const caseDecider: Decider<Case, CaseCommand, StoredCaseEvent, CaseRefusal> = {
  initialState,
  decide,
  evolve,
};
