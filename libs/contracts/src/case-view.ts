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
  Visibility,
} from '@city311/kernel';

import { startClock, stopClock } from './clocks.js';
import type { Clock } from './clocks.js';
import { withoutTextsOf } from './case-view.erase.js';
import type { CaseClosed, CaseEvent, CaseOpened, CaseRouted } from './intake.js';

export type CaseStatus = 'open' | 'closed' | 'withdrawn';
export type CaseSubStatus =
  | 'received'
  | 'triage'
  | 'assigned'
  | 'referred'
  | 'scheduled'
  | 'in-progress'
  | 'paused'
  | 'closed'
  | 'withdrawn';

/**
 * A case as its public events tell it: the one fold behind `GET /api/cases/{number}`, Open311, open data and
 * dashboards, so that they agree. Texts are still protected; internal comments have none.
 */
export interface CaseView {
  readonly caseNumber: CaseNumber;
  readonly jurisdiction: string;
  readonly visibility: Visibility;
  readonly status: CaseStatus;
  readonly subStatus: CaseSubStatus;
  readonly serviceCode: string;
  readonly definitionVersion: number;
  readonly language: string;
  readonly title: ProtectedText | null;
  readonly description: ProtectedText | null;
  readonly answers: CaseOpened['answers'];
  readonly place: Place;
  /** Those of the place, then what routing found. */
  readonly districts: Districts;
  readonly channel: string;
  readonly adapter: string;
  readonly externalReferences: readonly ExternalReference[];
  readonly contactId: ContactId | null;
  readonly emergencyWords: readonly string[];
  readonly imported: boolean;
  /** Null until routed, and while a new route is awaited. */
  readonly departmentId: string | null;
  readonly queue: string | null;
  readonly priority: 'low' | 'normal' | 'high' | 'emergency' | null;
  /** How the route came about; null until there is one. */
  readonly basis: CaseRouted['basis'] | null;
  readonly explanation: readonly string[];
  readonly suggestedDuplicateOf: CaseNumber | null;
  /** Where the case was referred to. */
  readonly agency: string | null;
  readonly openedAt: Instant;
  readonly updatedAt: Instant;
  /** Of the running clock. */
  readonly dueAt: Instant | null;
  /** Null while open; a closing that a reopening undid stands in `closings`. */
  readonly closedAt: Instant | null;
  readonly withdrawnAt: Instant | null;
  readonly outcome: Closing | null;
  /** Every closing, oldest first. */
  readonly closings: readonly Closing[];
  /** Every clock, oldest first; the last one runs, or gave the result that stands. */
  readonly clocks: readonly Clock[];
  readonly work: WorkView | null;
  readonly parent: CaseNumber | null;
  readonly links: readonly LinkView[];
  readonly comments: readonly CommentView[];
  readonly media: readonly MediaView[];
  readonly timeline: readonly TimelineEntry[];
  /** Key ids whose texts were erased. */
  readonly erasedAuthors: readonly string[];
  /** Sequence of the last event folded. */
  readonly revision: number;
}

export interface Closing {
  readonly outcome: Outcome;
  readonly label: string;
  readonly text: ProtectedText | null;
  readonly stamp: string | null;
  readonly closedAt: Instant;
  readonly onTime: boolean;
  readonly followedParent: CaseNumber | null;
}

export interface WorkView {
  readonly workOrderId: string;
  readonly scheduledFor: Instant | null;
  readonly pausedBecause: string | null;
}

export interface LinkView {
  readonly parent: CaseNumber;
  readonly linkedAt: Instant;
  readonly unlinkedAt: Instant | null;
  /** The parent may not be shown to everybody who may see this case. */
  readonly parentHidden: boolean;
}

export interface CommentView {
  readonly commentId: string;
  readonly visibility: 'public' | 'internal';
  readonly text: ProtectedText | null;
  readonly commentedAt: Instant;
}

export interface MediaView {
  readonly media: MediaReference;
  readonly from: 'report' | 'later' | 'closing';
  readonly at: Instant;
}

/** One line of the case's history; `type` is the event's bare name, `at` when it happened. */
export interface TimelineEntry {
  readonly type: string;
  readonly at: Instant;
  readonly recordedAt: Instant;
  readonly sequence: number;
}

const bareName = (wireType: string): string =>
  wireType.slice(wireType.indexOf('.') + 1, wireType.lastIndexOf('.'));

const entry = (event: CaseEvent): TimelineEntry => ({
  type: bareName(event.type),
  at: event.time,
  recordedAt: event.recordedTime,
  sequence: event.sequence,
});

const from = (
  media: readonly MediaReference[],
  source: MediaView['from'],
  at: Instant,
): readonly MediaView[] => media.map((one) => ({ media: one, from: source, at }));

const opened = (event: Extract<CaseEvent, { type: 'intake.CaseOpened.v1' }>): CaseView => {
  const { data } = event;
  return {
    caseNumber: data.caseNumber,
    jurisdiction: data.jurisdiction,
    visibility: data.visibility,
    status: 'open',
    subStatus: 'received',
    serviceCode: data.serviceCode,
    definitionVersion: data.definitionVersion,
    language: data.language,
    title: data.title ?? null,
    description: data.description ?? null,
    answers: data.answers,
    place: data.place,
    districts: data.place.districts ?? {},
    channel: data.channel,
    adapter: data.adapter,
    externalReferences: data.externalReferences,
    contactId: data.contactId ?? null,
    emergencyWords: data.emergencyWords,
    imported: data.imported !== undefined,
    departmentId: data.imported?.departmentId ?? null,
    queue: data.imported?.queue ?? null,
    priority: null,
    basis: null,
    explanation: [],
    suggestedDuplicateOf: null,
    agency: null,
    openedAt: data.openedAt,
    updatedAt: event.time,
    dueAt: data.imported?.dueAt ?? null,
    closedAt: null,
    withdrawnAt: null,
    outcome: null,
    closings: [],
    clocks: [startClock(data.openedAt, data.imported?.dueAt ?? null)],
    work: null,
    parent: null,
    links: [],
    comments: [],
    media: from(data.media, 'report', data.openedAt),
    timeline: [entry(event)],
    erasedAuthors: [],
    revision: event.sequence,
  };
};

/** What an open case is doing while nobody works on it. */
const idle = ({ agency, basis }: CaseView): CaseSubStatus => {
  if (agency !== null) return 'referred';
  if (basis === null) return 'received';
  return basis === 'triage' ? 'triage' : 'assigned';
};

/** A sub status is shown of open cases only; what comes late to a closed one changes the rest. */
const whileOpen = (view: CaseView, subStatus: CaseSubStatus): CaseSubStatus =>
  view.status === 'open' ? subStatus : view.subStatus;

const dueChanged = (view: CaseView, dueAt: Instant | null): Pick<CaseView, 'dueAt' | 'clocks'> => ({
  dueAt: view.status === 'open' ? dueAt : view.dueAt,
  clocks: view.clocks.map((clock, at) =>
    at === view.clocks.length - 1 && clock.closedAt === null ? { ...clock, dueAt } : clock,
  ),
});

const closed = (view: CaseView, data: CaseClosed): CaseView => {
  const closing: Closing = {
    outcome: data.outcome,
    label: data.outcomeLabel,
    text: data.text ?? null,
    stamp: data.stamp ?? null,
    closedAt: data.closedAt,
    onTime: data.onTime,
    followedParent: data.followedParent ?? null,
  };
  return {
    ...view,
    status: 'closed',
    subStatus: 'closed',
    closedAt: data.closedAt,
    outcome: closing,
    closings: [...view.closings, closing],
    clocks: stopClock(view.clocks, data.closedAt, data.onTime),
    media: [...view.media, ...from(data.media, 'closing', data.closedAt)],
  };
};

const changed = (view: CaseView, event: CaseEvent): CaseView => {
  switch (event.type) {
    case 'intake.CaseOpened.v1':
      return view;
    case 'intake.CaseRouted.v1': {
      const { departmentId, queue, priority, dueAt, districts, explanation, basis } = event.data;
      return {
        ...view,
        departmentId,
        queue,
        priority,
        basis,
        explanation,
        agency: null,
        suggestedDuplicateOf: event.data.suggestedDuplicateOf ?? view.suggestedDuplicateOf,
        districts: { ...view.districts, ...districts },
        subStatus: whileOpen(view, basis === 'triage' ? 'triage' : 'assigned'),
        ...dueChanged(view, dueAt),
      };
    }
    case 'intake.CaseReclassified.v1': {
      const { serviceCode, definitionVersion, dueAt } = event.data;
      return { ...view, serviceCode, definitionVersion, ...dueChanged(view, dueAt) };
    }
    case 'intake.CaseReturnedToTriage.v1':
      return {
        ...view,
        departmentId: null,
        queue: null,
        priority: null,
        basis: 'triage',
        work: null,
        subStatus: whileOpen(view, 'triage'),
      };
    case 'intake.CaseLinked.v1': {
      const { parent, linkedAt, parentHidden = false } = event.data;
      const link: LinkView = { parent, linkedAt, unlinkedAt: null, parentHidden };
      return { ...view, parent, links: [...view.links, link] };
    }
    case 'intake.CaseUnlinked.v1': {
      const { parent, unlinkedAt } = event.data;
      const links = view.links.map((link) =>
        link.parent === parent && link.unlinkedAt === null ? { ...link, unlinkedAt } : link,
      );
      return { ...view, parent: null, links };
    }
    case 'intake.CaseReferred.v1': {
      const { agency, outsideCity } = event.data;
      return {
        ...view,
        agency,
        departmentId: outsideCity?.departmentId ?? view.departmentId,
        queue: outsideCity?.queue ?? view.queue,
        explanation: outsideCity?.explanation ?? view.explanation,
        subStatus: whileOpen(view, 'referred'),
      };
    }
    case 'intake.WorkScheduled.v1': {
      const { workOrderId, scheduledFor } = event.data;
      return {
        ...view,
        work: { workOrderId, scheduledFor, pausedBecause: null },
        subStatus: whileOpen(view, 'scheduled'),
      };
    }
    case 'intake.WorkStarted.v1':
    case 'intake.WorkResumed.v1': {
      const { workOrderId } = event.data;
      const scheduledFor = view.work?.scheduledFor ?? null;
      return {
        ...view,
        work: { workOrderId, scheduledFor, pausedBecause: null },
        subStatus: whileOpen(view, 'in-progress'),
      };
    }
    case 'intake.WorkPaused.v1': {
      const { workOrderId, reason } = event.data;
      const scheduledFor = view.work?.scheduledFor ?? null;
      return {
        ...view,
        work: { workOrderId, scheduledFor, pausedBecause: reason },
        subStatus: whileOpen(view, 'paused'),
      };
    }
    case 'intake.CaseClosed.v1':
      return closed(view, event.data);
    case 'intake.CaseReopened.v1': {
      const { reopenedAt, dueAt } = event.data;
      return {
        ...view,
        status: 'open',
        subStatus: idle(view),
        closedAt: null,
        withdrawnAt: null,
        outcome: null,
        dueAt,
        work: null,
        clocks: [...view.clocks, startClock(reopenedAt, dueAt)],
      };
    }
    case 'intake.CaseWithdrawn.v1':
      return {
        ...view,
        status: 'withdrawn',
        subStatus: 'withdrawn',
        closedAt: null,
        outcome: null,
        withdrawnAt: event.data.withdrawnAt,
      };
    case 'intake.CommentAdded.v1': {
      const { commentId, visibility, text, commentedAt } = event.data;
      const comment: CommentView = { commentId, visibility, text: text ?? null, commentedAt };
      return { ...view, comments: [...view.comments, comment] };
    }
    case 'intake.PhotoAdded.v1':
      return { ...view, media: [...view.media, ...from([event.data.media], 'later', event.data.addedAt)] };
    case 'intake.ParentNewsNoted.v1':
    case 'intake.FollowerAnnounced.v1':
    case 'intake.TrackingSecretRenewed.v1':
    case 'intake.TrackingSecretRevoked.v1':
      return view;
    case 'intake.SubjectErased.v1':
      return {
        ...withoutTextsOf(view, event.data.author),
        erasedAuthors: [...view.erasedAuthors, event.data.author],
      };
  }
};

/**
 * The view after one more event; null until the opening. An event at or before the view's revision changes
 * nothing, so that a second delivery is harmless. A projection may keep the view and go on from it.
 */
export const evolveCaseView = (view: CaseView | null, event: CaseEvent): CaseView | null => {
  if (view === null) return event.type === 'intake.CaseOpened.v1' ? opened(event) : null;
  if (event.sequence <= view.revision) return view;
  const next = changed(view, event);
  // Told after the erasure: a text that was under way when the key was deleted.
  const clean = view.erasedAuthors.reduce(withoutTextsOf, next);
  return {
    ...clean,
    updatedAt: event.time,
    timeline: [...view.timeline, entry(event)],
    revision: event.sequence,
  };
};

/** The case that these events of one stream, oldest first, tell of; null without its opening. */
export const foldCase = (events: Iterable<CaseEvent>): CaseView | null => {
  let view: CaseView | null = null;
  for (const event of events) view = evolveCaseView(view, event);
  return view;
};

/** The case as it stood at an instant of event time; null where it was not open yet. */
export const foldCaseAsOf = (events: Iterable<CaseEvent>, asOf: Instant): CaseView | null => {
  const until = Date.parse(asOf);
  return foldCase([...events].filter((event) => Date.parse(event.time) <= until));
};
