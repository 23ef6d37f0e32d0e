import { topics as topicNames } from '@city311/contracts';
import type { SubscriptionEvent } from '@city311/domain-notifications';
import type { EventStore } from '@city311/eventing';
import { TransientError } from '@city311/kernel';
import type { TopicReader } from '@city311/messaging';
import type { View } from '@city311/read-models';

import { subscriptionCodec } from '../codecs.js';
import { subscriptionId, subscriptionStream } from '../handlers.js';
import type { FollowableCase } from '../views/followable-cases.js';

const remembered = 20_000;
const waitMs = 30_000;

/**
 * Reporters who follow their case, from the subscriptions' own streams: what another process wrote before it handed the
 * case over may not have come to any view yet.
 */
export class Reporters {
  readonly #settled = new Set<string>();

  constructor(
    private readonly cases: Pick<View<FollowableCase>, 'getMany' | 'caughtUp'>,
    private readonly topics: Pick<TopicReader, 'head'>,
    private readonly store: Pick<EventStore, 'readStreams'>,
  ) {}

  /** What became of the reporter's subscription is remembered by this process, or shown by the view. */
  settle(caseNumber: string): void {
    this.#settled.add(caseNumber);
    if (this.#settled.size <= remembered) return;
    const [oldest] = this.#settled;
    if (oldest !== undefined) this.#settled.delete(oldest);
  }

  isSettled(caseNumber: string): boolean {
    return this.#settled.has(caseNumber);
  }

  /**
   * The newest event of each reporter's subscription; nothing for who has none.
   * @throws TransientError  no view shows one of the cases yet
   */
  async newest(caseNumbers: readonly string[]): Promise<readonly SubscriptionEvent[]> {
    const reporters = [...(await this.#casesOf(caseNumbers))].flatMap(([caseNumber, { contactId }]) =>
      contactId === undefined ? [] : [subscriptionStream(subscriptionId(caseNumber, contactId))],
    );
    if (reporters.length === 0) return [];
    return [...(await this.store.readStreams(reporters)).values()].flatMap((events) => {
      const last = events.at(-1);
      return last === undefined ? [] : [subscriptionCodec.fromWire(last.type, last.data)];
    });
  }

  async #casesOf(caseNumbers: readonly string[]): Promise<ReadonlyMap<string, FollowableCase>> {
    const found = new Map(await this.cases.getMany(caseNumbers));
    const missing = caseNumbers.filter((caseNumber) => !found.has(caseNumber));
    if (missing.length === 0) return found;
    // Its opening lies before the event that somebody asks for.
    const head = await this.topics.head([topicNames.case.name]);
    if (head !== null && !(await this.cases.caughtUp(head, waitMs)))
      throw new TransientError('the cases that can be followed are not up to date');
    for (const [caseNumber, doc] of await this.cases.getMany(missing)) found.set(caseNumber, doc);
    return found;
  }
}
