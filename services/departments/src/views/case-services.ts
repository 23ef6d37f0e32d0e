import { topics, type CaseEvent } from '@city311/contracts';
import type { PublicEvent } from '@city311/kernel';
import type { Projection } from '@city311/read-models';

/** What a case asks for. A route does not say it, so that the policy looks here when it did not just hear it. */
export interface CaseService {
  readonly serviceCode: string;
}

export const caseServicesTopic = topics.case.name;

/** The service that an event tells of; null where it tells of none. */
export const serviceToldBy = (given: PublicEvent): string | null => {
  const event = given as CaseEvent;
  return event.type === 'intake.CaseOpened.v1' || event.type === 'intake.CaseReclassified.v1'
    ? event.data.serviceCode
    : null;
};

export const caseServicesProjection: Projection<CaseService> = {
  view: { name: 'case_services', version: 1, columns: {}, indexes: [] },
  types: ['intake.CaseOpened.v1', 'intake.CaseReclassified.v1'],
  keyOf: (event) => event.subject,
  apply: (doc, event) => {
    const serviceCode = serviceToldBy(event);
    return serviceCode === null || doc?.serviceCode === serviceCode ? doc : { serviceCode };
  },
};
