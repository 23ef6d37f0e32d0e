import type { PublicEvent } from '@city311/kernel';

/** The projection, or a column or interval of its document, threw on `event`: park the document, let a person look. */
export class ProjectionFaultError extends Error {
  override readonly name = 'ProjectionFaultError';
  constructor(
    readonly view: string,
    readonly key: string,
    readonly event: PublicEvent,
    cause: unknown,
  ) {
    super(`${view} cannot take ${event.type} ${event.stream}@${event.sequence}: ${reasonOf(cause)}`, {
      cause,
    });
  }
}

/** One line that says what went wrong, at most 300 characters. */
export const reasonOf = (cause: unknown): string =>
  (cause instanceof Error ? `${cause.name}: ${cause.message}` : String(cause)).slice(0, 300);
