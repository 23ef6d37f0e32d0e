import type { CaseEvent } from '@city311/contracts';
import type { ContactId, PublicEvent, Visibility } from '@city311/kernel';
import type { Projection } from '@city311/read-models';

/** What must be known of a case before a stranger may follow it, and who reported it. */
export interface FollowableCase {
  readonly serviceCode: string;
  readonly visibility: Visibility;
  /** Not in documents of version 1. */
  readonly contactId?: ContactId;
}

export const followableCasesProjection: Projection<FollowableCase> = {
  view: { name: 'followable_cases', version: 2, readableFrom: 1, columns: {}, indexes: [] },
  types: ['intake.CaseOpened.v1', 'intake.CaseReclassified.v1'],
  keyOf: (event) => event.subject,
  apply: (doc, given: PublicEvent) => {
    const event = given as CaseEvent;
    if (event.type === 'intake.CaseOpened.v1') {
      const { serviceCode, visibility, contactId } = event.data;
      return { serviceCode, visibility, ...(contactId === undefined ? {} : { contactId }) };
    }
    if (event.type !== 'intake.CaseReclassified.v1' || doc === null) return doc;
    return { ...doc, serviceCode: event.data.serviceCode };
  },
};
