import type { CaseClosed, CaseOpened } from '@city311/contracts';
import type { Districts, Place, Visibility } from '@city311/kernel';
import type { Interval, ViewDeclaration } from '@city311/read-models';

/** Redacted text in clear, and the key of whoever wrote it, so that erasing that person clears just their words. */
export interface PublicText {
  readonly words: string;
  readonly keyId: string;
}

/** How one clock ended. */
export interface Closure {
  readonly closedAt: string;
  readonly onTime: boolean;
  readonly outcome: CaseClosed['outcome'];
  readonly outcomeLabel: string;
  readonly text: PublicText | null;
  readonly stamp?: string;
  readonly photo?: string;
}

/** From opening (or reopening) to close; the last one is the running one where `closure` is null. */
export interface Clock {
  readonly openedAt: string;
  readonly dueAt: string | null;
  readonly closure: Closure | null;
}

export type Status = 'open' | 'closed' | 'withdrawn';

/** One public case, with what dashboards and the open data need; texts redacted. */
export interface ServiceRequestDoc {
  readonly caseNumber: string;
  readonly references: CaseOpened['externalReferences'];
  readonly jurisdiction: string;
  readonly serviceCode: string;
  readonly visibility: Visibility;
  readonly imported: boolean;
  readonly status: Status;
  readonly title: PublicText | null;
  readonly description: PublicText | null;
  readonly channel: string;
  readonly departmentId: string | null;
  readonly queue: string | null;
  readonly place: Omit<Place, 'districts' | 'exact'>;
  readonly districts: Districts;
  readonly photo: string | null;
  readonly parent: string | null;
  readonly openedAt: string;
  readonly updatedAt: string;
  readonly clocks: readonly [Clock, ...Clock[]];
  /** What held when, by event time; the last one has no end. */
  readonly history: readonly Interval[];
}

export const serviceRequestsView: ViewDeclaration<ServiceRequestDoc> = {
  name: 'service_requests',
  version: 1,
  columns: {
    alias: { type: 'text', value: (doc) => doc.references[0]?.id ?? null },
    status: { type: 'text', value: (doc) => doc.status },
    visibility: { type: 'text', value: (doc) => doc.visibility },
    openedAt: { type: 'text', value: (doc) => doc.openedAt },
    updatedAt: { type: 'text', value: (doc) => doc.updatedAt },
  },
  indexes: [['openedAt'], ['alias']],
  intervals: {
    columns: {
      state: 'text',
      onTime: 'boolean',
      dueAt: 'text',
      department: 'text',
      channel: 'text',
      neighborhood: 'text',
    },
    of: (doc) => doc.history,
  },
};
