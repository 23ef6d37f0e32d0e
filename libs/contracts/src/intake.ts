import type {
  CaseNumber,
  ContactId,
  Districts,
  ExternalReference,
  Instant,
  MediaReference,
  Outcome,
  Place,
  ProtectedText,
  PublicEvent,
  Visibility,
} from '@city311/kernel';

/** The one public truth about a report: topic `city311.intake.case.v1`. */
export type CaseEvent =
  | PublicEvent<'intake.CaseOpened.v1', CaseOpened>
  | PublicEvent<'intake.CaseRouted.v1', CaseRouted>
  | PublicEvent<'intake.CaseReclassified.v1', CaseReclassified>
  | PublicEvent<'intake.CaseReturnedToTriage.v1', CaseReturnedToTriage>
  | PublicEvent<'intake.CaseLinked.v1', CaseLinked>
  | PublicEvent<'intake.CaseUnlinked.v1', CaseUnlinked>
  | PublicEvent<'intake.ParentNewsNoted.v1', ParentNewsNoted>
  | PublicEvent<'intake.FollowerAnnounced.v1', FollowerAnnounced>
  | PublicEvent<'intake.CaseReferred.v1', CaseReferred>
  | PublicEvent<'intake.WorkScheduled.v1', WorkScheduled>
  | PublicEvent<'intake.WorkStarted.v1', WorkStarted>
  | PublicEvent<'intake.WorkPaused.v1', WorkPaused>
  | PublicEvent<'intake.WorkResumed.v1', WorkResumed>
  | PublicEvent<'intake.CaseClosed.v1', CaseClosed>
  | PublicEvent<'intake.CaseReopened.v1', CaseReopened>
  | PublicEvent<'intake.CaseWithdrawn.v1', CaseWithdrawn>
  | PublicEvent<'intake.CommentAdded.v1', CommentAdded>
  | PublicEvent<'intake.PhotoAdded.v1', PhotoAdded>
  | PublicEvent<'intake.TrackingSecretRenewed.v1', TrackingSecretRenewed>
  | PublicEvent<'intake.TrackingSecretRevoked.v1', TrackingSecretRevoked>
  | PublicEvent<'intake.SubjectErased.v1', SubjectErased>;

export interface CaseOpened {
  readonly caseNumber: CaseNumber;
  readonly jurisdiction: string;
  /** Code in the city's catalogue, `subject:reason:type` in Boston. */
  readonly serviceCode: string;
  readonly definitionVersion: number;
  readonly language: string;
  readonly visibility: Visibility;
  /** Redacted; absent where the reporter wrote nothing. */
  readonly description?: ProtectedText;
  /** Redacted title as staff of the older system typed it; absent where the type's name serves. */
  readonly title?: ProtectedText;
  /**
   * `choice` values come from the definition's lists; what a person typed is protected (and redacted) in `text`.
   * `undeclared`: the service does not ask for it; nothing for the public.
   */
  readonly answers: readonly (
    | { readonly code: string; readonly choice: readonly string[] }
    | { readonly code: string; readonly text: ProtectedText; readonly undeclared?: true }
  )[];
  readonly place: Place;
  /** How it came in: a value of the city's source list, "Constituent Call". */
  readonly channel: string;
  /** Name of the API key whose adapter sent it. */
  readonly adapter: string;
  readonly externalReferences: readonly ExternalReference[];
  readonly contactId?: ContactId;
  readonly media: readonly MediaReference[];
  /** Words that call for 911; empty for nearly all. */
  readonly emergencyWords: readonly string[];
  readonly openedAt: Instant;
  /** What an older system had decided; facts, not opinions. Only where `imported`. */
  readonly imported?: ImportedFacts;
}

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
  readonly priority: 'low' | 'normal' | 'high' | 'emergency';
  /** Null where the service has no service level. */
  readonly dueAt: Instant | null;
  readonly districts: Districts;
  readonly basis: 'rule' | 'operator' | 'imported' | 'triage';
  /** Sentences that say why, for staff and public alike. */
  readonly explanation: readonly string[];
  /** An open case of the same kind close by; a suggestion, never acted on alone. */
  readonly suggestedDuplicateOf?: CaseNumber;
  /** The parent that it follows meanwhile: nobody is to work on it for itself. */
  readonly linkedTo?: CaseNumber;
  /** The case was closed when the route came: nobody is to work on it, unless it is reopened. */
  readonly closedMeanwhile?: true;
  /** The case was closed before and reopened: a work order that was completed then is no answer to this route. */
  readonly reopened?: true;
  readonly routedAt: Instant;
}

export interface CaseReclassified {
  readonly caseNumber: CaseNumber;
  readonly serviceCode: string;
  readonly definitionVersion: number;
  /** Under the new service level, counted from the start of the running clock; null where it has none. */
  readonly dueAt: Instant | null;
  readonly reclassifiedAt: Instant;
}

export interface CaseReturnedToTriage {
  readonly caseNumber: CaseNumber;
  readonly fromDepartmentId: string;
  readonly returnedAt: Instant;
}

/** This case is a duplicate of `parent`; it follows the parent's close. */
export interface CaseLinked {
  readonly caseNumber: CaseNumber;
  readonly parent: CaseNumber;
  /** The parent may not be shown to everybody who may see this case. */
  readonly parentHidden?: true;
  readonly linkedAt: Instant;
}

export interface CaseUnlinked {
  readonly caseNumber: CaseNumber;
  readonly parent: CaseNumber;
  /** Who is to work on it for itself from now on; left out where nobody is. */
  readonly route?: StandingRoute;
  /** What became of the parent, where that ended the link; left out where a person or the case itself did. */
  readonly parentNews?: ParentNews;
  readonly unlinkedAt: Instant;
}

/** The parent that this case goes on following was reclassified or referred. */
export interface ParentNewsNoted {
  readonly caseNumber: CaseNumber;
  readonly parentNews: ParentNews;
  readonly notedAt: Instant;
}

/**
 * What became of the case that this one follows, or followed until now. `shown` is left out where that case may not be
 * shown to everybody who may see this one: then its number and its words stand nowhere. `joined`: it has become a
 * duplicate itself, and its followers go with it.
 */
export type ParentNews =
  | {
      readonly kind: 'closed';
      readonly shown?: {
        readonly parent: CaseNumber;
        readonly outcome: Outcome;
        readonly outcomeLabel: string;
        /** Redacted words of whoever closed it. */
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

/** Another case is about to be joined to this one as its duplicate. */
export interface FollowerAnnounced {
  readonly caseNumber: CaseNumber;
  readonly announcedAt: Instant;
}

export interface StandingRoute {
  readonly departmentId: string;
  readonly queue: string;
  readonly serviceCode: string;
  readonly priority: CaseRouted['priority'];
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
}

export interface WorkScheduled {
  readonly caseNumber: CaseNumber;
  readonly workOrderId: string;
  readonly scheduledFor: Instant;
  readonly scheduledAt: Instant;
}

export interface WorkStarted {
  readonly caseNumber: CaseNumber;
  readonly workOrderId: string;
  readonly startedAt: Instant;
}

export interface WorkPaused {
  readonly caseNumber: CaseNumber;
  readonly workOrderId: string;
  readonly reason: string;
  readonly pausedAt: Instant;
}

export interface WorkResumed {
  readonly caseNumber: CaseNumber;
  readonly workOrderId: string;
  readonly resumedAt: Instant;
}

export interface CaseClosed {
  readonly caseNumber: CaseNumber;
  readonly outcome: Outcome;
  /** The city's own word for it: "Case Resolved", "NOVIO: No Violation Found/No Cause"; may be empty. */
  readonly outcomeLabel: string;
  /** Redacted words of the crew. */
  readonly text?: ProtectedText;
  readonly media: readonly MediaReference[];
  readonly closedAt: Instant;
  /** Result of the clock that this close ends. */
  readonly onTime: boolean;
  /** How the older system printed its closing stamp ("Case Closed. Closed date : …"), where it did. */
  readonly stamp?: string;
  /** The parent whose close this one follows; absent where the case was closed for itself. */
  readonly followedParent?: CaseNumber;
  /** How the parent was closed; beside `followedParent` only. */
  readonly parentNews?: ParentNews;
}

/** A new clock starts at `reopenedAt`; the old one's result stands. */
export interface CaseReopened {
  readonly caseNumber: CaseNumber;
  readonly reason?: ProtectedText;
  /** Who is to work on it again; left out where nobody is. */
  readonly route?: StandingRoute;
  /** The parent that it was closed with was reopened, and it follows that one again. */
  readonly parentNews?: ParentNews;
  readonly reopenedAt: Instant;
  readonly dueAt: Instant | null;
}

export interface CaseWithdrawn {
  readonly caseNumber: CaseNumber;
  readonly withdrawnAt: Instant;
}

export interface CommentAdded {
  readonly caseNumber: CaseNumber;
  readonly commentId: string;
  readonly visibility: 'public' | 'internal';
  /** Absent where internal. */
  readonly text?: ProtectedText;
  readonly commentedAt: Instant;
}

export interface PhotoAdded {
  readonly caseNumber: CaseNumber;
  readonly media: MediaReference;
  readonly addedAt: Instant;
}

/** The reporter's secret was replaced by a new one; that, and when, is all that anybody hears of it. */
export interface TrackingSecretRenewed {
  readonly caseNumber: CaseNumber;
  readonly renewedAt: Instant;
}

export interface TrackingSecretRevoked {
  readonly caseNumber: CaseNumber;
  readonly revokedAt: Instant;
}

/** A person who wrote on this case was erased: drop every text of theirs from views. */
export interface SubjectErased {
  readonly caseNumber: CaseNumber;
  /** Key id whose texts are gone. */
  readonly author: string;
  readonly erasedAt: Instant;
}
