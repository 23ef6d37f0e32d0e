import { setTimeout as pause } from 'node:timers/promises';

import { serviceRequestsProjection } from '@city311/portal';
import type { View } from '@city311/read-models';

import { randomOf } from '../generated/random.js';
import type { CloudEvent } from '../replay/case-event.js';
import { Client } from '../server/client.js';
import { membersOf, textOf } from '../server/json.js';
import { arrivals, percentile } from '../simulate/open-loop.js';
import { line } from './print.js';
import { reportSource } from './reports.js';
import { startSystem, type BenchSystem, type EngineChoice } from './system.js';

const lookEveryMs = 4;
/** Processes that have just started compile as they go. */
const warmUpSeconds = 20;
const patienceMs = 60_000;

export interface Seen {
  /** When the report was due, from the start. */
  readonly dueAt: number;
  readonly answeredMs: number;
  readonly visibleMs: number;
}

interface Awaited {
  readonly dueAt: number;
  readonly answeredMs: number;
}

/** Looks for cases in the public view until each is there. */
class Lookout {
  readonly seen: Seen[] = [];
  readonly #awaited = new Map<string, Awaited>();

  constructor(
    private readonly view: Pick<View<object>, 'getMany'>,
    private readonly startedAt: number,
  ) {}

  await(caseNumber: string, awaited: Awaited): void {
    this.#awaited.set(caseNumber, awaited);
  }

  get missing(): number {
    return this.#awaited.size;
  }

  async look(): Promise<void> {
    if (this.#awaited.size === 0) return;
    const there = await this.view.getMany([...this.#awaited.keys()]);
    const now = performance.now() - this.startedAt;
    for (const caseNumber of there.keys()) {
      const awaited = this.#awaited.get(caseNumber);
      if (awaited === undefined) continue;
      this.#awaited.delete(caseNumber);
      this.seen.push({ ...awaited, visibleMs: now - awaited.dueAt });
    }
  }
}

/**
 * Reports arriving at a rate at random times; how long each took from when it was due to its answer, and to the public
 * view. Answers that ask for another try get one. @throws Error  one never became visible
 */
export const watchReports = async (
  system: BenchSystem,
  next: () => CloudEvent,
  { rate, seconds }: { readonly rate: number; readonly seconds: number },
): Promise<readonly Seen[]> => {
  const client = new Client(system.url, system.key, { attempts: 50 });
  const watched = await system.openView(serviceRequestsProjection);
  const startedAt = performance.now();
  const lookout = new Lookout(watched.view, startedAt);
  const report = async (dueAt: number): Promise<void> => {
    const contentType = 'application/cloudevents+json';
    const { body } = await client.send({ path: '/events', contentType, body: next() });
    const answeredMs = performance.now() - startedAt - dueAt;
    lookout.await(textOf(membersOf(body)['caseNumber']), { dueAt, answeredMs });
  };
  const posting = async (): Promise<void> => {
    const under: Promise<void>[] = [];
    for (const dueAt of arrivals({ rate, seconds, storm: false }, randomOf(rate))) {
      await pause(Math.max(0, dueAt - (performance.now() - startedAt)));
      under.push(report(dueAt));
    }
    await Promise.all(under);
  };
  const posted = { at: Number.POSITIVE_INFINITY };
  const working = posting().finally(() => (posted.at = performance.now()));
  try {
    while (lookout.missing > 0 || posted.at === Number.POSITIVE_INFINITY) {
      await lookout.look();
      if (performance.now() - posted.at > patienceMs)
        throw new Error(`${lookout.missing} reports never became visible`);
      await pause(lookEveryMs);
    }
    await working;
    return lookout.seen;
  } finally {
    await watched.close();
    client.close();
  }
};

const sorted = (values: readonly number[]): readonly number[] => values.toSorted((one, other) => one - other);

const told = (what: string, values: readonly number[]): string => {
  const up = sorted(values);
  const at = (share: number): string => percentile(up, share).toFixed(0);
  return `${what}: p50 ${at(0.5)} ms, p95 ${at(0.95)} ms, p99 ${at(0.99)} ms, slowest ${at(1)} ms`;
};

/** Report to public view at a calm rate; times count from when each report was due. */
export const benchVisible = async (
  engines: EngineChoice,
  options: { readonly rate: number; readonly seconds: number; readonly replicas: number },
): Promise<void> => {
  const system = await startSystem(engines, options.replicas);
  try {
    const next = reportSource(`visible-${process.pid}`);
    await watchReports(system, next, { rate: options.rate, seconds: warmUpSeconds });
    const seen = await watchReports(system, next, options);
    line(`on ${system.on}`);
    line(
      `${options.rate} reports/s arriving at random for ${options.seconds} s, after ${warmUpSeconds} s of the same (${seen.length} reports)`,
    );
    line(
      told(
        '  to the answer',
        seen.map(({ answeredMs }) => answeredMs),
      ),
    );
    line(
      told(
        '  to the public view',
        seen.map(({ visibleMs }) => visibleMs),
      ),
    );
  } finally {
    await system.stop();
  }
};
