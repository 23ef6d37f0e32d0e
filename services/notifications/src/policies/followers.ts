import { topics } from '@city311/contracts';
import type { Follower, SubscriptionEvent } from '@city311/domain-notifications';
import { TransientError, type Position } from '@city311/kernel';
import type { TopicReader } from '@city311/messaging';
import type { View } from '@city311/read-models';

import { subscriptionId } from '../handlers.js';
import type { SubscriptionRow } from '../views/subscriptions.js';
import type { Reporters } from './reporters.js';

const remembered = 20_000;
const waitMs = 30_000;
const pageSize = 10_000;

/**
 * Who follows a case: the view, what this process did to subscriptions and the view may not show yet, and for cases that
 * another process has begun what the reporter's own stream says.
 */
export class Followers {
  readonly #recent = new Map<string, SubscriptionEvent>();
  readonly #recentOf = new Map<string, Set<string>>();
  /** Takeovers before which the view was seen to show everything. */
  #caughtUpWith = -1;
  #target: { readonly takeovers: number; readonly head: Position | null } | null = null;

  constructor(
    private readonly view: Pick<View<SubscriptionRow>, 'find' | 'getMany' | 'caughtUp'>,
    private readonly topics: Pick<TopicReader, 'head' | 'takeovers'>,
    private readonly reporters: Reporters,
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

  /** This process has dealt with the opening: whether the reporter follows was said to `remember`. */
  opened(caseNumber: string): void {
    this.reporters.settle(caseNumber);
  }

  /** @throws TransientError  the views lag behind what another process has begun */
  async of(caseNumbers: readonly string[]): Promise<ReadonlyMap<string, readonly Follower[]>> {
    const rows = await this.#rows(caseNumbers);
    await this.#askForReporters(caseNumbers, rows);
    const followers = new Map(caseNumbers.map((caseNumber) => [caseNumber, new Map<string, Follower>()]));
    for (const [id, row] of rows)
      if (row.status === 'following') followers.get(row.caseNumber)?.set(id, followerOf(row));
    for (const caseNumber of caseNumbers) {
      const those = followers.get(caseNumber);
      for (const id of this.#recentOf.get(caseNumber) ?? []) {
        const event = this.#newerThan(id, rows.get(id));
        if (event?.type === 'Subscribed') those?.set(id, followerOf(event.data));
        else if (event !== null) those?.delete(id);
      }
    }
    return new Map([...followers].map(([caseNumber, those]) => [caseNumber, [...those.values()]]));
  }

  /** Whether the person left; who is not known to have left follows. */
  async haveLeft(ids: readonly string[]): Promise<ReadonlySet<string>> {
    const rows = await this.view.getMany(ids);
    return new Set(
      ids.filter((id) => {
        const row = rows.get(id);
        const recent = this.#newerThan(id, row);
        return recent === null ? row?.status === 'left' : recent.type === 'Unsubscribed';
      }),
    );
  }

  /** What is remembered of the subscription where the view does not show it, or what came after it. */
  #newerThan(id: string, row: SubscriptionRow | undefined): SubscriptionEvent | null {
    const event = this.#recent.get(id) ?? null;
    if (event === null || row === undefined) return event;
    if (event.type === 'Unsubscribed') return event.data.unsubscribedAt >= row.changedAt ? event : null;
    // A report's own subscription is the first there is: whatever the view shows is as new.
    return event.data.origin === 'asked' && event.data.subscribedAt > row.changedAt ? event : null;
  }

  async #askForReporters(
    caseNumbers: readonly string[],
    rows: ReadonlyMap<string, SubscriptionRow>,
  ): Promise<void> {
    const shown = new Set<string>();
    for (const { caseNumber, origin } of rows.values()) if (origin === 'reporter') shown.add(caseNumber);
    const asked = caseNumbers.filter(
      (caseNumber) => !shown.has(caseNumber) && !this.reporters.isSettled(caseNumber),
    );
    if (asked.length === 0) return;
    for (const event of await this.reporters.newest(asked)) this.remember(event);
    for (const caseNumber of asked) this.reporters.settle(caseNumber);
  }

  /** By subscription. */
  async #rows(caseNumbers: readonly string[]): Promise<ReadonlyMap<string, SubscriptionRow>> {
    const rows = new Map<string, SubscriptionRow>();
    if (caseNumbers.length === 0) return rows;
    await this.#catchUp();
    const where = { caseNumber: { in: caseNumbers } };
    for (let cursor: string | undefined; ;) {
      const page = await this.view.find({
        where,
        limit: pageSize,
        ...(cursor === undefined ? {} : { cursor }),
      });
      for (const row of page.items) rows.set(subscriptionId(row.caseNumber, row.contactId), row);
      if (page.next === null) return rows;
      cursor = page.next;
    }
  }

  /** What another member wrote is not remembered here: the view must show it. */
  async #catchUp(): Promise<void> {
    const takeovers = this.topics.takeovers();
    if (takeovers === this.#caughtUpWith) return;
    // The next try waits for the same place, which does not run away from a slow view.
    if (this.#target?.takeovers !== takeovers)
      this.#target = { takeovers, head: await this.topics.head([topics.subscription.name]) };
    const { head } = this.#target;
    if (head !== null && !(await this.view.caughtUp(head, waitMs)))
      throw new TransientError('the view of subscriptions is not up to date');
    this.#caughtUpWith = takeovers;
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
