import { topics } from '@city311/contracts';
import type { Follower, SubscriptionEvent } from '@city311/domain-notifications';
import type { TopicReader } from '@city311/messaging';
import type { View } from '@city311/read-models';

import { subscriptionId } from '../handlers.js';
import type { SubscriptionRow } from '../views/subscriptions.js';

const remembered = 20_000;
const waitMs = 30_000;
const pageSize = 10_000;

/** Who follows a case: the view, and what this process did to subscriptions and the view may not show yet. */
export class Followers {
  readonly #recent = new Map<string, SubscriptionEvent>();
  readonly #recentOf = new Map<string, Set<string>>();
  /** Takeovers before which the view was seen to show everything. */
  #caughtUpWith = -1;

  constructor(
    private readonly view: View<SubscriptionRow>,
    private readonly topics: TopicReader,
  ) {}

  remember(event: SubscriptionEvent): void {
    const { caseNumber, contactId } = event.data;
    const id = subscriptionId(caseNumber, contactId);
    this.#recent.delete(id);
    this.#recent.set(id, event);
    const ids = this.#recentOf.get(caseNumber);
    if (ids === undefined) this.#recentOf.set(caseNumber, new Set([id]));
    else ids.add(id);
    if (this.#recent.size > remembered) this.#forgetOldest();
  }

  async of(caseNumbers: readonly string[]): Promise<ReadonlyMap<string, readonly Follower[]>> {
    const followers = new Map<string, Map<string, Follower>>();
    const put = (caseNumber: string, id: string, follower: Follower | null): void => {
      const those = followers.get(caseNumber) ?? new Map<string, Follower>();
      followers.set(caseNumber, those);
      if (follower === null) those.delete(id);
      else those.set(id, follower);
    };
    for (const row of await this.#rows(caseNumbers)) {
      put(row.caseNumber, subscriptionId(row.caseNumber, row.contactId), followerOf(row));
    }
    for (const caseNumber of caseNumbers) {
      for (const id of this.#recentOf.get(caseNumber) ?? []) {
        const event = this.#recent.get(id);
        if (event !== undefined)
          put(caseNumber, id, event.type === 'Subscribed' ? followerOf(event.data) : null);
      }
    }
    return new Map([...followers].map(([caseNumber, those]) => [caseNumber, [...those.values()]]));
  }

  /** Whether the person left; who is not known to have left follows. */
  async haveLeft(ids: readonly string[]): Promise<ReadonlySet<string>> {
    const left = new Set<string>();
    for (const [id, { status }] of await this.view.getMany(ids)) if (status === 'left') left.add(id);
    for (const id of ids) {
      const recent = this.#recent.get(id);
      if (recent?.type === 'Unsubscribed') left.add(id);
      if (recent?.type === 'Subscribed') left.delete(id);
    }
    return left;
  }

  async #rows(caseNumbers: readonly string[]): Promise<readonly SubscriptionRow[]> {
    if (caseNumbers.length === 0) return [];
    const takeovers = this.topics.takeovers();
    if (takeovers !== this.#caughtUpWith) {
      // What another member wrote is not remembered here: the view must show it.
      const head = await this.topics.head([topics.subscription.name]);
      if (head !== null) await this.view.caughtUp(head, waitMs);
      this.#caughtUpWith = takeovers;
    }
    const where = { caseNumber: { in: caseNumbers }, status: 'following' };
    const rows: SubscriptionRow[] = [];
    for (let cursor: string | undefined; ;) {
      const page = await this.view.find({
        where,
        limit: pageSize,
        ...(cursor === undefined ? {} : { cursor }),
      });
      rows.push(...page.items);
      if (page.next === null) return rows;
      cursor = page.next;
    }
  }

  #forgetOldest(): void {
    const [oldest] = this.#recent;
    if (oldest === undefined) return;
    const [id, { data }] = oldest;
    this.#recent.delete(id);
    const ids = this.#recentOf.get(data.caseNumber);
    ids?.delete(id);
    if (ids?.size === 0) this.#recentOf.delete(data.caseNumber);
  }
}

const followerOf = ({ contactId, language, serviceCode }: Follower): Follower => ({
  contactId,
  language,
  serviceCode,
});
