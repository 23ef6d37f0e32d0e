import { setTimeout as sleep } from 'node:timers/promises';

import { afterEach, describe, expect, it } from '@jest/globals';

import { manualClock, type ManualClock } from './clock.js';
import type { Lease, Leases } from './leases.js';
import { createTimerRunner, type TimerRunner } from './timer-runner.js';
import type { DueTimer, TimerFailure, TimerSource } from './timers.js';

const start = '2026-01-01T00:00:00.000Z';
const at = (ms: number): string => new Date(Date.parse(start) + ms).toISOString();

/** Leases of one process: whoever comes first has it until it gives it back. */
const plainLeases = (): Leases => {
  const held = new Map<string, Lease>();
  let token = 0;
  return {
    acquire: async (name, holder) => {
      const lease = held.get(name);
      if (lease !== undefined) return lease.holder === holder ? lease : null;
      token += 1;
      const fresh = { name, holder, token, expiresAt: at(60_000) };
      held.set(name, fresh);
      return fresh;
    },
    renew: async (lease) => held.get(lease.name)?.token === lease.token,
    release: async (lease) => {
      held.delete(lease.name);
    },
    current: async (name) => held.get(name) ?? null,
  };
};

/** A projection that sees at once what was fired, and a decider that lets each timer work once. */
class Timers implements TimerSource {
  readonly pending: DueTimer[] = [];
  readonly effects: string[] = [];
  readonly calls: string[] = [];
  readonly broken = new Set<string>();
  lagging = false;

  async dueTimers(now: string, limit: number): Promise<readonly DueTimer[]> {
    return this.pending.filter(({ dueAt }) => dueAt <= now).slice(0, limit);
  }
  async nextDue(): Promise<string | null> {
    return this.pending[0]?.dueAt ?? null;
  }
  async fire({ id }: DueTimer): Promise<void> {
    this.calls.push(id);
    if (this.broken.has(id)) throw new Error(`${id} does not work`);
    if (!this.effects.includes(id)) this.effects.push(id);
    if (!this.lagging) this.see(id);
  }
  see(id: string): void {
    const index = this.pending.findIndex((timer) => timer.id === id);
    if (index >= 0) this.pending.splice(index, 1);
  }
}

const until = async (holds: () => boolean): Promise<void> => {
  for (let tries = 0; !holds() && tries < 200; tries += 1) await sleep(5);
  expect(holds()).toBe(true);
};

describe('The timer runner', () => {
  const runners: TimerRunner[] = [];
  const failures: (TimerFailure | { timer: null; error: unknown })[] = [];
  const run = (
    source: TimerSource,
    clock: ManualClock,
    leases = plainLeases(),
    holder = 'a',
  ): TimerRunner => {
    const runner = createTimerRunner({
      name: 'due',
      source,
      leases,
      holder,
      clock,
      batchSize: 3,
      leaseTtlMs: 60,
      onFailure: (failure) => failures.push(failure),
    });
    runners.push(runner);
    runner.start();
    return runner;
  };
  afterEach(async () => {
    await Promise.all(runners.splice(0).map((runner) => runner.stop()));
    failures.length = 0;
  });

  it('fires what is due, in batches, and nothing before its time', async () => {
    const timers = new Timers();
    const clock = manualClock(start);
    for (let n = 0; n < 7; n += 1) timers.pending.push({ id: `t${n}`, dueAt: at(0) });
    timers.pending.push({ id: 'later', dueAt: at(5_000) });
    const runner = run(timers, clock);
    await until(() => timers.effects.length === 7);
    await sleep(20);
    expect(timers.effects).not.toContain('later');
    clock.advance(5_000);
    runner.wake();
    await until(() => timers.effects.includes('later'));
    expect(timers.calls).toHaveLength(8);
  });

  it('finds a timer that comes while it sleeps once it is woken', async () => {
    const timers = new Timers();
    const runner = run(timers, manualClock(start));
    await sleep(10);
    timers.pending.push({ id: 'new', dueAt: at(-1) });
    runner.wake();
    await until(() => timers.effects.length === 1);
  });

  it('does not fire again and again while the projection is behind, and quietly after that', async () => {
    const timers = new Timers();
    timers.lagging = true;
    const clock = manualClock(start);
    timers.pending.push({ id: 'slow', dueAt: at(0) });
    const runner = run(timers, clock);
    await until(() => timers.calls.length === 1);
    await sleep(30);
    expect(timers.calls).toHaveLength(1);
    clock.advance(5_000);
    runner.wake();
    await until(() => timers.calls.length === 2);
    expect(timers.effects).toEqual(['slow']);
  });

  it('reports a failing timer, tries it again with growing waits and lets others pass', async () => {
    const timers = new Timers();
    const clock = manualClock(start);
    for (const id of ['bad1', 'bad2', 'bad3', 'bad4']) {
      timers.broken.add(id);
      timers.pending.push({ id, dueAt: at(-10) });
    }
    timers.pending.push({ id: 'good', dueAt: at(0) });
    const runner = run(timers, clock);
    await until(() => timers.effects.includes('good'));
    expect(failures).toHaveLength(4);
    expect(runner.failing().map(({ timer }) => timer.id)).toEqual(['bad1', 'bad2', 'bad3', 'bad4']);
    clock.advance(1_000);
    runner.wake();
    await until(() => failures.length === 8);
    clock.advance(1_500);
    runner.wake();
    await sleep(20);
    expect(failures).toHaveLength(8);
    timers.broken.clear();
    clock.advance(500);
    runner.wake();
    await until(() => timers.effects.length === 5);
    expect(runner.failing()).toEqual([]);
  });

  it('leaves the work to the holder of the lease and goes on when that one stops', async () => {
    const timers = new Timers();
    const clock = manualClock(start);
    const leases = plainLeases();
    const first = run(timers, clock, leases, 'a');
    timers.pending.push({ id: 'x', dueAt: at(0) });
    await until(() => timers.effects.length === 1);
    const others = new Timers();
    others.pending.push({ id: 'y', dueAt: at(0) });
    let asked = 0;
    const second = run(
      others,
      clock,
      {
        ...leases,
        acquire: (...given) => {
          asked += 1;
          return leases.acquire(...given);
        },
      },
      'b',
    );
    await until(() => asked >= 2);
    expect((await leases.current('timers:due'))?.holder).toBe('a');
    expect(others.calls).toEqual([]);
    await first.stop();
    await until(() => others.effects.length === 1);
    expect((await leases.current('timers:due'))?.holder).toBe('b');
    await second.stop();
  });

  it('fires nothing more once its lease is lost, and begins again once it has one', async () => {
    const timers = new Timers();
    const plain = plainLeases();
    let lost = false;
    let asked = 0;
    let renewals = 0;
    const leases: Leases = {
      ...plain,
      acquire: async (...given) => {
        asked += 1;
        return lost ? null : plain.acquire(...given);
      },
      renew: async (...given) => {
        renewals += 1;
        return !lost && plain.renew(...given);
      },
    };
    const runner = run(timers, manualClock(start), leases);
    await until(() => renewals >= 2);
    expect(asked).toBe(1);
    lost = true;
    await until(() => asked >= 2);
    timers.pending.push({ id: 'late', dueAt: at(0) });
    runner.wake();
    await until(() => asked >= 4);
    expect(timers.calls).toEqual([]);
    lost = false;
    await until(() => timers.effects.length === 1);
  });

  it('goes on after the projection could not be read', async () => {
    const timers = new Timers();
    let broken = true;
    const source: TimerSource = {
      dueTimers: async (now, limit) => {
        if (broken) throw new Error('away');
        return timers.dueTimers(now, limit);
      },
      nextDue: () => timers.nextDue(),
      fire: (timer) => timers.fire(timer),
    };
    timers.pending.push({ id: 'x', dueAt: at(0) });
    const runner = run(source, manualClock(start));
    await until(() => failures.length > 0);
    expect(failures[0]).toMatchObject({ timer: null });
    broken = false;
    runner.wake();
    await until(() => timers.effects.length === 1);
  });
});
