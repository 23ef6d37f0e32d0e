import { monitorEventLoopDelay } from 'node:perf_hooks';

import { Counter, Gauge, Histogram, Registry } from 'prom-client';

import { refusalReasons } from '../keys/key-refusals.js';
import { limitNames } from '../strangers/rate-limiter.js';
import { declared, type MetricName } from './declared.js';
import { Tally } from './tally.js';

export type ThreadName = 'http' | 'background';

/** Figures of one thread as they travel to the other. */
export type Snapshot = readonly object[];

const delayResolutionMs = 20;

/** What an event says that became of a notice. */
export const noticeOutcomes: ReadonlyMap<string, string> = new Map([
  ['notifications.NoticeQueued.v1', 'queued'],
  ['notifications.NoticeSent.v1', 'sent'],
  ['notifications.NoticeFailed.v1', 'failed'],
  ['notifications.NoticeUncertain.v1', 'uncertain'],
  ['notifications.NoticeSuppressed.v1', 'suppressed'],
]);

/** The figures of one thread. Those of both threads of a process are put together by `ProcessMetrics`. */
export class ThreadMetrics {
  readonly registry = new Registry();
  readonly #delay = monitorEventLoopDelay({ resolution: delayResolutionMs });

  readonly ready = this.#gauge('city311_ready');
  readonly backgroundUp = this.#gauge('city311_background_up');
  readonly requests = this.#histogram('city311_http_request_seconds');
  readonly reportToView = this.#histogram('city311_report_to_view_seconds');
  readonly overdue = this.#gauge('city311_overdue_cases');
  readonly lag = this.#gauge('city311_consumer_lag_events');
  readonly parked = this.#gauge('city311_parked_messages');
  readonly appends = this.#histogram('city311_append_seconds');
  readonly appendFailures = this.#counter('city311_append_failures_total');
  readonly vault = this.#histogram('city311_vault_seconds');
  readonly vaultFailures = this.#counter('city311_vault_failures_total');
  readonly relayLagEvents = this.#gauge('city311_relay_lag_events');
  readonly relayLagSeconds = this.#gauge('city311_relay_lag_seconds');
  readonly leases = this.#gauge('city311_leases_held');
  readonly keysRefused = this.#counter('city311_keys_refused_total');
  readonly requestsLimited = this.#counter('city311_requests_limited_total');
  readonly retries = this.#counter('city311_retries_total');

  readonly reportsAccepted = this.#tally('city311_reports_accepted_total');
  readonly notices = this.#tally('city311_notices_total');
  readonly eventsAppended = this.#tally('city311_events_appended_total');
  readonly consumed = this.#tally('city311_consumer_events_total');

  constructor(readonly thread: ThreadName) {
    this.#delay.enable();
    this.#gauge('city311_event_loop_delay_seconds', (gauge) => {
      for (const [quantile, percentile] of [
        ['0.5', 50],
        ['0.99', 99],
        ['1', 100],
      ] as const) {
        const late = this.#delay.percentile(percentile) / 1e6 - delayResolutionMs;
        gauge.set({ thread, quantile }, Math.max(0, late) / 1_000);
      }
      this.#delay.reset();
    });
  }

  /** Counters that alerts look at stand at 0 from the start: the first count is then seen as one. */
  startAtZero(channels: readonly string[]): void {
    for (const channel of channels) this.reportsAccepted.add(`${channel}\tfalse`, 0);
    for (const outcome of noticeOutcomes.values()) this.notices.add(outcome, 0);
    for (const reason of refusalReasons) this.keysRefused.inc({ reason }, 0);
    for (const limit of limitNames) this.requestsLimited.inc({ limit }, 0);
    for (const reason of ['conflict', 'too-large', 'unavailable', 'defect'])
      this.appendFailures.inc({ reason }, 0);
  }

  /** What the relay of a category has still to publish; `ageSeconds` is that of the oldest event, 0 for none. */
  relayLag(category: string, events: number, ageSeconds: number): void {
    this.relayLagEvents.set({ category }, events);
    this.relayLagSeconds.set({ category }, ageSeconds);
  }

  async snapshot(): Promise<Snapshot> {
    return this.registry.getMetricsAsJSON();
  }

  close(): void {
    this.#delay.disable();
  }

  #common(name: MetricName) {
    const { help, labels } = declared[name];
    return { name, help, labelNames: [...labels] as string[], registers: [this.registry] };
  }

  #gauge(name: MetricName, collect?: (gauge: Gauge) => void): Gauge {
    return new Gauge({
      ...this.#common(name),
      ...(collect === undefined
        ? {}
        : {
            collect() {
              collect(this);
            },
          }),
    });
  }

  #counter(name: MetricName): Counter {
    return new Counter(this.#common(name));
  }

  #histogram(name: MetricName): Histogram {
    const declaration = declared[name];
    return new Histogram({
      ...this.#common(name),
      ...('buckets' in declaration ? { buckets: [...declaration.buckets] } : {}),
    });
  }

  #tally(name: MetricName): Tally {
    const tally = new Tally();
    const { labels } = declared[name];
    new Counter({
      ...this.#common(name),
      collect() {
        for (const { values, count } of tally.take())
          this.inc(Object.fromEntries(labels.map((label, index) => [label, values[index] ?? ''])), count);
      },
    });
    return tally;
  }
}
