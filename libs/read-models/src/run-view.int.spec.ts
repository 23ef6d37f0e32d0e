import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { TransientError, type PublicEvent } from '@city311/kernel';
import type { TopicReader } from '@city311/messaging';
import { sampleEvent, samplePosition, sampleProjection, sampleTypes, type SampleDoc } from '@city311/testing';

import type { Projection, ViewStore } from './read-models.js';
import { runView } from './run-view.js';
import { openSqliteViewStore } from './sqlite/sqlite-view-store.js';
import type { ViewRunner, ViewRunnerOptions } from './view-runner.js';

/** A log in memory; position n stands after the first n events. */
class MemoryLog implements TopicReader {
  readonly events: PublicEvent[] = [];
  /** Ids of events that nobody can read. */
  readonly unreadable = new Set<string>();

  append(...events: readonly PublicEvent[]): void {
    this.events.push(...events);
  }

  async *follow(
    _topics: readonly string[],
    options: Parameters<TopicReader['follow']>[1],
  ): ReturnType<TopicReader['follow']> {
    let at = Number(options.after ?? 0);
    while (!options.signal.aborted) {
      const events = this.events.slice(at, at + options.batchSize);
      at += events.length;
      const faults = events.filter(({ id }) => this.unreadable.has(id));
      const unreadable = new Map(faults.map((event) => [event, new Error('unknown event type')]));
      if (events.length > 0) yield { events, position: samplePosition(at), unreadable };
      else await new Promise((resolve) => setTimeout(resolve, 2));
    }
  }

  async reread(event: PublicEvent): Promise<PublicEvent> {
    if (this.unreadable.has(event.id)) throw new Error('unknown event type');
    return Promise.resolve(event);
  }

  head(): ReturnType<TopicReader['head']> {
    return Promise.resolve(this.events.length === 0 ? null : samplePosition(this.events.length));
  }

  countAfter(_topic: string, position: Parameters<TopicReader['countAfter']>[1]): Promise<number> {
    return Promise.resolve(this.events.length - Number(position ?? 0));
  }

  takeovers(): number {
    return 0;
  }
}

const open = (key: string): PublicEvent => sampleEvent('opened', key, 0, { title: key });

/** The sample without its fault. */
const repaired = (): Projection<SampleDoc> => {
  const projection = sampleProjection();
  return {
    ...projection,
    apply: (doc, event) => (event.type === sampleTypes.poisoned ? doc : projection.apply(doc, event)),
  };
};

describe('runView', () => {
  let folder = '';
  let store: ViewStore;
  let log: MemoryLog;
  const runners: ViewRunner<SampleDoc>[] = [];
  const run = async (options: Partial<ViewRunnerOptions<SampleDoc>> = {}): Promise<ViewRunner<SampleDoc>> => {
    const runner = await runView({
      store,
      projection: sampleProjection(),
      reader: log,
      topics: ['city311.sample.case.v1'],
      batchSize: 4,
      retryDelayMs: 5,
      ...options,
    });
    runners.push(runner);
    return runner;
  };
  const caughtUp = (runner: ViewRunner<SampleDoc>): Promise<boolean> =>
    runner.view.caughtUp(samplePosition(log.events.length), 4000);

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'views-'));
    store = openSqliteViewStore({ folder });
    log = new MemoryLog();
  });
  afterEach(async () => {
    await Promise.all(runners.splice(0).map((runner) => runner.stop()));
    await store.close();
    await rm(folder, { recursive: true });
  });

  it('fills a new view from history, then follows, and resumes where it stopped', async () => {
    log.append(...['a', 'b', 'c', 'd', 'e', 'f'].map(open));
    const applied: string[] = [];
    const first = await run({ onApplied: (position) => applied.push(position) });
    expect(await caughtUp(first)).toBe(true);
    log.append(sampleEvent('closed', 'a', 1));
    expect(await caughtUp(first)).toBe(true);
    await first.stop();
    expect(applied.at(-1)).toBe(samplePosition(7));
    log.append(sampleEvent('closed', 'b', 1));
    const second = await run();
    expect(await caughtUp(second)).toBe(true);
    expect(await second.view.count({ where: { status: 'closed' } })).toEqual([{ group: {}, count: 2 }]);
    expect(await second.status()).toMatchObject({ view: 'samples', position: samplePosition(8), parked: 0 });
  });

  it('parks a document behind its poison event while others go on, also after a restart', async () => {
    const runner = await run();
    const poison = sampleEvent('poisoned', 'a', 1);
    log.append(open('a'), open('b'), poison, sampleEvent('closed', 'b', 1), sampleEvent('moved', 'a', 2));
    expect(await caughtUp(runner)).toBe(true);
    await runner.stop();
    log.append(sampleEvent('closed', 'a', 3));
    const again = await run();
    expect(await caughtUp(again)).toBe(true);
    expect(await again.view.get('b')).toMatchObject({ status: 'closed' });
    expect(await again.view.get('a')).toMatchObject({ status: 'open', steps: 1 });
    expect((await again.view.parked()).map(({ event, reason }) => [event.sequence, reason])).toEqual([
      [1, 'Error: poisoned'],
      [2, 'queued-behind'],
      [3, 'queued-behind'],
    ]);
    expect(await again.status()).toMatchObject({ parked: 3 });
  });

  it.each(['while it follows', 'when it is filled'])('holds back what nobody can read %s', async (when) => {
    const runner = when === 'while it follows' ? await run() : null;
    const strange = { ...sampleEvent('moved', 'a', 1), type: 'sample.Unheard.v1' };
    log.unreadable.add(strange.id);
    log.append(open('a'), open('b'), strange, sampleEvent('closed', 'a', 2), sampleEvent('closed', 'b', 1));
    const view = runner ?? (await run());
    expect(await caughtUp(view)).toBe(true);
    expect(await view.view.get('b')).toMatchObject({ status: 'closed' });
    expect(await view.view.get('a')).toMatchObject({ status: 'open' });
    const reasons = (await view.view.parked()).map(({ reason }) => reason);
    expect(reasons).toEqual(['unreadable: Error: unknown event type', 'queued-behind']);
    expect(await view.retryParked()).toBe(0);
    expect(await view.view.parkedCount()).toBe(2);
    // A newer program can read it.
    log.unreadable.clear();
    expect(await view.retryParked()).toBe(2);
    expect(await view.view.get('a')).toMatchObject({ status: 'closed' });
    expect(await view.view.parkedCount()).toBe(0);
  });

  it('tries parked documents again in order, and keeps in line what still cannot be taken', async () => {
    const runner = await run();
    log.append(open('a'), sampleEvent('poisoned', 'a', 1), sampleEvent('closed', 'a', 2));
    expect(await caughtUp(runner)).toBe(true);
    expect(await runner.retryParked()).toBe(0);
    expect(await runner.view.parkedCount()).toBe(2);
    await runner.stop();
    const fixed = await run({ projection: repaired() });
    expect(await fixed.retryParked('a')).toBe(2);
    expect(await fixed.view.parkedCount()).toBe(0);
    expect(await fixed.view.get('a')).toMatchObject({ status: 'closed' });
  });

  it('tries again what may pass, and parks the event whose text cannot be prepared, as it came', async () => {
    let failures = 2;
    const runner = await run({
      prepare: (events) => {
        if (failures > 0) {
          failures -= 1;
          return Promise.reject(new TransientError('the vault is away'));
        }
        if (events.some((event) => event.subject === 'b')) return Promise.reject(new Error('no such key'));
        return Promise.resolve(events.map((event) => ({ ...event, data: { title: 'revealed' } })));
      },
    });
    log.append(open('a'), open('b'), open('c'));
    expect(await caughtUp(runner)).toBe(true);
    expect((await runner.view.find({ search: 'revealed' })).items.map((doc) => doc.number)).toEqual([
      'a',
      'c',
    ]);
    expect(await runner.view.parked()).toMatchObject([
      { key: 'b', event: open('b'), reason: 'Error: no such key' },
    ]);
  });

  it('rebuilds a view of an older version and serves it meanwhile where that may be read', async () => {
    const old = await run();
    log.append(...['a', 'b'].map(open));
    await caughtUp(old);
    await old.stop();
    const raised = sampleProjection('samples', 2);
    const projection = { ...raised, view: { ...raised.view, readableFrom: 1 } };
    let release = (): void => undefined;
    const held = new Promise<void>((resolve) => (release = resolve));
    const runner = await run({ projection, prepare: (events) => held.then(() => events) });
    expect(runner.ready()).toBe(true);
    expect(await runner.view.count({})).toEqual([{ group: {}, count: 2 }]);
    log.append(open('c'));
    release();
    expect(await caughtUp(runner)).toBe(true);
    expect(await store.open(projection)).toMatchObject({ stale: false });
  });

  it('is not ready until it is rebuilt where the older shape may not be read', async () => {
    const old = await run();
    log.append(open('a'));
    await caughtUp(old);
    await old.stop();
    const runner = await run({ projection: sampleProjection('samples', 2) });
    expect(runner.ready()).toBe(false);
    while (!runner.ready()) await new Promise((resolve) => setTimeout(resolve, 5));
    expect(await runner.view.get('a')).toMatchObject({ number: 'a' });
  });

  it('rebuilds on request while events go on coming in', async () => {
    const runner = await run();
    log.append(...Array.from({ length: 50 }, (_, i) => open(`k${i}`)));
    await caughtUp(runner);
    const rebuilding = runner.rebuild();
    for (let i = 0; i < 50; i += 1) {
      log.append(sampleEvent('closed', `k${i}`, 1));
      await new Promise(setImmediate);
    }
    await rebuilding;
    expect(await caughtUp(runner)).toBe(true);
    expect(await runner.view.count({ where: { status: 'closed' } })).toEqual([{ group: {}, count: 50 }]);
  });

  it('rebuilds on request what has no event yet, where the reader tells of its place late', async () => {
    const reader: TopicReader = {
      head: () => log.head(),
      countAfter: (topic, position) => log.countAfter(topic, position),
      takeovers: () => 0,
      async *follow(topics, options) {
        await new Promise((resolve) => setTimeout(resolve, 50));
        yield { events: [], position: samplePosition(0) };
        yield* log.follow(topics, options);
      },
    };
    const runner = await run({ reader });
    expect(await runner.view.caughtUp(samplePosition(0), 4000)).toBe(true);
    expect(await runner.rebuild()).toEqual({ events: 0 });
    log.append(open('a'));
    expect(await caughtUp(runner)).toBe(true);
    expect(await runner.view.get('a')).toMatchObject({ title: 'a' });
  });

  it('applies only while its lease is held', async () => {
    let held = false;
    const runner = await run({ lease: { isHeld: () => held } });
    log.append(open('a'));
    expect(await runner.view.caughtUp(samplePosition(1), 50)).toBe(false);
    held = true;
    expect(await caughtUp(runner)).toBe(true);
  });

  it('is ready as soon as another process has rebuilt it', async () => {
    const old = await run();
    log.append(open('a'));
    await caughtUp(old);
    await old.stop();
    const projection = sampleProjection('samples', 2);
    const onlooker = await run({ projection, lease: { isHeld: () => false } });
    expect(onlooker.ready()).toBe(false);
    await caughtUp(await run({ projection }));
    for (let tries = 0; !onlooker.ready() && tries < 200; tries += 1)
      await new Promise((resolve) => setTimeout(resolve, 20));
    expect(onlooker.ready()).toBe(true);
  });
});
