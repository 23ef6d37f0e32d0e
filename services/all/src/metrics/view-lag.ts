import type { PublicEvent } from '@city311/kernel';

import type { ThreadMetrics } from './thread-metrics.js';

/** What the public sees: open data, insights and the pages are read from it. */
export const publicView = 'service_requests';

/** Notes how long the reports among these events took from the log to the public view, which has just taken them. */
export const noteViewLag = (
  { reportToView }: ThreadMetrics,
  view: string,
  events: readonly PublicEvent[],
): void => {
  if (view !== publicView) return;
  const now = Date.now();
  for (const { type, recordedTime } of events)
    if (type === 'intake.CaseOpened.v1')
      reportToView.observe({ view }, Math.max(0, now - Date.parse(recordedTime)) / 1_000);
};
