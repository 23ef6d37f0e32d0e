/** Stands for the place that a view gave an event as it arrived: only the view knows it. */
export const arrivalMark = 'as it arrived';

const eventId = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}$/;

const membersOf = (value: unknown): Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null ? { ...value } : {};

/** The fold with the live document's own places where it has a mark. */
export const withArrivals = (folded: unknown, live: unknown): unknown => {
  if (folded === arrivalMark) return typeof live === 'string' && eventId.test(live) ? live : folded;
  if (typeof folded !== 'object' || folded === null) return folded;
  const own = membersOf(live);
  if (Array.isArray(folded)) return folded.map((member, index) => withArrivals(member, own[index]));
  return Object.fromEntries(
    Object.entries(folded).map(([name, member]) => [name, withArrivals(member, own[name])]),
  );
};
