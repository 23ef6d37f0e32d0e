import type { Position, PublicEvent } from '@city311/kernel';
import type { Interval, Projection } from '@city311/read-models';

/** A small case document that uses every feature of a declaration. */
export interface SampleDoc {
  readonly number: string;
  readonly status: 'open' | 'closed';
  readonly department: string | null;
  readonly title: string;
  readonly openedAt: string;
  readonly latitude: number | null;
  readonly longitude: number | null;
  readonly urgent: boolean;
  readonly steps: number;
  readonly spans: readonly Interval[];
}

export interface SampleOpened {
  readonly title: string;
  readonly department?: string | null;
  readonly latitude?: number;
  readonly longitude?: number;
  readonly urgent?: boolean;
}

export const sampleTypes = {
  opened: 'sample.Opened.v1',
  moved: 'sample.Moved.v1',
  noted: 'sample.Noted.v1',
  closed: 'sample.Closed.v1',
  erased: 'sample.Erased.v1',
  poisoned: 'sample.Poisoned.v1',
  unwanted: 'sample.Unwanted.v1',
} as const;

const wanted: readonly string[] = Object.values(sampleTypes).filter((type) => type !== sampleTypes.unwanted);

const restated = (doc: SampleDoc, at: string, change: Partial<SampleDoc>): SampleDoc => {
  const next = { ...doc, ...change, steps: doc.steps + 1 };
  const past = doc.spans.map((span) => (span.to === null ? { ...span, to: at } : span));
  const values = { status: next.status, department: next.department, urgent: next.urgent };
  return { ...next, spans: [...past, { from: at, to: null, values }] };
};

const opened = (event: PublicEvent): SampleDoc => {
  const { title, department = null, latitude, longitude, urgent = false } = event.data as SampleOpened;
  const doc: SampleDoc = {
    number: event.subject,
    status: 'open',
    department,
    title,
    openedAt: event.time,
    latitude: latitude ?? null,
    longitude: longitude ?? null,
    urgent,
    steps: 0,
    spans: [],
  };
  return restated(doc, event.time, {});
};

const apply = (doc: SampleDoc | null, event: PublicEvent): SampleDoc | null => {
  if (event.type === sampleTypes.poisoned) throw new Error('poisoned');
  if (event.type === sampleTypes.opened) return opened(event);
  if (doc === null) return null;
  switch (event.type) {
    case sampleTypes.moved:
      return restated(doc, event.time, {
        department: (event.data as { department: string | null }).department,
      });
    case sampleTypes.closed:
      return restated(doc, event.time, { status: 'closed' });
    case sampleTypes.erased:
      return null;
    default:
      return doc;
  }
};

export const sampleProjection = (name = 'samples', version = 1): Projection<SampleDoc> => ({
  view: {
    name,
    version,
    columns: {
      status: { type: 'text', value: (doc) => doc.status },
      department: { type: 'text', value: (doc) => doc.department },
      openedAt: { type: 'text', value: (doc) => doc.openedAt },
      latitude: { type: 'real', value: (doc) => doc.latitude },
      longitude: { type: 'real', value: (doc) => doc.longitude },
      urgent: { type: 'boolean', value: (doc) => doc.urgent },
      steps: { type: 'integer', value: (doc) => doc.steps },
    },
    indexes: [['status', 'openedAt'], ['department', 'openedAt'], ['openedAt']],
    searchText: (doc) => doc.title,
    area: { latitude: 'latitude', longitude: 'longitude' },
    intervals: {
      columns: { status: 'text', department: 'text', urgent: 'boolean' },
      of: (doc) => doc.spans,
    },
  },
  types: wanted,
  keyOf: (event) => event.subject,
  apply,
});

export const samplePosition = (n: number): Position => String(n).padStart(16, '0') as Position;

/** Minute `n` of the samples' day. */
export const sampleTime = (n: number): string => new Date(Date.UTC(2026, 2, 1) + n * 60_000).toISOString();

export const sampleEvent = (
  type: keyof typeof sampleTypes,
  number: string,
  sequence: number,
  data: unknown = {},
  minute = sequence,
): PublicEvent => ({
  id: `${number}/${sequence}`,
  type: sampleTypes[type],
  source: 'urn:sample',
  subject: number,
  time: sampleTime(minute),
  stream: `sample.case-${number}`,
  sequence,
  recordedTime: sampleTime(minute),
  actor: 'key:sample',
  jurisdiction: 'boston',
  imported: false,
  correlationId: number,
  data,
});
