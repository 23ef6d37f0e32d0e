interface Declaration {
  readonly kind: 'counter' | 'gauge' | 'histogram';
  readonly help: string;
  readonly labels: readonly string[];
  /** Seconds. */
  readonly buckets?: readonly number[];
}

const answers = [0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1, 5];
const writes = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1, 5];
const lags = [0.01, 0.025, 0.05, 0.1, 0.2, 0.5, 1, 2.5, 5, 10, 30, 60, 300];

/**
 * Every figure of ours at /metrics, by its name; deploy/observability/README.md lists the same. Every label has few
 * values, all known beforehand, and none is personal.
 */
export const declared = {
  city311_ready: {
    kind: 'gauge',
    help: '1 while the process may be sent traffic, else 0',
    labels: [],
  },
  city311_background_up: {
    kind: 'gauge',
    help: '1 where the background thread answered this scrape, else 0; its figures are missing then',
    labels: [],
  },
  city311_http_request_seconds: {
    kind: 'histogram',
    help: 'Time to answer, by route and status',
    labels: ['method', 'route', 'status'],
    buckets: answers,
  },
  city311_keys_refused_total: {
    kind: 'counter',
    help: 'API keys that were refused: unknown (or revoked), expired, role (may not do what was asked)',
    labels: ['reason'],
  },
  city311_requests_limited_total: {
    kind: 'counter',
    help: 'Requests answered 429, by whose limit was reached: address, key, guesses (of an address that tries keys)',
    labels: ['limit'],
  },
  city311_reports_accepted_total: {
    kind: 'counter',
    help: 'Cases opened by this process, by the channel of the report; imported ones come from an older system',
    labels: ['channel', 'imported'],
  },
  city311_report_to_view_seconds: {
    kind: 'histogram',
    help: 'From the moment a report was recorded to the moment the public view showed it',
    labels: ['view'],
    buckets: lags,
  },
  city311_overdue_cases: {
    kind: 'gauge',
    help: 'Open cases past their due instant, by department; counted at most once a minute',
    labels: ['department'],
  },
  city311_notices_total: {
    kind: 'counter',
    help: 'What became of messages to residents: queued, sent, failed, uncertain, suppressed',
    labels: ['outcome'],
  },
  city311_consumer_lag_events: {
    kind: 'gauge',
    help: 'Events that a consumer group or view has still to take; where the log cannot count, up to a limit',
    labels: ['group'],
  },
  city311_parked_messages: {
    kind: 'gauge',
    help: 'Messages parked for a consumer group or view, and those queued behind them',
    labels: ['group'],
  },
  city311_consumer_events_total: {
    kind: 'counter',
    help: 'Events given to a consumer group: handled, duplicate, parked (asked for by the handler), failed',
    labels: ['group', 'outcome'],
  },
  city311_retries_total: {
    kind: 'counter',
    help: 'Tries of a consumer group or view that failed and are made again, or end in parking',
    labels: ['group'],
  },
  city311_events_appended_total: {
    kind: 'counter',
    help: 'Events written to the log by this process',
    labels: ['type'],
  },
  city311_append_seconds: {
    kind: 'histogram',
    help: 'Time until an append was durable, or refused',
    labels: ['thread'],
    buckets: writes,
  },
  city311_append_failures_total: {
    kind: 'counter',
    help: 'Appends that were not written: conflict, too-large, unavailable, defect',
    labels: ['reason'],
  },
  city311_vault_seconds: {
    kind: 'histogram',
    help: 'Time that the vault took, by operation',
    labels: ['operation'],
    buckets: writes,
  },
  city311_vault_failures_total: {
    kind: 'counter',
    help: 'Operations of the vault that failed, unwritten or unread',
    labels: ['operation'],
  },
  city311_relay_lag_events: {
    kind: 'gauge',
    help: 'Events of a category that the relay has still to publish (cluster)',
    labels: ['category'],
  },
  city311_relay_lag_seconds: {
    kind: 'gauge',
    help: 'Age of the oldest event of a category that the relay has still to publish (cluster)',
    labels: ['category'],
  },
  city311_leases_held: {
    kind: 'gauge',
    help: '1 for each lease that this process holds: views, timers, consumer groups',
    labels: ['lease'],
  },
  city311_event_loop_delay_seconds: {
    kind: 'gauge',
    help: 'How late a thread of the process comes to its next turn, since the last scrape',
    labels: ['thread', 'quantile'],
  },
} as const satisfies Readonly<Record<string, Declaration>>;

export type MetricName = keyof typeof declared;
