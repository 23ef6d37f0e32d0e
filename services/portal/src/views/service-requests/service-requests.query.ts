import type { Closing, ServiceRequestDoc, Stretch } from './service-requests.view.js';

/** The case as it stood at an instant. */
export interface Standing {
  /** A withdrawn case is closed. */
  readonly status: 'open' | 'closed';
  readonly departmentId: string | null;
  readonly queue: string | null;
  readonly dueAt: string | null;
  /** Null while open, also where it was closed before. */
  readonly closedAt: string | null;
  /** Last end that had happened, also where the case was reopened since. */
  readonly lastClosing: Closing | null;
  readonly onTime: boolean;
}

/** The stretch that holds at `asOf`; the first one for any time before it. */
const stretchAt = ({ history }: ServiceRequestDoc, asOf: string): Stretch =>
  history.findLast(({ from }) => from <= asOf) ?? history[0];

/**
 * What held at `asOf` (ISO 8601 UTC, event time), from the same history that the counts are made of. What ended keeps
 * its own result; an open case is on time until its due instant has passed. A case that the source closed before it
 * opened is closed from its opening on.
 */
export const standingAsOf = (doc: ServiceRequestDoc, asOf: string): Standing => {
  const { values, queue, closings } = stretchAt(doc, asOf);
  const { state, department, dueAt, onTime } = values;
  const lastClosing = doc.closings[closings - 1] ?? null;
  return {
    status: state === 'open' ? 'open' : 'closed',
    departmentId: department,
    queue,
    dueAt,
    closedAt: state === 'open' ? null : (lastClosing?.closedAt ?? null),
    lastClosing,
    onTime: onTime ?? (dueAt === null || dueAt >= asOf),
  };
};
