import { traceEvents, type Logger, type ViewRegistration, type ViewRegistry } from '@city311/platform';
import { runView, type View, type ViewRunner } from '@city311/read-models';
import { processHolder } from '@city311/scheduling';

import { meteredLeases } from '../metrics/metered-leases.js';
import type { ThreadMetrics } from '../metrics/thread-metrics.js';
import { noteViewLag, publicView } from '../metrics/view-lag.js';
import { holdLease, type HeldLease } from './held-lease.js';
import type { OpenedForViews } from './open-engines.js';

const leaseMs = 10_000;

export interface Running {
  readonly name: string;
  readonly topic: string;
  readonly runner: Pick<ViewRunner<object>, 'view' | 'ready' | 'status' | 'retryParked' | 'rebuild' | 'stop'>;
}

/** Fills the views of this process, each under its lease, so that one process alone fills it. */
export class RunningViews implements ViewRegistry {
  readonly #running: Running[] = [];
  readonly #leases: HeldLease[] = [];

  constructor(
    private readonly opened: OpenedForViews,
    private readonly logger: Logger,
    private readonly onApplied: (view: string) => void,
    private readonly metrics: ThreadMetrics,
  ) {}

  async open<Doc extends object>(registration: ViewRegistration<Doc>): Promise<View<Doc>> {
    const { projection, topic, prepare } = registration;
    const { name } = projection.view;
    const { viewStore, reader, leases } = this.opened;
    const lease = await holdLease(
      meteredLeases(leases, this.metrics),
      `view:${name}`,
      processHolder(),
      leaseMs,
    );
    this.#leases.push(lease);
    const work = { name: `project ${name}`, attributes: { 'city311.view': name } };
    const types = new Set(projection.types);
    this.metrics.retries.inc({ group: `view:${name}` }, 0);
    if (name === publicView) this.metrics.reportToView.zero({ view: name });
    const runner = await runView({
      store: viewStore,
      projection,
      reader,
      topics: [topic],
      lease,
      ...(prepare === undefined ? {} : { prepare }),
      around: async (events, take) => {
        const taken = events.filter(({ type }) => types.has(type));
        await traceEvents(work, taken, take);
        noteViewLag(this.metrics, name, taken);
      },
      onApplied: () => {
        registration.onApplied?.();
        this.onApplied(name);
      },
      onRetry: (error) => {
        this.metrics.retries.inc({ group: `view:${name}` });
        this.logger.warn({ err: error, view: name }, 'a view tries again');
      },
    });
    this.#running.push({ name, topic, runner });
    return runner.view;
  }

  all(): readonly Running[] {
    return this.#running;
  }

  async stop(): Promise<void> {
    await Promise.all(this.#running.map(({ runner }) => runner.stop()));
    await Promise.all(this.#leases.map((lease) => lease.stop()));
  }
}
