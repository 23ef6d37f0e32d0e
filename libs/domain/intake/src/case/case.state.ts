import type {
  CaseNumber,
  Instant,
  MediaReference,
  Outcome,
  ProtectedText,
  Visibility,
} from '@city311/kernel';

import type { Priority, StoredCaseEvent, WorkStep } from './case.events.js';

export type Case = NotOpened | OpenedCase;
/** A case that exists. */
export type OpenedCase = Open | Closed | Withdrawn;

export interface NotOpened {
  readonly status: 'not-opened';
}

/** What every later command may ask for, whatever became of the case. */
interface Known {
  readonly caseNumber: CaseNumber;
  readonly openedAt: Instant;
  readonly trackingHash: string | null;
  readonly visibility: Visibility;
  readonly serviceCode: string;
  readonly definitionVersion: number;
  readonly clock: RunningClock;
  readonly routing: Routing;
  /** Its service has changed since: routing will decide anew. */
  readonly awaitsRoute: boolean;
  /** Sequence of the last routing decision followed; -1 before the first. */
  readonly decision: number;
  readonly work: Work;
  /** Last revision followed of each work order. */
  readonly workOrders: Readonly<Record<string, number>>;
  readonly parent: CaseNumber | null;
  /** Sequence of the parent's newest event whose news was noted here; -1 before the first, and after each new link. */
  readonly parentRevision: number;
  /** The service that the case had when it was linked to its parent; of no meaning without one. */
  readonly linkedAs: string;
  /** The last time that another case was announced as a follower; null before the first. */
  readonly announcement: string | null;
  readonly commentIds: readonly string[];
  readonly photos: readonly string[];
  readonly erasedAuthors: readonly string[];
  /** Requests that reopened the case. */
  readonly reopenings: readonly string[];
  readonly wasReopened: boolean;
}

/** The last clock started: by the opening, or by a reopening. */
export interface RunningClock {
  readonly openedAt: Instant;
  readonly dueAt: Instant | null;
}

export type Routing =
  | { readonly stage: 'awaiting' }
  | {
      readonly stage: 'routed';
      readonly departmentId: string;
      readonly queue: string;
      readonly priority: Priority;
    }
  | { readonly stage: 'triage'; readonly departmentId: string; readonly queue: string }
  | { readonly stage: 'returned'; readonly fromDepartmentId: string }
  | { readonly stage: 'referred'; readonly agency: string };

export type Work =
  | { readonly stage: 'none' }
  | { readonly stage: 'scheduled' | 'in-progress' | 'paused'; readonly workOrderId: string };

export interface Open extends Known {
  readonly status: 'open';
}

export interface Closed extends Known {
  readonly status: 'closed';
  readonly closedAt: Instant;
  readonly outcome: Outcome;
  readonly outcomeLabel: string;
  /** Redacted words of whoever closed it; null where there are none. Followers are told. */
  readonly closingText: ProtectedText | null;
  /** The parent whose close this one followed; null where closed for itself. */
  readonly followedParent: CaseNumber | null;
}

export interface Withdrawn extends Known {
  readonly status: 'withdrawn';
  readonly withdrawnAt: Instant;
}

export const initialState: Case = { status: 'not-opened' };

/** What makes two photos the same one. */
export const photoKey = (media: MediaReference): string =>
  media.kind === 'stored' ? `stored:${media.sha256}` : `external:${media.url}`;

const followed = (state: OpenedCase, step: Omit<WorkStep, 'caseNumber'>): Known['workOrders'] => ({
  ...state.workOrders,
  [step.workOrderId]: step.workOrderRevision,
});

const known = (state: OpenedCase): Known => ({
  caseNumber: state.caseNumber,
  openedAt: state.openedAt,
  trackingHash: state.trackingHash,
  visibility: state.visibility,
  serviceCode: state.serviceCode,
  definitionVersion: state.definitionVersion,
  clock: state.clock,
  routing: state.routing,
  awaitsRoute: state.awaitsRoute,
  decision: state.decision,
  work: state.work,
  workOrders: state.workOrders,
  parent: state.parent,
  parentRevision: state.parentRevision,
  linkedAs: state.linkedAs,
  announcement: state.announcement,
  commentIds: state.commentIds,
  photos: state.photos,
  erasedAuthors: state.erasedAuthors,
  reopenings: state.reopenings,
  wasReopened: state.wasReopened,
});

const evolveOpened = (state: OpenedCase, event: Exclude<StoredCaseEvent, { type: 'CaseOpened' }>): Case => {
  switch (event.type) {
    case 'CaseRouted': {
      const { departmentId, queue, priority, basis, dueAt, decision } = event.data;
      return {
        ...state,
        decision,
        awaitsRoute: false,
        routing:
          basis === 'triage'
            ? { stage: 'triage', departmentId, queue }
            : { stage: 'routed', departmentId, queue, priority },
        clock: state.status === 'open' ? { ...state.clock, dueAt } : state.clock,
      };
    }
    case 'CaseReclassified': {
      const { serviceCode, definitionVersion, dueAt } = event.data;
      return {
        ...state,
        serviceCode,
        definitionVersion,
        awaitsRoute: true,
        clock: { ...state.clock, dueAt },
      };
    }
    case 'CaseReturnedToTriage':
      return {
        ...state,
        routing: { stage: 'returned', fromDepartmentId: event.data.fromDepartmentId },
        work: { stage: 'none' },
        workOrders: followed(state, event.data),
      };
    case 'CaseLinked':
      return {
        ...state,
        parent: event.data.parent,
        parentRevision: event.data.parentRevision ?? -1,
        linkedAs: state.serviceCode,
      };
    case 'CaseUnlinked':
      return { ...state, parent: null };
    case 'ParentNewsNoted':
      return { ...state, parentRevision: event.data.parentRevision };
    case 'FollowerAnnounced':
      return { ...state, announcement: event.data.announcementId };
    case 'CaseReferred':
      return {
        ...state,
        decision: event.data.decision ?? state.decision,
        awaitsRoute: event.data.decision === undefined && state.awaitsRoute,
        routing: { stage: 'referred', agency: event.data.agency },
      };
    case 'WorkScheduled':
      return {
        ...state,
        work: { stage: 'scheduled', workOrderId: event.data.workOrderId },
        workOrders: followed(state, event.data),
      };
    case 'WorkStarted':
    case 'WorkResumed':
      return {
        ...state,
        work: { stage: 'in-progress', workOrderId: event.data.workOrderId },
        workOrders: followed(state, event.data),
      };
    case 'WorkPaused':
      return {
        ...state,
        work: { stage: 'paused', workOrderId: event.data.workOrderId },
        workOrders: followed(state, event.data),
      };
    case 'CaseClosed': {
      const { closedAt, outcome, outcomeLabel, text, followedParent, workOrder } = event.data;
      return {
        ...known(state),
        status: 'closed',
        closedAt,
        outcome,
        outcomeLabel,
        closingText: text?.redacted ?? null,
        followedParent: followedParent ?? null,
        workOrders: workOrder === undefined ? state.workOrders : followed(state, workOrder),
      };
    }
    case 'CaseReopened': {
      const { reopenedAt, dueAt, requestId } = event.data;
      return {
        ...known(state),
        status: 'open',
        clock: { openedAt: reopenedAt, dueAt },
        reopenings: requestId === undefined ? state.reopenings : [...state.reopenings, requestId],
        wasReopened: true,
        work: { stage: 'none' },
      };
    }
    case 'CaseWithdrawn':
      return { ...known(state), status: 'withdrawn', withdrawnAt: event.data.withdrawnAt };
    case 'CommentAdded':
      return { ...state, commentIds: [...state.commentIds, event.data.commentId] };
    case 'PhotoAdded':
      return { ...state, photos: [...state.photos, photoKey(event.data.media)] };
    case 'TrackingSecretRenewed':
      return { ...state, trackingHash: event.data.trackingHash };
    case 'TrackingSecretRevoked':
      return { ...state, trackingHash: null };
    case 'SubjectErased':
      return { ...state, erasedAuthors: [...state.erasedAuthors, event.data.author] };
  }
};

export const evolve = (state: Case, event: StoredCaseEvent): Case => {
  if (event.type === 'CaseOpened') {
    const { data } = event;
    return {
      status: 'open',
      caseNumber: data.caseNumber,
      openedAt: data.openedAt,
      trackingHash: data.trackingHash,
      visibility: data.visibility,
      serviceCode: data.serviceCode,
      definitionVersion: data.definitionVersion,
      clock: { openedAt: data.openedAt, dueAt: data.imported?.dueAt ?? null },
      routing: { stage: 'awaiting' },
      awaitsRoute: false,
      decision: -1,
      work: { stage: 'none' },
      workOrders: {},
      parent: null,
      parentRevision: -1,
      linkedAs: data.serviceCode,
      announcement: null,
      commentIds: [],
      photos: data.media.map(photoKey),
      erasedAuthors: [],
      reopenings: [],
      wasReopened: false,
    };
  }
  // A stream that does not begin with its opening is a defect of the store; nothing can be known from it.
  return state.status === 'not-opened' ? state : evolveOpened(state, event);
};
