import { collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';

import type { Status } from './status.js';

/** Prometheus figures of the process; no label ever holds anything personal. */
export class Metrics {
  readonly #registry = new Registry();
  readonly #requests = new Histogram({
    name: 'city311_http_request_seconds',
    help: 'Time to answer, by route and status',
    labelNames: ['method', 'route', 'status'],
    buckets: [0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1, 5],
    registers: [this.#registry],
  });
  readonly #lag = new Gauge({
    name: 'city311_consumer_lag_events',
    help: 'Events that a consumer group or view has still to take (told up to 10000)',
    labelNames: ['group'],
    registers: [this.#registry],
  });
  readonly #parked = new Gauge({
    name: 'city311_parked_messages',
    help: 'Messages parked for a consumer group or view',
    labelNames: ['group'],
    registers: [this.#registry],
  });

  constructor() {
    collectDefaultMetrics({ register: this.#registry });
  }

  answered(method: string, route: string, status: number, seconds: number): void {
    this.#requests.labels(method, route, String(status)).observe(seconds);
  }

  text({ groups }: Status): Promise<string> {
    for (const { group, lag, parked } of groups) {
      this.#lag.labels(group).set(lag);
      this.#parked.labels(group).set(parked);
    }
    return this.#registry.metrics();
  }
}
