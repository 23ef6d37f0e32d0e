import type { Instant } from '@city311/kernel';

const dayMs = 86_400_000;

/** When to warn that an order is due soon: after four fifths of its time, at most a day before it is due. */
export const dueSoonAt = (issuedAt: Instant, dueAt: Instant): Instant => {
  const due = Date.parse(dueAt);
  const span = Math.max(due - Date.parse(issuedAt), 0);
  return new Date(due - Math.min(span / 5, dayMs)).toISOString();
};
