import type { CaseClosed, CaseEvent, CaseOpened, CaseWithdrawn } from '@city311/contracts';
import type { MediaReference, PublicEvent } from '@city311/kernel';
import type { Projection } from '@city311/read-models';

import {
  serviceRequestsView,
  type Closing,
  type PublicText,
  type ServiceRequestDoc,
  type Stretch,
} from './service-requests.view.js';

/** Texts in clear, put beside the events of a batch before they are projected; absent where erased. */
export interface Revealed {
  readonly revealed?: {
    readonly title?: PublicText;
    readonly description?: PublicText;
    readonly text?: PublicText;
  };
}

/** Addresses of the photos, several joined as Boston's file does; undefined for none. */
const photoUrls = (media: readonly MediaReference[]): string | undefined =>
  media.length === 0
    ? undefined
    : media.map((photo) => (photo.kind === 'external' ? photo.url : `/media/${photo.sha256}`)).join(' | ');

const later = (one: string, other: string): string => (one > other ? one : other);

type Now = Omit<ServiceRequestDoc, 'history'>;

/** What the document says now, as a stretch from `from` on. */
const stretchFrom = (doc: Now, from: string): Stretch => ({
  from,
  to: null,
  values: {
    state: doc.status,
    onTime: doc.status === 'open' ? null : (doc.closings.at(-1)?.onTime ?? null),
    dueAt: doc.dueAt,
    department: doc.departmentId,
    channel: doc.channel,
    neighborhood: doc.districts['neighborhood'] ?? null,
  },
  queue: doc.queue,
  closings: doc.closings.length,
});

const saysTheSame = (one: Stretch, other: Stretch): boolean =>
  one.queue === other.queue &&
  one.closings === other.closings &&
  one.values.state === other.values.state &&
  one.values.onTime === other.values.onTime &&
  one.values.dueAt === other.values.dueAt &&
  one.values.department === other.values.department &&
  one.values.channel === other.values.channel &&
  one.values.neighborhood === other.values.neighborhood;

type History = ServiceRequestDoc['history'];

/** Ends the last stretch at `at` where something has changed. Time never runs backwards, however dirty the source. */
const historyWith = (doc: Now, before: History, at: string): History => {
  const last = before.at(-1) ?? before[0];
  const next = stretchFrom(doc, later(at, last.from));
  if (saysTheSame(last, next)) return before;
  const [first, ...rest] =
    next.from === last.from ? before.slice(0, -1) : [...before.slice(0, -1), { ...last, to: next.from }];
  return first === undefined ? [next] : [first, ...rest, next];
};

const opened = (event: CaseEvent & { data: CaseOpened }, texts: Revealed['revealed']): ServiceRequestDoc => {
  const { data } = event;
  const { districts = {}, exact: _exact, ...place } = data.place;
  const doc: Now = {
    caseNumber: data.caseNumber,
    references: data.externalReferences,
    jurisdiction: data.jurisdiction,
    serviceCode: data.serviceCode,
    visibility: data.visibility,
    imported: event.imported,
    status: 'open',
    title: texts?.title ?? null,
    description: texts?.description ?? null,
    channel: data.channel,
    departmentId: data.imported?.departmentId ?? null,
    queue: data.imported?.queue ?? null,
    place,
    districts,
    photo: photoUrls(data.media) ?? null,
    parent: null,
    openedAt: data.openedAt,
    updatedAt: data.openedAt,
    dueAt: data.imported?.dueAt ?? null,
    closings: [],
  };
  return { ...doc, history: [stretchFrom(doc, data.openedAt)] };
};

const closed = (data: CaseClosed, texts: Revealed['revealed']): Closing => {
  const photo = photoUrls(data.media);
  return {
    closedAt: data.closedAt,
    onTime: data.onTime,
    outcome: data.outcome,
    outcomeLabel: data.outcomeLabel,
    text: texts?.text ?? null,
    ...(data.stamp === undefined ? {} : { stamp: data.stamp }),
    ...(photo === undefined ? {} : { photo }),
  };
};

/** The reporter took it back: nobody was late. */
const withdrawn = ({ withdrawnAt }: CaseWithdrawn): Closing => ({
  closedAt: withdrawnAt,
  onTime: true,
  outcome: 'withdrawn',
  outcomeLabel: 'Case Withdrawn',
  text: null,
});

type Later = Exclude<CaseEvent, { readonly type: 'intake.CaseOpened.v1' }>;

/** Facts of an older system stand: routing's finding fills only what they left open. */
const routedDistricts = (
  doc: ServiceRequestDoc,
  found: ServiceRequestDoc['districts'],
): ServiceRequestDoc['districts'] => (doc.imported ? doc.districts : { ...doc.districts, ...found });

const change = (doc: ServiceRequestDoc, event: Later & Revealed): Now => {
  switch (event.type) {
    case 'intake.CaseRouted.v1':
      return {
        ...doc,
        departmentId: event.data.departmentId,
        queue: event.data.queue,
        districts: routedDistricts(doc, event.data.districts),
        // The clock of a case that had ended has given its result.
        dueAt: event.data.closedMeanwhile === true ? doc.dueAt : event.data.dueAt,
      };
    case 'intake.CaseReclassified.v1':
      return {
        ...doc,
        serviceCode: event.data.serviceCode,
        dueAt: event.data.dueAt,
      };
    case 'intake.CaseReturnedToTriage.v1':
      return { ...doc, departmentId: null, queue: null };
    case 'intake.CaseLinked.v1':
      return { ...doc, parent: event.data.parent };
    case 'intake.CaseUnlinked.v1':
      return { ...doc, parent: null };
    case 'intake.CaseClosed.v1':
      return {
        ...doc,
        status: 'closed',
        closings: [...doc.closings, closed(event.data, event.revealed)],
      };
    case 'intake.CaseReopened.v1':
      return {
        ...doc,
        status: 'open',
        dueAt: event.data.dueAt,
      };
    case 'intake.CaseWithdrawn.v1':
      return {
        ...doc,
        status: 'withdrawn',
        closings: [...doc.closings, withdrawn(event.data)],
      };
    case 'intake.SubjectErased.v1':
      return withoutTextsOf(event.data.author, doc);
    case 'intake.CaseReferred.v1': {
      const { outsideCity } = event.data;
      return outsideCity === undefined
        ? doc
        : { ...doc, departmentId: outsideCity.departmentId, queue: outsideCity.queue };
    }
    case 'intake.WorkScheduled.v1':
    case 'intake.WorkStarted.v1':
    case 'intake.WorkPaused.v1':
    case 'intake.WorkResumed.v1':
    case 'intake.CommentAdded.v1':
    case 'intake.PhotoAdded.v1':
    case 'intake.ParentNewsNoted.v1':
    case 'intake.FollowerAnnounced.v1':
    case 'intake.TrackingSecretRenewed.v1':
    case 'intake.TrackingSecretRevoked.v1':
      return doc;
  }
};

/** Drops what was written under an erased key, and nothing else. */
const withoutTextsOf = (keyId: string, doc: ServiceRequestDoc): ServiceRequestDoc => {
  const kept = (text: PublicText | null): PublicText | null => (text?.keyId === keyId ? null : text);
  return {
    ...doc,
    title: kept(doc.title),
    description: kept(doc.description),
    closings: doc.closings.map((closing) => ({ ...closing, text: kept(closing.text) })),
  };
};

const caseEventTypes = Object.keys({
  'intake.CaseOpened.v1': true,
  'intake.CaseRouted.v1': true,
  'intake.CaseReclassified.v1': true,
  'intake.CaseReturnedToTriage.v1': true,
  'intake.CaseLinked.v1': true,
  'intake.CaseUnlinked.v1': true,
  'intake.ParentNewsNoted.v1': true,
  'intake.FollowerAnnounced.v1': true,
  'intake.CaseReferred.v1': true,
  'intake.WorkScheduled.v1': true,
  'intake.WorkStarted.v1': true,
  'intake.WorkPaused.v1': true,
  'intake.WorkResumed.v1': true,
  'intake.CaseClosed.v1': true,
  'intake.CaseReopened.v1': true,
  'intake.CaseWithdrawn.v1': true,
  'intake.CommentAdded.v1': true,
  'intake.PhotoAdded.v1': true,
  'intake.TrackingSecretRenewed.v1': true,
  'intake.TrackingSecretRevoked.v1': true,
  'intake.SubjectErased.v1': true,
} satisfies Record<CaseEvent['type'], true>);

export const serviceRequestsProjection: Projection<ServiceRequestDoc> = {
  view: serviceRequestsView,
  types: caseEventTypes,
  keyOf: (event) => event.subject,
  apply: (doc, event: PublicEvent & Revealed) => {
    const caseEvent = event as CaseEvent & Revealed;
    if (caseEvent.type === 'intake.CaseOpened.v1') return doc ?? opened(caseEvent, caseEvent.revealed);
    if (doc === null) throw new Error(`${event.subject} has no opening before ${event.type}`);
    const changed = change(doc, caseEvent);
    return {
      ...changed,
      updatedAt: later(doc.updatedAt, event.time),
      history: historyWith(changed, doc.history, event.time),
    };
  },
};
