import type { CaseClosed, CaseOpened } from '@city311/contracts';
import type { Districts, Place, Visibility } from '@city311/kernel';
import type { Interval, ViewDeclaration } from '@city311/read-models';

/** Redacted text in clear, and the key of whoever wrote it, so that erasing that person clears just their words. */
export interface PublicText {
  readonly words: string;
  readonly keyId: string;
}

/** One end of the case: a close, or the reporter's withdrawal. A case that was reopened has several. */
export interface Closing {
  readonly closedAt: string;
  readonly onTime: boolean;
  readonly outcome: CaseClosed['outcome'];
  readonly outcomeLabel: string;
  readonly text: PublicText | null;
  readonly stamp?: string;
  readonly photo?: string;
}

export type Status = 'open' | 'closed' | 'withdrawn';

/** What held from one moment to the next, by event time; the whole history answers for any past moment. */
export interface Stretch extends Interval {
  readonly values: {
    readonly state: Status;
    /** Result of the close that stands; null while open. */
    readonly onTime: boolean | null;
    readonly dueAt: string | null;
    readonly department: string | null;
    readonly channel: string;
    readonly neighborhood: string | null;
  };
  readonly queue: string | null;
  /** How many of `closings` had been told. */
  readonly closings: number;
}

/** One case, with what dashboards and the open data need; texts redacted. */
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
  /** Of the clock that runs, or ran last; null where the service has no service level. */
  readonly dueAt: string | null;
  /** Every end, in the order of telling. */
  readonly closings: readonly Closing[];
  /** Without gaps from the opening on; the last one has no end. */
  readonly history: readonly [Stretch, ...Stretch[]];
}

export const serviceRequestsView: ViewDeclaration<ServiceRequestDoc> = {
  name: 'service_requests',
  version: 2,
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
