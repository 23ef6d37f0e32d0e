import { topics, type CaseEvent } from '@city311/contracts';
import type { Instant, Place, PublicEvent } from '@city311/kernel';
import type { Projection } from '@city311/read-models';

/** Where a case stands for itself, as far as routing cares. */
type Standing = 'awaiting' | 'triage' | 'routed' | 'outside';

/** `linked`: it follows another, wherever it stands for itself. */
export type RoutableStatus = Standing | 'linked' | 'closed';

/** What routing must know of a case to route it, to route it anew, or to see that another is the same trouble. */
export interface RoutableCase {
  readonly caseNumber: string;
  readonly serviceCode: string;
  readonly openedAt: Instant;
  readonly place: Place;
  readonly emergencyWords: readonly string[];
  readonly imported: boolean;
  readonly status: RoutableStatus;
  readonly standing: Standing;
  readonly isLinked: boolean;
  readonly isOver: boolean;
  readonly departmentId: string | null;
  readonly queue: string | null;
  readonly dueAt: Instant | null;
  readonly explanation: readonly string[];
  readonly suggestedDuplicateOf: string | null;
}

type Opened = Extract<CaseEvent, { readonly type: 'intake.CaseOpened.v1' }>;

export const routableFrom = ({ data, imported }: Opened): RoutableCase => ({
  caseNumber: data.caseNumber,
  serviceCode: data.serviceCode,
  openedAt: data.openedAt,
  place: data.place,
  emergencyWords: data.emergencyWords,
  imported,
  status: 'awaiting',
  standing: 'awaiting',
  isLinked: false,
  isOver: false,
  departmentId: null,
  queue: null,
  dueAt: null,
  explanation: [],
  suggestedDuplicateOf: null,
});

/** With the status that follows from the rest. */
const now = (doc: RoutableCase, change: Partial<RoutableCase>): RoutableCase => {
  const next = { ...doc, ...change };
  return { ...next, status: next.isOver ? 'closed' : next.isLinked ? 'linked' : next.standing };
};

const apply = (doc: RoutableCase | null, given: PublicEvent): RoutableCase | null => {
  const event = given as CaseEvent;
  if (event.type === 'intake.CaseOpened.v1') return routableFrom(event);
  if (doc === null) return null;
  switch (event.type) {
    case 'intake.CaseRouted.v1': {
      const { basis, departmentId, queue, dueAt, explanation, suggestedDuplicateOf } = event.data;
      return now(doc, {
        standing: basis === 'triage' ? 'triage' : 'routed',
        departmentId,
        queue,
        dueAt,
        // Sentences are read in the triage queue only.
        explanation: basis === 'triage' ? explanation : [],
        suggestedDuplicateOf: suggestedDuplicateOf ?? null,
      });
    }
    case 'intake.CaseReclassified.v1':
      return { ...doc, serviceCode: event.data.serviceCode };
    case 'intake.CaseReturnedToTriage.v1':
      return now(doc, { standing: 'triage' });
    case 'intake.CaseReferred.v1':
      return now(doc, { standing: 'outside' });
    case 'intake.CaseLinked.v1':
      return now(doc, { isLinked: true });
    case 'intake.CaseUnlinked.v1':
      return now(doc, { isLinked: false });
    case 'intake.CaseClosed.v1':
    case 'intake.CaseWithdrawn.v1':
      return now(doc, { isOver: true });
    case 'intake.CaseReopened.v1':
      return now(doc, { isOver: false, dueAt: event.data.dueAt });
    default:
      return doc;
  }
};

export const routableCasesTopic = topics.case.name;

/** Cases as routing sees them, from the Case topic; the triage queue is those whose status is `triage`. */
export const routableCasesProjection: Projection<RoutableCase> = {
  view: {
    name: 'routable_cases',
    version: 2,
    columns: {
      caseNumber: { type: 'text', value: (doc) => doc.caseNumber },
      serviceCode: { type: 'text', value: (doc) => doc.serviceCode },
      status: { type: 'text', value: (doc) => doc.status },
      queue: { type: 'text', value: (doc) => doc.queue },
      openedAt: { type: 'text', value: (doc) => doc.openedAt },
      latitude: { type: 'real', value: (doc) => doc.place.latitude ?? null },
      longitude: { type: 'real', value: (doc) => doc.place.longitude ?? null },
    },
    indexes: [['status', 'openedAt']],
  },
  types: [
    'intake.CaseOpened.v1',
    'intake.CaseRouted.v1',
    'intake.CaseReclassified.v1',
    'intake.CaseReturnedToTriage.v1',
    'intake.CaseReferred.v1',
    'intake.CaseLinked.v1',
    'intake.CaseUnlinked.v1',
    'intake.CaseClosed.v1',
    'intake.CaseReopened.v1',
    'intake.CaseWithdrawn.v1',
  ],
  keyOf: (event) => event.subject,
  apply,
};
