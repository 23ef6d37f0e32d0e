import { setImmediate as nextTurn } from 'node:timers/promises';

import { beforeEach, describe, expect, it, jest } from '@jest/globals';

import type { Position, RecordedEvent } from '@city311/kernel';
import { until } from '@city311/testing';

import { silentLogger } from '../../consumer-groups.js';
import { FedLog, nth, place, source } from '../../log/fed-log.spec-support.js';
import { openKafka } from '../connect/kafka-connection.js';
import type { RelayCheckpoints } from '../relay-checkpoints.js';
import type { KeptLease } from './kept-lease.js';
import { RelayFencedError } from './held-cases.js';
import { createRelay } from './relay.js';
import { RelayRun } from './relay-run.js';

const nothingHeld: RelayCheckpoints = {
  load: async () => null,
  save: async () => true,
  hold: async () => true,
  release: async () => true,
  held: async () => [],
  heldCounts: async () => new Map(),
  askAgain: async () => undefined,
  timesAsked: async () => 0,
};

describe('The time of a relay at work', () => {
  let log: FedLog;
  let stop: AbortController;
  let lost: AbortController;
  let isValid: boolean;
  let sent: number[];
  beforeEach(() => {
    log = new FedLog();
    stop = new AbortController();
    lost = new AbortController();
    isValid = true;
    sent = [];
  });

  const runWith = (checkpoints: Partial<RelayCheckpoints>): RelayRun => {
    const lease: KeptLease = {
      token: 3,
      lost: lost.signal,
      isValid: () => isValid,
      lose: () => {
        lost.abort();
      },
      release: async () => undefined,
    };
    return new RelayRun({
      store: {
        follow: (...given) => log.follow(...given),
        readStream: async (): Promise<readonly RecordedEvent[]> => [nth(1, 'A')],
      },
      source,
      checkpoints: { ...nothingHeld, ...checkpoints },
      producer: {
        send: async (messages) => void sent.push(...messages.map(({ value }) => Number(value))),
      },
      lease,
      logger: silentLogger,
      ...{ batchSize: 10, maxBytes: 100_000, lingerMs: 0, stop: stop.signal },
    });
  };

  it('sends nothing once its lease has run out, though nobody has told it, and gives it up', async () => {
    const run = runWith({});
    const working = run.work();
    log.give(nth(1, 'A'));
    await until(() => run.position !== null);
    isValid = false;
    log.give(nth(2, 'A'));
    await expect(working).rejects.toThrow(RelayFencedError);
    expect(sent).toEqual([1]);
    expect(lost.signal.aborted).toBe(true);
    expect(run.position).toBe(place(1));
  });

  it('sends nothing of what is held either, once its lease has run out', async () => {
    isValid = false;
    const held = { ...nth(1, 'A'), reason: 'why', heldAt: '2026-01-05T08:00:00.000Z' };
    await expect(runWith({ held: async () => [held] }).work()).rejects.toThrow(RelayFencedError);
    expect(sent).toEqual([]);
  });

  it('has written where it stands when it ends, also where an earlier place was being written', async () => {
    const saving: Position[] = [];
    const disk = [Promise.withResolvers<undefined>(), Promise.withResolvers<undefined>()];
    const run = runWith({
      save: async (_, position) => {
        saving.push(position);
        await disk[saving.length - 1]?.promise;
        return true;
      },
    });
    const working = run.work();
    log.give(nth(1, 'A'));
    await until(() => saving.length === 1);
    log.give(nth(2, 'A'));
    await until(() => run.position === place(2));
    stop.abort();
    let hasEnded = false;
    void working.then(() => (hasEnded = true));
    for (const [n, write] of disk.entries()) {
      await until(() => saving.length === n + 1);
      for (let turn = 0; turn < 20; turn += 1) await nextTurn();
      expect(hasEnded).toBe(false);
      write.resolve(undefined);
    }
    await working;
    expect(saving).toEqual([place(1), place(2)]);
  });
});

describe('The trouble of a relay', () => {
  it('is what stopped it at this place, and is forgotten a minute later', async () => {
    let follows = 0;
    const now = jest.spyOn(performance, 'now');
    const log = new FedLog();
    const relay = createRelay({
      store: {
        follow: (categories, options) => {
          follows += 1;
          if (follows === 1) throw new Error('the log is away');
          return log.follow(categories, options);
        },
        readCategories: async () => ({ events: [], position: place(0) }),
        readStream: async () => [],
        head: async () => null,
      },
      source,
      kafka: openKafka({ settings: { brokers: ['127.0.0.1:1'], clientId: 'spec' } }),
      leases: {
        acquire: async (name, holder) => ({ name, holder, token: 1, expiresAt: '2030-01-01T00:00:00.000Z' }),
        renew: async () => true,
        release: async () => undefined,
        current: async () => null,
      },
      checkpoints: nothingHeld,
      countAfter: async () => 0,
      leaseTtlMs: 3_600_000,
    });
    const trouble = async (): Promise<string | null> => (await relay.status()).trouble;
    relay.start();
    // Nothing came since: the try that goes on is no sign yet that all is well.
    await until(() => follows === 2);
    expect(await trouble()).toContain('the log is away');
    const seen = performance.now();
    now.mockImplementation(() => seen + 59_000);
    expect(await trouble()).toContain('the log is away');
    now.mockImplementation(() => seen + 60_001);
    expect(await trouble()).toBeNull();
    now.mockRestore();
    await relay.stop();
  });
});
