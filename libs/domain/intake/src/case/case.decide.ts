import { accept, refuse } from '@city311/kernel';
import type { Decider } from '@city311/kernel';

import type {
  Acting,
  AddComment,
  AddPhoto,
  CaseCommand,
  CloseCase,
  EraseSubject,
  OpenCase,
  PauseWork,
  ReclassifyCase,
  ReferCase,
  RenewTrackingSecret,
  ReopenCase,
  ResumeWork,
  ReturnToTriage,
  RevokeTrackingSecret,
  RouteCase,
  ScheduleWork,
  StartWork,
  WithdrawCase,
} from './case.commands.js';
import { close } from './case.close.js';
import type { StoredCaseEvent } from './case.events.js';
import { decideLink } from './case.links.js';
import { before, refuseNotOpen, type CaseDecision, type CaseRefusal } from './case.refusals.js';
import { standingRoute } from './case.standing-route.js';
import { evolve, initialState, photoKey } from './case.state.js';
import type { Case, OpenedCase } from './case.state.js';

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
  // A route that finds the case closed stands for its reopening; nothing follows a withdrawal.
  if (state.status === 'not-opened' || state.status === 'withdrawn') return refuseNotOpen(state);
  const { caseNumber, route, decision, routedAt } = data;
  const { serviceCode, parent } = state;
  const meanwhile = state.status === 'closed' ? ({ closedMeanwhile: true } as const) : {};
  const standing = {
    caseNumber,
    serviceCode,
    ...(parent === null ? {} : { linkedTo: parent }),
    ...meanwhile,
    ...(state.wasReopened ? ({ reopened: true } as const) : {}),
  };
  switch (route.basis) {
    case 'outside-city': {
      const { agency, departmentId, queue, explanation } = route;
      const outsideCity = { departmentId, queue, explanation };
      return accept({
        type: 'CaseReferred',
        data: { caseNumber, agency, referredAt: routedAt, outsideCity, ...meanwhile, decision },
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
    state.outcomeLabel === data.outcomeLabel &&
    // Protected anew each time: the same only where it is this very command again.
    state.closingText === (data.text?.redacted ?? null);
  if (same) return accept();
  return imported ? close(state.clock, imported, closing) : refuseNotOpen(state);
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
  const { parent } = state;
  // Whoever opens a duplicate again says that it is another trouble, or that the parent's end did not mend it.
  const unlinked: readonly StoredCaseEvent[] =
    parent === null ? [] : [{ type: 'CaseUnlinked', data: { caseNumber, parent, unlinkedAt: reopenedAt } }];
  return accept<StoredCaseEvent>(...unlinked, {
    type: 'CaseReopened',
    data: {
      caseNumber,
      reopenedAt,
      dueAt,
      ...standingRoute(state, dueAt),
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

/**
 * Comments of a case, and photos. Whoever reads the case is shown all of them, so that somebody could make it too long to
 * be shown; what reporters leave free is for staff.
 */
const atMostSaid = { reporter: 200, staff: 400 } as const;

const addComment = ({ data }: AddComment, state: Case): CaseDecision => {
  if (state.status === 'not-opened') return refuse({ code: 'not-opened' });
  if (!mayAct(data, state)) return refuse({ code: 'wrong-secret' });
  if (data.by === 'reporter' && data.visibility === 'internal') {
    return refuse({ code: 'internal-by-reporter' });
  }
  if (state.commentIds.includes(data.commentId)) return accept();
  if (state.status === 'withdrawn') return refuseNotOpen(state);
  const atMost = atMostSaid[data.by];
  if (state.commentIds.length >= atMost) return refuse({ code: 'too-much-said', atMost });
  const { caseNumber, commentId, visibility, text, commentedAt } = data;
  return accept({ type: 'CommentAdded', data: { caseNumber, commentId, visibility, text, commentedAt } });
};

const addPhoto = ({ data }: AddPhoto, state: Case): CaseDecision => {
  if (state.status === 'not-opened') return refuse({ code: 'not-opened' });
  if (!mayAct(data, state)) return refuse({ code: 'wrong-secret' });
  if (state.photos.includes(photoKey(data.media))) return accept();
  if (state.status === 'withdrawn') return refuseNotOpen(state);
  const atMost = atMostSaid[data.by];
  if (state.photos.length >= atMost) return refuse({ code: 'too-much-said', atMost });
  const { caseNumber, media, addedAt } = data;
  return accept({ type: 'PhotoAdded', data: { caseNumber, media, addedAt } });
};

const renewTrackingSecret = ({ data }: RenewTrackingSecret, state: Case): CaseDecision => {
  if (state.status === 'not-opened') return refuse({ code: 'not-opened' });
  return state.trackingHash === data.trackingHash
    ? accept()
    : accept({ type: 'TrackingSecretRenewed', data });
};

const revokeTrackingSecret = ({ data }: RevokeTrackingSecret, state: Case): CaseDecision => {
  if (state.status === 'not-opened') return refuse({ code: 'not-opened' });
  return state.trackingHash === null ? accept() : accept({ type: 'TrackingSecretRevoked', data });
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
    case 'AnnounceFollower':
    case 'LinkCase':
    case 'UnlinkCase':
    case 'MoveToParent':
    case 'CloseWithParent':
    case 'ReopenWithParent':
    case 'NoteParentNews':
      return decideLink(command, state);
    case 'ReferCase':
      return referCase(command, state);
    case 'ScheduleWork':
    case 'StartWork':
    case 'PauseWork':
    case 'ResumeWork':
      return followWork(command, state);
    case 'CloseCase':
      return closeCase(command, state);
    case 'ReopenCase':
      return reopenCase(command, state);
    case 'WithdrawCase':
      return withdrawCase(command, state);
    case 'AddComment':
      return addComment(command, state);
    case 'AddPhoto':
      return addPhoto(command, state);
    case 'RenewTrackingSecret':
      return renewTrackingSecret(command, state);
    case 'RevokeTrackingSecret':
      return revokeTrackingSecret(command, state);
    case 'EraseSubject':
      return eraseSubject(command, state);
  }
};

export const caseDecider: Decider<Case, CaseCommand, StoredCaseEvent, CaseRefusal> = {
  initialState,
  decide,
  evolve,
};
