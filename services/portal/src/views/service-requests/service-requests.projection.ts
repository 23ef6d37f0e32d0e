import type { CaseClosed, CaseEvent, CaseOpened, CaseWithdrawn } from '@city311/contracts';
import type { MediaReference, PublicEvent } from '@city311/kernel';
import type { Interval, Projection } from '@city311/read-models';

import {
  serviceRequestsView,
  type Clock,
  type PublicText,
  type ServiceRequestDoc,
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

/** What the dashboards group by, as it holds after an event. */
const standing = (doc: Omit<ServiceRequestDoc, 'history'>): Interval['values'] => {
  const clock = doc.clocks[doc.clocks.length - 1] ?? doc.clocks[0];
  return {
    state: doc.status,
    onTime: clock.closure?.onTime ?? null,
    dueAt: clock.dueAt,
    department: doc.departmentId,
    channel: doc.channel,
    neighborhood: doc.districts['neighborhood'] ?? null,
  };
};

const sameValues = (one: Interval['values'], other: Interval['values']): boolean =>
  Object.keys(one).every((name) => one[name] === other[name]);

/** Adds a stretch from `at` when something that is counted changed. Times never run backwards, however dirty the source. */
const withHistory = (
  doc: Omit<ServiceRequestDoc, 'history'>,
  before: readonly Interval[],
  at: string,
): ServiceRequestDoc => {
  const values = standing(doc);
  const last = before[before.length - 1];
  if (last === undefined) return { ...doc, history: [{ from: at, to: null, values }] };
  if (sameValues(last.values, values)) return { ...doc, history: before };
  const from = later(at, last.from);
  const kept = from === last.from ? before.slice(0, -1) : [...before.slice(0, -1), { ...last, to: from }];
  return { ...doc, history: [...kept, { from, to: null, values }] };
};

const opened = (event: CaseEvent & { data: CaseOpened }, texts: Revealed['revealed']): ServiceRequestDoc => {
  const { data } = event;
  const { districts = {}, exact: _exact, ...place } = data.place;
  return withHistory(
    {
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
      clocks: [{ openedAt: data.openedAt, dueAt: data.imported?.dueAt ?? null, closure: null }],
    },
    [],
    data.openedAt,
  );
};

const withLastClock = (
  clocks: ServiceRequestDoc['clocks'],
  change: (clock: Clock) => Clock,
): ServiceRequestDoc['clocks'] => {
  const [first, ...rest] = clocks;
  const last = rest.pop();
  return last === undefined ? [change(first)] : [first, ...rest, change(last)];
};

const closed = (clock: Clock, data: CaseClosed, texts: Revealed['revealed']): Clock => {
  const photo = photoUrls(data.media);
  return {
    ...clock,
    closure: {
      closedAt: data.closedAt,
      onTime: data.onTime,
      outcome: data.outcome,
      outcomeLabel: data.outcomeLabel,
      text: texts?.text ?? null,
      ...(data.stamp === undefined ? {} : { stamp: data.stamp }),
      ...(photo === undefined ? {} : { photo }),
    },
  };
};

/** The reporter took it back: the clock ends, and nobody was late. */
const withdrawn = (clock: Clock, { withdrawnAt }: CaseWithdrawn): Clock => ({
  ...clock,
  closure: {
    closedAt: withdrawnAt,
    onTime: true,
    outcome: 'withdrawn',
    outcomeLabel: 'Case Withdrawn',
    text: null,
  },
});

/** Facts of an older system stand: routing's finding fills only what they left open. */
const routedDistricts = (
  doc: ServiceRequestDoc,
  found: ServiceRequestDoc['districts'],
): ServiceRequestDoc['districts'] => (doc.imported ? doc.districts : { ...doc.districts, ...found });

const change = (
  doc: ServiceRequestDoc,
  event: CaseEvent & Revealed,
): Omit<ServiceRequestDoc, 'history'> | null => {
  switch (event.type) {
    case 'intake.CaseOpened.v1':
      return null;
    case 'intake.CaseRouted.v1':
      return {
        ...doc,
        departmentId: event.data.departmentId,
        queue: event.data.queue,
        districts: routedDistricts(doc, event.data.districts),
        clocks: withLastClock(doc.clocks, (clock) => ({ ...clock, dueAt: event.data.dueAt })),
      };
    case 'intake.CaseReclassified.v1':
      return {
        ...doc,
        serviceCode: event.data.serviceCode,
        clocks: withLastClock(doc.clocks, (clock) => ({ ...clock, dueAt: event.data.dueAt })),
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
        clocks: withLastClock(doc.clocks, (clock) => closed(clock, event.data, event.revealed)),
      };
    case 'intake.CaseReopened.v1':
      return {
        ...doc,
        status: 'open',
        clocks: [...doc.clocks, { openedAt: event.data.reopenedAt, dueAt: event.data.dueAt, closure: null }],
      };
    case 'intake.CaseWithdrawn.v1':
      return {
        ...doc,
        status: 'withdrawn',
        clocks: withLastClock(doc.clocks, (clock) => withdrawn(clock, event.data)),
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
      return doc;
  }
};

/** Drops what was written under an erased key, and nothing else. */
const withoutTextsOf = (keyId: string, doc: ServiceRequestDoc): ServiceRequestDoc => {
  const kept = (text: PublicText | null): PublicText | null => (text?.keyId === keyId ? null : text);
  const clear = (clock: Clock): Clock =>
    clock.closure === null
      ? clock
      : { ...clock, closure: { ...clock.closure, text: kept(clock.closure.text) } };
  const [first, ...rest] = doc.clocks;
  return {
    ...doc,
    title: kept(doc.title),
    description: kept(doc.description),
    clocks: [clear(first), ...rest.map(clear)],
  };
};

const caseEventTypes = Object.keys({
  'intake.CaseOpened.v1': true,
  'intake.CaseRouted.v1': true,
  'intake.CaseReclassified.v1': true,
  'intake.CaseReturnedToTriage.v1': true,
  'intake.CaseLinked.v1': true,
  'intake.CaseUnlinked.v1': true,
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
    if (changed === null) return doc;
    return withHistory({ ...changed, updatedAt: later(doc.updatedAt, event.time) }, doc.history, event.time);
  },
};
