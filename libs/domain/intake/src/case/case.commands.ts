import type {
  CaseNumber,
  Command,
  Districts,
  Instant,
  MediaReference,
  Outcome,
  WrittenText,
} from '@city311/kernel';

import type {
  CaseLinked,
  CaseOpened,
  FollowerAnnounced,
  ParentNews,
  ParentNewsNoted,
  Priority,
  WorkStep,
} from './case.events.js';

export type CaseCommand =
  | OpenCase
  | RouteCase
  | ReclassifyCase
  | ReturnToTriage
  | AnnounceFollower
  | LinkCase
  | UnlinkCase
  | MoveToParent
  | ReferCase
  | ScheduleWork
  | StartWork
  | PauseWork
  | ResumeWork
  | CloseCase
  | CloseWithParent
  | ReopenWithParent
  | NoteParentNews
  | ReopenCase
  | WithdrawCase
  | AddComment
  | AddPhoto
  | RenewTrackingSecret
  | RevokeTrackingSecret
  | EraseSubject;

/** Staff (and policies) act by role, checked by the caller; a reporter shows the tracking secret, hashed by the caller. */
export type Acting = { readonly by: 'staff' } | { readonly by: 'reporter'; readonly secretHash: string };

/** Everything that is known when the report comes in, texts and private place already protected. */
export type OpenCase = Command<'OpenCase', CaseOpened>;

/** What routing decided. `decision` is the sequence of routing's event: later decisions win, older ones are quiet. */
export type RouteCase = Command<
  'RouteCase',
  {
    readonly caseNumber: CaseNumber;
    readonly route: Route;
    readonly decision: number;
    readonly routedAt: Instant;
  }
>;

export type Route = DecidedRoute | TriageRoute | ImportedRoute | OutsideCity;

interface RouteTarget {
  readonly departmentId: string;
  readonly queue: string;
  readonly dueAt: Instant | null;
  readonly districts: Districts;
}

/** Routing (or an operator through it) is sure. */
export interface DecidedRoute extends RouteTarget {
  readonly basis: 'rule' | 'operator';
  readonly priority: Priority;
  readonly explanation: readonly string[];
  readonly suggestedDuplicateOf?: CaseNumber;
}

/** Not sure (unknown place or service, no rule, handed back, emergency words): a person looks at it in the triage queue. */
export interface TriageRoute extends RouteTarget {
  readonly basis: 'triage';
  /** `normal` where not told; emergency words ask for `emergency`. */
  readonly priority?: Priority;
  readonly explanation: readonly string[];
  readonly suggestedDuplicateOf?: CaseNumber;
}

/** The older system's route, taken over as fact. */
export interface ImportedRoute extends RouteTarget {
  readonly basis: 'imported';
}

/** The place is in no district: the case is referred to `agency`, not routed; the desk named looks after it. */
export interface OutsideCity {
  readonly basis: 'outside-city';
  readonly agency: string;
  readonly departmentId: string;
  readonly queue: string;
  readonly explanation: readonly string[];
}

/** `dueAt`: by the new service level, counted from the start of the running clock; the caller computed it. */
export type ReclassifyCase = Command<
  'ReclassifyCase',
  {
    readonly caseNumber: CaseNumber;
    readonly serviceCode: string;
    readonly definitionVersion: number;
    readonly dueAt: Instant | null;
    readonly reclassifiedAt: Instant;
  }
>;

/** A department hands its work order back: not ours. */
export type ReturnToTriage = Command<
  'ReturnToTriage',
  WorkStep & { readonly fromDepartmentId: string; readonly reason: WrittenText; readonly returnedAt: Instant }
>;

/**
 * To the case that is to become the parent, before the other is linked to it: refused where it follows another itself.
 * Of two links that would make each the parent of the other, the one announced later voids the one not yet made.
 * @param serviceCode  what the caller took this case's service to be when it found out `mayJoin`
 * @param announcementId  chosen by the caller, another one for each try
 */
export type AnnounceFollower = Command<
  'AnnounceFollower',
  FollowerAnnounced & { readonly serviceCode: string; readonly mayJoin: boolean }
>;

/** `seen`: of this case, as the caller found it before it announced the link to the parent. */
export type LinkCase = Command<
  'LinkCase',
  CaseLinked & { readonly seen: { readonly announcement: string | null; readonly serviceCode: string } }
>;

/** `dueAtIfReopened`: due date of the new clock, should the case have to be reopened. */
export type UnlinkCase = Command<
  'UnlinkCase',
  {
    readonly caseNumber: CaseNumber;
    readonly parent: CaseNumber;
    /** What became of the parent, where that ends the link. */
    readonly parentNews?: ParentNews;
    readonly unlinkedAt: Instant;
    readonly dueAtIfReopened: Instant | null;
  }
>;

/** The parent follows another itself now, so that its follower does too. */
export type MoveToParent = Command<
  'MoveToParent',
  {
    readonly caseNumber: CaseNumber;
    readonly from: CaseNumber;
    readonly to: CaseNumber;
    readonly parentHidden: boolean;
    readonly parentRevision: number;
    readonly parentNews: ParentNews;
    /** Of this case, as the caller found it before it looked at the others. */
    readonly seenAnnouncement: string | null;
    readonly movedAt: Instant;
  }
>;

export type ReferCase = Command<
  'ReferCase',
  { readonly caseNumber: CaseNumber; readonly agency: string; readonly referredAt: Instant }
>;

export type ScheduleWork = Command<
  'ScheduleWork',
  WorkStep & { readonly scheduledFor: Instant; readonly scheduledAt: Instant }
>;
export type StartWork = Command<'StartWork', WorkStep & { readonly startedAt: Instant }>;
export type PauseWork = Command<
  'PauseWork',
  WorkStep & { readonly reason: string; readonly pausedAt: Instant }
>;
export type ResumeWork = Command<'ResumeWork', WorkStep & { readonly resumedAt: Instant }>;

interface Closing {
  readonly caseNumber: CaseNumber;
  readonly outcome: Outcome;
  /** The city's own word for it; may be empty. */
  readonly outcomeLabel: string;
  readonly text?: WrittenText;
  readonly media: readonly MediaReference[];
  readonly closedAt: Instant;
  readonly stamp?: string;
}

/** `imported`: told by an older system, whose times and repeats are taken as they are. */
export type CloseCase = Command<
  'CloseCase',
  Closing & {
    readonly imported: boolean;
    /** The work order whose completion closes the case; absent where staff or a policy closes it. */
    readonly workOrder?: { readonly workOrderId: string; readonly workOrderRevision: number };
  }
>;

/** The parent is closed, so this duplicate of it closes too. */
export type CloseWithParent = Command<
  'CloseWithParent',
  Closing & { readonly parent: CaseNumber; readonly parentNews: ParentNews; readonly imported: boolean }
>;

/** The parent is open again, and so is the duplicate that was closed with it. */
export type ReopenWithParent = Command<
  'ReopenWithParent',
  {
    readonly caseNumber: CaseNumber;
    readonly parent: CaseNumber;
    readonly parentNews: ParentNews;
    readonly reopenedAt: Instant;
    /** Of the new clock. */
    readonly dueAt: Instant | null;
    readonly imported: boolean;
  }
>;

/** The parent changed in a way that leaves the link as it is. */
export type NoteParentNews = Command<'NoteParentNews', ParentNewsNoted>;

export type ReopenCase = Command<
  'ReopenCase',
  {
    readonly caseNumber: CaseNumber;
    readonly reason?: WrittenText;
    readonly reopenedAt: Instant;
    /** Of the new clock. */
    readonly dueAt: Instant | null;
    readonly imported: boolean;
    /** The same on every try of one request. */
    readonly requestId?: string;
  } & Acting
>;

export type WithdrawCase = Command<
  'WithdrawCase',
  { readonly caseNumber: CaseNumber; readonly withdrawnAt: Instant } & Acting
>;

/** `commentId` is chosen by the caller, the same on every try. */
export type AddComment = Command<
  'AddComment',
  {
    readonly caseNumber: CaseNumber;
    readonly commentId: string;
    readonly visibility: 'public' | 'internal';
    readonly text: WrittenText;
    readonly commentedAt: Instant;
  } & Acting
>;

export type AddPhoto = Command<
  'AddPhoto',
  { readonly caseNumber: CaseNumber; readonly media: MediaReference; readonly addedAt: Instant } & Acting
>;

/** `author`: id of the key whose texts can never be read again. */
export type EraseSubject = Command<
  'EraseSubject',
  { readonly caseNumber: CaseNumber; readonly author: string; readonly erasedAt: Instant }
>;

/** By staff: a new secret, hashed by the caller, in the place of the one before, if there was one. */
export type RenewTrackingSecret = Command<
  'RenewTrackingSecret',
  { readonly caseNumber: CaseNumber; readonly trackingHash: string; readonly renewedAt: Instant }
>;
export type RevokeTrackingSecret = Command<
  'RevokeTrackingSecret',
  { readonly caseNumber: CaseNumber; readonly revokedAt: Instant }
>;
