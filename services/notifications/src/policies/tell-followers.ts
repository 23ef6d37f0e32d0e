import type { CaseEvent } from '@city311/contracts';
import { noticesFor, type NoticeDraft, type Subscribe } from '@city311/domain-notifications';
import type { CommandItem } from '@city311/eventing';
import type { PublicEvent } from '@city311/kernel';
import type { Clock } from '@city311/platform';
import type { Vault } from '@city311/vault';

import {
  following,
  noticeStream,
  subscriptionId,
  subscriptionStream,
  type NoticeHandler,
  type SubscriptionHandler,
} from '../handlers.js';
import type { MailRoom } from '../sending/mail-room.js';
import { toldBy } from './case-news.js';
import type { Followers } from './followers.js';

const policy = 'tell-followers';

type Opened = Extract<CaseEvent, { readonly type: 'intake.CaseOpened.v1' }>;

/** Case events -> reporters subscribed, notices queued and handed to the mail room. */
export class TellFollowers {
  constructor(
    private readonly parts: {
      readonly notices: NoticeHandler;
      readonly subscriptions: SubscriptionHandler;
      readonly followers: Followers;
      readonly vault: Vault;
      readonly mailRoom: MailRoom;
      readonly clock: Clock;
      /** After the `@` of a Message-ID. */
      readonly mailDomain: string;
    },
  ) {}

  /** All or nothing: throws where something could not be written; then the same events may be given again. */
  async follow(events: readonly PublicEvent[]): Promise<void> {
    const given = events as readonly CaseEvent[];
    await this.#subscribeReporters(given);
    await this.#queue(given);
  }

  async #subscribeReporters(events: readonly CaseEvent[]): Promise<void> {
    const { subscriptions, followers } = this.parts;
    const opened = events.filter((event) => event.type === 'intake.CaseOpened.v1');
    if (opened.length === 0) return;
    const items = await this.#subscriptionsOf(opened);
    for (const [index, result] of (await subscriptions.handleMany(items)).entries()) {
      if (result.outcome === 'failed') throw result.error;
      const asked = items[index]?.command.data;
      if (result.outcome === 'refused' || asked === undefined) continue;
      for (const event of result.events) followers.remember(event);
      // Done in an earlier delivery, perhaps by another process: the view may not show it yet.
      if (result.events.length === 0 && result.state.status === 'following')
        followers.remember({ type: 'Subscribed', data: asked });
    }
    for (const { subject } of opened) followers.opened(subject);
  }

  async #subscriptionsOf(opened: readonly Opened[]): Promise<readonly CommandItem<Subscribe>[]> {
    const ids = new Set(opened.flatMap(({ data }) => (data.contactId === undefined ? [] : [data.contactId])));
    if (ids.size === 0) return [];
    const contacts = await this.parts.vault.contacts([...ids]);
    const now = this.parts.clock.now().toISOString();
    return opened.flatMap((event) => {
      const { caseNumber, contactId, serviceCode, language } = event.data;
      const contact = contactId === undefined ? undefined : contacts.get(contactId);
      if (contactId === undefined || contact?.email === undefined || !contact.consent) return [];
      const command: Subscribe = {
        type: 'Subscribe',
        data: { caseNumber, contactId, language, origin: 'reporter', serviceCode, subscribedAt: now },
      };
      const stream = subscriptionStream(subscriptionId(caseNumber, contactId));
      return [{ stream, command, context: following(event, policy, now), assumeNew: true }];
    });
  }

  async #queue(events: readonly CaseEvent[]): Promise<void> {
    const { notices, followers, mailRoom, clock } = this.parts;
    const news = events.filter((event) => !event.imported && event.type !== 'intake.CaseOpened.v1');
    if (news.length === 0) return;
    const followed = await followers.of([...new Set(news.map(({ subject }) => subject))]);
    if (followed.size === 0) return;
    const now = clock.now().toISOString();
    const items = news.flatMap((event) => {
      const context = following(event, policy, now);
      return this.#drafts(event, followed).map((draft) => ({
        stream: noticeStream(draft.noticeId),
        command: {
          type: 'QueueNotice' as const,
          data: { ...draft, messageId: `<${draft.noticeId}@${this.parts.mailDomain}>`, queuedAt: now },
        },
        context,
        assumeNew: true,
      }));
    });
    if (items.length === 0) return;
    for (const [index, result] of (await notices.handleMany(items)).entries()) {
      if (result.outcome === 'failed') throw result.error;
      if (result.outcome !== 'accepted') continue;
      const traceparent = items[index]?.context.traceparent;
      for (const event of result.events)
        if (event.type === 'NoticeQueued') mailRoom.post(event.data, traceparent);
    }
  }

  #drafts(event: CaseEvent, followed: Awaited<ReturnType<Followers['of']>>): readonly NoticeDraft[] {
    const told = toldBy(event);
    const those = followed.get(event.subject);
    if (told === null || those === undefined) return [];
    const { type, sequence, imported } = event;
    return noticesFor({ caseNumber: event.data.caseNumber, type, sequence, imported, told }, those);
  }
}
