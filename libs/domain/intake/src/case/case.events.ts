import type {
  CaseNumber,
  ContactId,
  Districts,
  DomainEvent,
  ExternalReference,
  Instant,
  MediaReference,
  Outcome,
  Place,
  ProtectedText,
  Visibility,
  WrittenText,
} from '@city311/kernel';

/**
 * What the Case stream stores (`intake.case-<number>`). Its public form, with the private members taken out and each
 * `WrittenText` reduced to its redacted half, is `CaseEvent` of libs/contracts; the intake service maps one to the other.
 */
export type StoredCaseEvent =
  | DomainEvent<'CaseOpened', CaseOpened>
  | DomainEvent<'CaseRouted', CaseRouted>
  | DomainEvent<'CaseReclassified', CaseReclassified>
  | DomainEvent<'CaseReturnedToTriage', CaseReturnedToTriage>
  | DomainEvent<'CaseLinked', CaseLinked>
  | DomainEvent<'CaseUnlinked', CaseUnlinked>
  | DomainEvent<'ParentNewsNoted', ParentNewsNoted>
  | DomainEvent<'FollowerAnnounced', FollowerAnnounced>
  | DomainEvent<'CaseReferred', CaseReferred>
  | DomainEvent<'WorkScheduled', WorkScheduled>
  | DomainEvent<'WorkStarted', WorkStarted>
  | DomainEvent<'WorkPaused', WorkPaused>
  | DomainEvent<'WorkResumed', WorkResumed>
  | DomainEvent<'CaseClosed', CaseClosed>
  | DomainEvent<'CaseReopened', CaseReopened>
  | DomainEvent<'CaseWithdrawn', CaseWithdrawn>
  | DomainEvent<'CommentAdded', CommentAdded>
  | DomainEvent<'PhotoAdded', PhotoAdded>
  | DomainEvent<'TrackingSecretRenewed', TrackingSecretRenewed>
  | DomainEvent<'TrackingSecretRevoked', TrackingSecretRevoked>
  | DomainEvent<'SubjectErased', SubjectErased>;

export type Priority = 'low' | 'normal' | 'high' | 'emergency';

export interface CaseOpened {
  readonly caseNumber: CaseNumber;
  readonly jurisdiction: string;
  readonly serviceCode: string;
  readonly definitionVersion: number;
  readonly language: string;
  readonly visibility: Visibility;
  readonly description?: WrittenText;
  readonly title?: WrittenText;
  readonly answers: readonly Answer[];
  /** Already public: a private place holds its exact form protected. */
  readonly place: Place;
  readonly channel: string;
  readonly adapter: string;
  readonly externalReferences: readonly ExternalReference[];
  /** Private. Codes that the sending system used for what we name otherwise: `{ service_code: 'SDWRPR' }`. */
  readonly externalCodes?: Readonly<Record<string, string>>;
  readonly contactId?: ContactId;
  readonly media: readonly MediaReference[];
  /** Words that call for 911. The case is opened all the same. */
  readonly emergencyWords: readonly string[];
  readonly openedAt: Instant;
  readonly imported?: ImportedFacts;
  /** Private. Hash of the secret that lets its holder withdraw, comment, reopen; null where none was given out. */
  readonly trackingHash: string | null;
}

/** `undeclared`: nobody asked for it, a sender said it all the same; its code is a safe one, not always the sender's. */
export type Answer =
  | { readonly code: string; readonly choice: readonly string[] }
  | { readonly code: string; readonly text: WrittenText; readonly undeclared?: true };

export interface ImportedFacts {
  readonly departmentId: string;
  readonly queue: string;
  readonly dueAt: Instant | null;
}

export interface CaseRouted {
  readonly caseNumber: CaseNumber;
  readonly serviceCode: string;
  readonly departmentId: string;
  readonly queue: string;
  readonly priority: Priority;
  readonly dueAt: Instant | null;
  readonly districts: Districts;
  readonly basis: 'rule' | 'operator' | 'imported' | 'triage';
  readonly explanation: readonly string[];
  readonly suggestedDuplicateOf?: CaseNumber;
  /** The parent that it follows meanwhile: nobody is to work on it for itself. */
  readonly linkedTo?: CaseNumber;
  /** The case was closed when the route came: nobody is to work on it, unless it is reopened. */
  readonly closedMeanwhile?: true;
  /** The case was closed before and reopened: a work order that was completed then is no answer to this route. */
  readonly reopened?: true;
  readonly routedAt: Instant;
  /** Private. Sequence of the routing event that this follows; an older one is not followed any more. */
  readonly decision: number;
}

export interface CaseReclassified {
  readonly caseNumber: CaseNumber;
  readonly serviceCode: string;
  readonly definitionVersion: number;
  /** Under the new service level, counted from the running clock's start. */
  readonly dueAt: Instant | null;
  readonly reclassifiedAt: Instant;
}

export interface CaseReturnedToTriage {
  readonly caseNumber: CaseNumber;
  readonly fromDepartmentId: string;
  readonly returnedAt: Instant;
  /** Private, as are all three below. */
  readonly reason: WrittenText;
  readonly workOrderId: string;
  readonly workOrderRevision: number;
}

export interface CaseLinked {
  readonly caseNumber: CaseNumber;
  readonly parent: CaseNumber;
  /** The parent may not be shown to everybody who may see this case. */
  readonly parentHidden?: true;
  /** Private. Sequence of the parent's newest event then: what happened to it before is no news. */
  readonly parentRevision?: number;
  readonly linkedAt: Instant;
}

export interface CaseUnlinked {
  readonly caseNumber: CaseNumber;
  readonly parent: CaseNumber;
  /** Who is to work on it for itself from now on; left out where nobody is. */
  readonly route?: StandingRoute;
  /** What became of the parent, where that ended the link. */
  readonly parentNews?: ParentNews;
  readonly unlinkedAt: Instant;
}

/**
 * What became of the parent. `shown` is left out where the parent may not be shown to everybody who may see this case.
 * `joined`: it has become a duplicate itself, and its followers go with it.
 */
export type ParentNews =
  | {
      readonly kind: 'closed';
      readonly shown?: {
        readonly parent: CaseNumber;
        readonly outcome: Outcome;
        readonly outcomeLabel: string;
        /** The redacted half alone. */
        readonly text?: ProtectedText;
      };
    }
  | { readonly kind: 'withdrawn'; readonly shown?: { readonly parent: CaseNumber } }
  | { readonly kind: 'reopened'; readonly shown?: { readonly parent: CaseNumber } }
  | {
      readonly kind: 'reclassified';
      readonly shown?: { readonly parent: CaseNumber; readonly serviceCode: string };
    }
  | { readonly kind: 'referred'; readonly shown?: { readonly parent: CaseNumber; readonly agency: string } }
  | { readonly kind: 'joined'; readonly shown?: { readonly parent: CaseNumber } };

/** The parent that the case goes on following was reclassified or referred. */
export interface ParentNewsNoted {
  readonly caseNumber: CaseNumber;
  readonly parentNews: ParentNews;
  readonly notedAt: Instant;
  /** Private, as is the next. Whose news it is, also where it may not be shown. */
  readonly parent: CaseNumber;
  /** Place of the news in the parent's stream, so that a second delivery is known. */
  readonly parentRevision: number;
}

/** Another case is about to be joined to this one as its duplicate. A link elsewhere that was checked before it is void. */
export interface FollowerAnnounced {
  readonly caseNumber: CaseNumber;
  readonly announcedAt: Instant;
  /** Private, as is the next. */
  readonly follower: CaseNumber;
  /** Names the try to link the two. */
  readonly announcementId: string;
}

export interface StandingRoute {
  readonly departmentId: string;
  readonly queue: string;
  readonly serviceCode: string;
  readonly priority: Priority;
  readonly dueAt: Instant | null;
}

export interface CaseReferred {
  readonly caseNumber: CaseNumber;
  readonly agency: string;
  readonly referredAt: Instant;
  /** Where routing found the place outside the city: the desk that looks after the referral, and why. */
  readonly outsideCity?: {
    readonly departmentId: string;
    readonly queue: string;
    readonly explanation: readonly string[];
  };
  /** The case was closed when this was found: it stands for a reopening. */
  readonly closedMeanwhile?: true;
  /** Private. Sequence of the routing event that this follows; absent where a person referred the case. */
  readonly decision?: number;
}

/** One step of a work order. `workOrderRevision` (private): sequence of the work order's event, so that a second delivery is known. */
export interface WorkStep {
  readonly caseNumber: CaseNumber;
  readonly workOrderId: string;
  readonly workOrderRevision: number;
}

export interface WorkScheduled extends WorkStep {
  readonly scheduledFor: Instant;
  readonly scheduledAt: Instant;
}

export interface WorkStarted extends WorkStep {
  readonly startedAt: Instant;
}

export interface WorkPaused extends WorkStep {
  readonly reason: string;
  readonly pausedAt: Instant;
}

export interface WorkResumed extends WorkStep {
  readonly resumedAt: Instant;
}

export interface CaseClosed {
  readonly caseNumber: CaseNumber;
  readonly outcome: Outcome;
  readonly outcomeLabel: string;
  readonly text?: WrittenText;
  readonly media: readonly MediaReference[];
  readonly closedAt: Instant;
  readonly onTime: boolean;
  readonly stamp?: string;
  /** The parent whose close this one follows; absent where the case was closed for itself. */
  readonly followedParent?: CaseNumber;
  /** How the parent was closed; beside `followedParent` only. */
  readonly parentNews?: ParentNews;
  /** Private. The work order whose completion closed the case; absent where a person or a policy did. */
  readonly workOrder?: { readonly workOrderId: string; readonly workOrderRevision: number };
}

export interface CaseReopened {
  readonly caseNumber: CaseNumber;
  readonly reason?: WrittenText;
  /** Who is to work on it again; left out where nobody is. */
  readonly route?: StandingRoute;
  /** The parent that it was closed with was reopened, and it follows that one again. */
  readonly parentNews?: ParentNews;
  readonly reopenedAt: Instant;
  readonly dueAt: Instant | null;
  /** Private. Names the request that led to it, so that the same one sent again is known whatever happened since. */
  readonly requestId?: string;
}

export interface CaseWithdrawn {
  readonly caseNumber: CaseNumber;
  readonly withdrawnAt: Instant;
}

export interface CommentAdded {
  readonly caseNumber: CaseNumber;
  readonly commentId: string;
  readonly visibility: 'public' | 'internal';
  /** The text of an internal comment stays private. */
  readonly text: WrittenText;
  readonly commentedAt: Instant;
}

export interface PhotoAdded {
  readonly caseNumber: CaseNumber;
  readonly media: MediaReference;
  readonly addedAt: Instant;
}

/** Staff gave out a new secret: from now on the one before opens nothing. */
export interface TrackingSecretRenewed {
  readonly caseNumber: CaseNumber;
  /** Private. As in `CaseOpened`. */
  readonly trackingHash: string;
  readonly renewedAt: Instant;
}

/** From now on no secret opens the case. */
export interface TrackingSecretRevoked {
  readonly caseNumber: CaseNumber;
  readonly revokedAt: Instant;
}

export interface SubjectErased {
  readonly caseNumber: CaseNumber;
  readonly author: string;
  readonly erasedAt: Instant;
}
