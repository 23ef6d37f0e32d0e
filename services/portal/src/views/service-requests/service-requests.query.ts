import type { Clock, ServiceRequestDoc } from './service-requests.view.js';

/** The case as it stood at an instant. */
export interface Standing {
  readonly status: 'open' | 'closed';
  readonly dueAt: string | null;
  /** Close of the current clock; null while open. */
  readonly closedAt: string | null;
  /** Last close that had happened, also where the case was reopened since. */
  readonly lastClosure: Clock['closure'];
  readonly onTime: boolean;
}

/**
 * What held at `asOf` (ISO 8601 UTC, event time). A closed clock keeps its own result; an open one is on time until
 * its due instant has passed. Where the source closed a case before it opened, that close counts from the opening.
 */
export const standingAsOf = (doc: ServiceRequestDoc, asOf: string): Standing => {
  const begun = doc.clocks.filter((clock) => clock.openedAt <= asOf);
  const current = begun[begun.length - 1] ?? doc.clocks[0];
  const closures = begun.flatMap(({ closure }) =>
    closure !== null && closure.closedAt <= asOf ? [closure] : [],
  );
  const closure = current.closure !== null && current.closure.closedAt <= asOf ? current.closure : null;
  return {
    status: closure === null ? 'open' : 'closed',
    dueAt: current.dueAt,
    closedAt: closure?.closedAt ?? null,
    lastClosure: closures[closures.length - 1] ?? null,
    onTime: closure === null ? current.dueAt === null || current.dueAt >= asOf : closure.onTime,
  };
};
