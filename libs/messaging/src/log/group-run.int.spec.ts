import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

import { TransientError } from '@city311/kernel';
import { until } from '@city311/testing';

import { consumerDefaults, silentLogger } from '../consumer-groups.js';
import type { CaseHandler } from '../messaging.js';
import type { ConsumerState } from './consumer-state.js';
import { createTranslator } from './entry.js';
import { FedLog, nth, ownState, place, source, wanted } from './fed-log.spec-support.js';
import { GroupRun } from './group-run.js';
import { LogConsumer } from './log-consumer.js';
import { createLogMessaging } from './log-messaging.js';
import { toPark } from './message.js';

const group = 'group';
const member = { group, topic: source.topic, token: 1 };
const translate = createTranslator([source]);

describe('The time of a member at the head of its group', () => {
  let log: FedLog;
  let state: ConsumerState;
  let close: () => Promise<void>;
  let stop: AbortController;
  let fenced: number;
  beforeEach(async () => {
    log = new FedLog();
    ({ state, close } = await ownState());
    stop = new AbortController();
    fenced = 0;
  });
  afterEach(() => close());

  const optionsOf = (handle: CaseHandler, retryDelayMs = 1) => ({
    store: log,
    state,
    source,
    translate,
    settings: { ...consumerDefaults, topic: source.topic, group, types: [wanted], retryDelayMs },
    handler: { kind: 'cases', handle } as const,
    logger: silentLogger,
  });
  const runOf = (handle: CaseHandler, retryDelayMs?: number): GroupRun =>
    new GroupRun({
      ...optionsOf(handle, retryDelayMs),
      member,
      stop: stop.signal,
      onFenced: () => {
        fenced += 1;
        stop.abort();
      },
    });
  const parked = (): readonly number[] => state.list({ limit: 100 }).map(({ sequence }) => sequence);

  it('parks behind the head of a parked line what comes after it, and passes over what was handled before it', async () => {
    const third = translate(nth(3, 'A'));
    state.claim(member);
    state.park(member, [toPark(third, 'why', 1)]);
    const handled: unknown[] = [];
    const run = runOf(async ({ data }) => {
      handled.push(data);
      return 'handled';
    });
    const working = run.work();
    log.give(nth(1, 'A'), nth(2, 'A'), third.stored, nth(4, 'A'), nth(5, 'B'));
    await until(() => handled.length === 1);
    stop.abort();
    await working;
    expect(handled).toEqual([5]);
    expect(parked()).toEqual([3, 4]);
    expect(state.checkpoints()).toMatchObject([{ position: place(5) }]);
  });

  it('ends when a newer member is met while a message is parked', async () => {
    const run = runOf(async () => ({ park: 'no' }));
    state.claim({ ...member, token: 2 });
    const working = run.work();
    log.give(nth(1, 'A'));
    await working;
    expect(fenced).toBeGreaterThan(0);
    expect(parked()).toEqual([]);
  });

  it('gives up what waits for its next try when the log ends', async () => {
    let tries = 0;
    const run = runOf(async () => {
      tries += 1;
      throw new TransientError('not now');
    }, 3_600_000);
    const working = run.work();
    log.give(nth(1, 'A'));
    await until(() => tries === 1);
    log.end();
    await expect(working).rejects.toThrow('ended');
    expect(tries).toBe(1);
    expect(state.checkpoints()).toMatchObject([{ position: null }]);
  });

  it('ends once the lease is lost, and begins again with the next one', async () => {
    let acquired = 0;
    let lost = false;
    const consumer = new LogConsumer(
      {
        ...optionsOf(async () => 'handled'),
        state: {
          ...state,
          leases: {
            ...state.leases,
            acquire: async (...given) => {
              acquired += 1;
              return lost ? null : state.leases.acquire(...given);
            },
            renew: async () => !lost,
          },
        },
        owner: 'me',
        leaseTtlMs: 30,
      },
      { onTaken: () => undefined, onStopped: () => undefined },
    );
    consumer.start();
    await until(() => consumer.active);
    lost = true;
    await until(() => acquired > 1);
    expect(consumer.active).toBe(false);
    lost = false;
    await until(() => consumer.active);
    await consumer.stop();
  });

  it('looks for what is to be sent again in the turn in which somebody of its process asks', async () => {
    const first = translate(nth(1, 'A'));
    state.claim(member);
    state.park(member, [toPark(first, 'why', 1)]);
    const looks: string[] = [];
    const messaging = createLogMessaging({
      store: { ...idleStore, follow: (...given) => log.follow(...given) },
      sources: [source],
      state: {
        ...state,
        resends: (of) => {
          looks.push(of.group);
          return [];
        },
      },
    });
    const consumer = messaging.consumeCases(
      { topic: source.topic, group, types: [wanted] },
      async () => 'handled',
    );
    consumer.start();
    await until(() => looks.length > 0);
    looks.length = 0;
    // No timer runs in between: what is counted is not the poll.
    await messaging.parked.resend(`${group}-of-others`);
    expect(looks).toEqual([]);
    await messaging.parked.resend(group);
    expect(looks).toEqual([group]);
    await messaging.close();
  });
});

const notHere = (): never => {
  throw new Error('nobody asks for this');
};
const idleStore = {
  append: notHere,
  readStream: notHere,
  readStreams: notHere,
  readCategories: notHere,
  head: async () => null,
  close: async () => undefined,
};
