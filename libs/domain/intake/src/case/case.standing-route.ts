import type { Instant } from '@city311/kernel';

import type { StandingRoute } from './case.events.js';
import type { OpenedCase } from './case.state.js';

/** Who is to work on the case for itself, due at `dueAt`; nothing where it waits for a route, in triage, or is referred. */
export const standingRoute = (
  { routing, serviceCode }: OpenedCase,
  dueAt: Instant | null,
): { readonly route?: StandingRoute } => {
  if (routing.stage !== 'routed') return {};
  const { departmentId, queue, priority } = routing;
  return { route: { departmentId, queue, serviceCode, priority, dueAt } };
};
