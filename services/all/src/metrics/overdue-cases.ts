import type { View } from '@city311/read-models';

import type { ThreadMetrics } from './thread-metrics.js';

const countedEveryMs = 60_000;

/** Counts overdue cases when somebody asks, at most once a minute: the count reads every open case. */
export class OverdueCases {
  #countedAt = -Infinity;

  /** @param view  finds the public view, whose intervals know state, due instant and department; undefined where it does not run here */
  constructor(
    private readonly view: () => View<object> | undefined,
    private readonly metrics: ThreadMetrics,
  ) {}

  async refresh(now: Date): Promise<void> {
    const view = this.view();
    if (view === undefined || performance.now() - this.#countedAt < countedEveryMs) return;
    this.#countedAt = performance.now();
    const at = now.toISOString();
    const groups = await view.countAsOf(at, { state: 'open', dueAt: { lt: at } }, ['department']);
    this.metrics.overdue.reset();
    for (const { group, count } of groups)
      this.metrics.overdue.set({ department: String(group['department'] ?? 'none') }, count);
  }
}
