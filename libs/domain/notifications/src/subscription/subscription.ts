import { accept, assertNever } from '@city311/kernel';
import type {
  CaseNumber,
  Command,
  ContactId,
  Decider,
  Decision,
  DomainEvent,
  Instant,
  Refusal,
} from '@city311/kernel';

/** `reporter`: followed by the report itself; `asked`: the person asked to be told. */
export type Origin = 'reporter' | 'asked';

export type Subscribed = DomainEvent<
  'Subscribed',
  {
    readonly caseNumber: CaseNumber;
    readonly contactId: ContactId;
    readonly language: string;
    readonly origin: Origin;
    readonly serviceCode: string;
    readonly subscribedAt: Instant;
  }
>;
export type Unsubscribed = DomainEvent<
  'Unsubscribed',
  {
    readonly caseNumber: CaseNumber;
    readonly contactId: ContactId;
    readonly reason: 'asked' | 'erased';
    readonly unsubscribedAt: Instant;
  }
>;
export type SubscriptionEvent = Subscribed | Unsubscribed;

export type Subscribe = Command<'Subscribe', Subscribed['data']>;
export type Unsubscribe = Command<'Unsubscribe', Unsubscribed['data']>;
export type SubscriptionCommand = Subscribe | Unsubscribe;

export type Subscription =
  | { readonly status: 'never' }
  | { readonly status: 'following'; readonly language: string }
  | { readonly status: 'left'; readonly reason: 'asked' | 'erased' };

export interface SubscriptionRefusal extends Refusal {
  readonly code: 'person-erased';
}

const decide = (
  command: SubscriptionCommand,
  state: Subscription,
): Decision<SubscriptionEvent, SubscriptionRefusal> => {
  switch (command.type) {
    case 'Subscribe':
      if (state.status === 'following') return accept();
      if (state.status === 'left') {
        // Whoever left is not followed up on again because an old report is read once more.
        if (command.data.origin === 'reporter') return accept();
        if (state.reason === 'erased') return { outcome: 'refused', refusal: { code: 'person-erased' } };
      }
      return accept({ type: 'Subscribed', data: command.data });
    case 'Unsubscribe':
      return state.status === 'following' ? accept({ type: 'Unsubscribed', data: command.data }) : accept();
    default:
      return assertNever(command);
  }
};

const evolve = (_: Subscription, event: SubscriptionEvent): Subscription => {
  switch (event.type) {
    case 'Subscribed':
      return { status: 'following', language: event.data.language };
    case 'Unsubscribed':
      return { status: 'left', reason: event.data.reason };
    default:
      return assertNever(event);
  }
};

/** One person following one case; stream `notifications.subscription-<case number>-<contact id>`. */
export const subscription: Decider<
  Subscription,
  SubscriptionCommand,
  SubscriptionEvent,
  SubscriptionRefusal
> = {
  initialState: { status: 'never' },
  decide,
  evolve,
};
