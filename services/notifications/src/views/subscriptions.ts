import type { SubscriptionEvent } from '@city311/domain-notifications';
import {
  assertNever,
  type CaseNumber,
  type ContactId,
  type Instant,
  type PublicEvent,
} from '@city311/kernel';
import type { Projection } from '@city311/read-models';

import { subscriptionCodec } from '../codecs.js';

/** One person and one case. */
export interface SubscriptionRow {
  readonly caseNumber: CaseNumber;
  readonly contactId: ContactId;
  readonly language: string;
  readonly origin: 'reporter' | 'asked';
  readonly serviceCode: string;
  readonly status: 'following' | 'left';
  readonly changedAt: Instant;
}

const after = (row: SubscriptionRow | null, event: SubscriptionEvent): SubscriptionRow | null => {
  switch (event.type) {
    case 'Subscribed': {
      const { subscribedAt, ...data } = event.data;
      return { ...data, status: 'following', changedAt: subscribedAt };
    }
    case 'Unsubscribed':
      return row && { ...row, status: 'left', changedAt: event.data.unsubscribedAt };
    default:
      return assertNever(event);
  }
};

export const subscriptionsProjection: Projection<SubscriptionRow> = {
  view: {
    name: 'subscriptions',
    version: 1,
    columns: {
      caseNumber: { type: 'text', value: (row) => row.caseNumber },
      status: { type: 'text', value: (row) => row.status },
    },
    indexes: [['caseNumber']],
  },
  types: ['notifications.Subscribed.v1', 'notifications.Unsubscribed.v1'],
  keyOf: ({ stream }) => stream.slice(stream.indexOf('-') + 1),
  apply: (row, event: PublicEvent) => after(row, subscriptionCodec.fromWire(event.type, event.data)),
};
