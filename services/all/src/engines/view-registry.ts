import type { TopicReader } from '@city311/messaging';
import type { Logger, ViewRegistration, ViewRegistry } from '@city311/platform';
import { runView, type View, type ViewRunner, type ViewStore } from '@city311/read-models';
import { processHolder, type Leases } from '@city311/scheduling';

import { holdLease, type HeldLease } from './held-lease.js';

const leaseMs = 10_000;

export interface Running {
  readonly name: string;
  readonly topic: string;
  readonly runner: Pick<ViewRunner<object>, 'ready' | 'status' | 'retryParked' | 'rebuild' | 'stop'>;
}

/** Runs the views of this process, each under its lease, so that one process alone fills it. */
export class RunningViews implements ViewRegistry {
  readonly #running: Running[] = [];
  readonly #leases: HeldLease[] = [];

  constructor(
    private readonly store: ViewStore,
    private readonly reader: TopicReader,
    private readonly leases: Leases,
    private readonly logger: Logger,
  ) {}

  async open<Doc extends object>({
    projection,
    topic,
    prepare,
    onApplied,
  }: ViewRegistration<Doc>): Promise<View<Doc>> {
    const { name } = projection.view;
    const lease = await holdLease(this.leases, `view:${name}`, processHolder(), leaseMs);
    this.#leases.push(lease);
    const runner = await runView({
      store: this.store,
      projection,
      reader: this.reader,
      topics: [topic],
      lease,
      ...(prepare === undefined ? {} : { prepare }),
      ...(onApplied === undefined ? {} : { onApplied }),
      onRetry: (error) => this.logger.warn({ err: error, view: name }, 'a view tries again'),
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
