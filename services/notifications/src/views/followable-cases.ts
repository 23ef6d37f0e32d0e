import type { CaseEvent } from '@city311/contracts';
import type { PublicEvent, Visibility } from '@city311/kernel';
import type { Projection } from '@city311/read-models';

/** What must be known of a case before a stranger may follow it. */
export interface FollowableCase {
  readonly serviceCode: string;
  readonly visibility: Visibility;
}

export const followableCasesProjection: Projection<FollowableCase> = {
  view: { name: 'followable_cases', version: 1, columns: {}, indexes: [] },
  types: ['intake.CaseOpened.v1', 'intake.CaseReclassified.v1'],
  keyOf: (event) => event.subject,
  apply: (doc, given: PublicEvent) => {
    const event = given as CaseEvent;
    if (event.type === 'intake.CaseOpened.v1') {
      const { serviceCode, visibility } = event.data;
      return { serviceCode, visibility };
    }
    if (event.type !== 'intake.CaseReclassified.v1' || doc === null) return doc;
    return { ...doc, serviceCode: event.data.serviceCode };
  },
};
