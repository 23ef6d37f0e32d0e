import { beforeEach, describe, expect, it } from '@jest/globals';

import type { SubscriptionEvent } from '@city311/domain-notifications';
import { TransientError, type CaseNumber, type ContactId, type RecordedEvent } from '@city311/kernel';
import { samplePosition } from '@city311/testing';

import { subscriptionCodec } from '../codecs.js';
import { subscriptionId, subscriptionStream } from '../handlers.js';
import type { FollowableCase } from '../views/followable-cases.js';
import type { SubscriptionRow } from '../views/subscriptions.js';
import { Followers } from './followers.js';
import { Reporters } from './reporters.js';

const caseNumber = '260000000014' as CaseNumber;
const contactId = 'ann' as ContactId;
const id = subscriptionId(caseNumber, contactId);
const noon = '2026-07-01T16:00:00.000Z';
const later = '2026-07-01T16:05:00.000Z';
const facts = { caseNumber, contactId, language: 'en', origin: 'reporter', serviceCode: 'x' } as const;
const subscribed: SubscriptionEvent = { type: 'Subscribed', data: { ...facts, subscribedAt: noon } };
const left: SubscriptionEvent = {
  type: 'Unsubscribed',
  data: { caseNumber, contactId, reason: 'asked', unsubscribedAt: later },
};
const row = (status: SubscriptionRow['status'], changedAt: string): SubscriptionRow => ({
  ...facts,
  status,
  changedAt,
});

/** Views and log as another process left them. */
class World {
  readonly rows = new Map<string, SubscriptionRow>();
  readonly cases = new Map<string, FollowableCase>();
  readonly streams = new Map<string, RecordedEvent[]>();
  reads = 0;
  isUpToDate = true;

  write(...events: readonly SubscriptionEvent[]): void {
    const stored = events.map((event) => subscriptionCodec.toWire(event) as unknown as RecordedEvent);
    this.streams.set(subscriptionStream(id), stored);
  }

  followers(): Followers {
    const caughtUp = () => Promise.resolve(this.isUpToDate);
    const topics = { head: () => Promise.resolve(samplePosition(1)), takeovers: () => 1 };
    const found = <Item>(from: ReadonlyMap<string, Item>, keys: readonly string[]): Map<string, Item> =>
      new Map([...from].filter(([key]) => keys.includes(key)));
    const view = {
      caughtUp,
      find: () => Promise.resolve({ items: [...this.rows.values()], next: null }),
      getMany: (keys: readonly string[]) => Promise.resolve(found(this.rows, keys)),
    };
    const cases = {
      caughtUp,
      getMany: (keys: readonly string[]) => Promise.resolve(found(this.cases, keys)),
    };
    const readStreams = (streams: readonly string[]) => {
      this.reads += 1;
      return Promise.resolve(found(this.streams, streams) as Map<never, RecordedEvent[]>);
    };
    return new Followers(view, topics, new Reporters(cases, topics, { readStreams }));
  }
}

describe('Followers', () => {
  let world: World;
  let followers: Followers;
  const those = async (): Promise<readonly string[]> =>
    ((await followers.of([caseNumber])).get(caseNumber) ?? []).map(({ contactId: one }) => one);

  beforeEach(() => {
    world = new World();
    world.cases.set(caseNumber, { serviceCode: 'x', visibility: 'public', contactId });
    followers = world.followers();
  });

  it('have the reporter whom another process subscribed, though no view shows it yet', async () => {
    world.write(subscribed);
    expect(await those()).toEqual([contactId]);
    expect(await those()).toEqual([contactId]);
    expect(world.reads).toBe(1);
  });

  it('lack a reporter who was subscribed elsewhere and has left', async () => {
    world.write(subscribed, left);
    expect(await those()).toEqual([]);
    expect(await followers.haveLeft([id])).toEqual(new Set([id]));
  });

  it('need no look into the log where the case was begun here, or nobody reported it by name', async () => {
    followers.remember(subscribed);
    followers.opened(caseNumber);
    expect(await those()).toEqual([contactId]);
    followers = world.followers();
    world.cases.set(caseNumber, { serviceCode: 'x', visibility: 'public' });
    expect(await those()).toEqual([]);
    expect(world.reads).toBe(0);
  });

  it('lack who left by another process or thread after having been subscribed here', async () => {
    followers.remember(subscribed);
    followers.opened(caseNumber);
    world.rows.set(id, row('left', later));
    expect(await those()).toEqual([]);
    expect(await followers.haveLeft([id])).toEqual(new Set([id]));
  });

  it('lack who left here, though the view does not show it yet', async () => {
    world.rows.set(id, row('following', noon));
    followers.remember(left);
    expect(await those()).toEqual([]);
    expect(await followers.haveLeft([id])).toEqual(new Set([id]));
  });

  it('are not told while the views lag behind what was taken over', async () => {
    world.isUpToDate = false;
    await expect(those()).rejects.toBeInstanceOf(TransientError);
    world.isUpToDate = true;
    world.write(subscribed);
    expect(await those()).toEqual([contactId]);
  });

  it.each([
    { refollowed: later, shown: row('left', noon), follows: true },
    { refollowed: noon, shown: row('left', later), follows: false },
    { refollowed: noon, shown: row('left', noon), follows: false },
    { refollowed: noon, shown: row('following', later), follows: true },
  ])(
    'have who followed again here at $refollowed where the view shows $shown.status of $shown.changedAt: $follows',
    async ({ refollowed, shown, follows }) => {
      world.rows.set(id, shown);
      followers.remember({
        type: 'Subscribed',
        data: { ...facts, origin: 'asked', subscribedAt: refollowed },
      });
      expect(await those()).toEqual(follows ? [contactId] : []);
      expect(await followers.haveLeft([id])).toEqual(new Set(follows ? [] : [id]));
    },
  );
});
