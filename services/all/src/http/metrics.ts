import { setTimeout as pause } from 'node:timers/promises';

import { AggregatorRegistry, collectDefaultMetrics, Registry } from 'prom-client';

import type { RefusalReason } from '../keys/key-refusals.js';
import type { Snapshot, ThreadMetrics } from '../metrics/thread-metrics.js';
import type { Readiness } from '../readiness.js';
import type { LimitName } from '../strangers/rate-limiter.js';
import type { BackgroundWork } from '../threads/background-work.js';

/** A scrape is answered by then, with or without the background thread. */
const patienceMs = 5_000;

const inTime = async <Result>(work: Promise<Result>): Promise<Result | null> => {
  const over = new AbortController();
  const late = pause(patienceMs, null, { signal: over.signal }).catch(() => null);
  const result = await Promise.race([work.catch(() => null), late]);
  over.abort();
  return result;
};

/** Figures of the process at /metrics: those of both its threads, and Node's own of the HTTP thread. */
export class Metrics {
  readonly #node = new Registry();

  constructor(
    private readonly own: ThreadMetrics,
    private readonly background: Pick<BackgroundWork, 'metrics'>,
    private readonly readiness: Pick<Readiness, 'waitingFor'>,
  ) {
    collectDefaultMetrics({ register: this.#node });
  }

  answered(method: string, route: string, status: number, seconds: number): void {
    this.own.requests.observe({ method, route, status: String(status) }, seconds);
  }

  keyRefused(reason: RefusalReason): void {
    this.own.keysRefused.inc({ reason });
  }

  limited(limit: LimitName): void {
    this.own.requestsLimited.inc({ limit });
  }

  async text(): Promise<string> {
    const [others, waitingFor] = await Promise.all([
      inTime<Snapshot>(this.background.metrics()),
      inTime(this.readiness.waitingFor()),
    ]);
    this.own.backgroundUp.set(others === null ? 0 : 1);
    this.own.ready.set(waitingFor?.length === 0 ? 1 : 0);
    const both = AggregatorRegistry.aggregate([[...(await this.own.snapshot())], [...(others ?? [])]]);
    return `${await both.metrics()}\n${await this.#node.metrics()}`;
  }
}
