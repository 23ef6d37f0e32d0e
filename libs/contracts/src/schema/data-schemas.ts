import type { PublicEvent } from '@city311/kernel';
import type { z } from 'zod';

/** One schema for the data of every event type of a union; the compiler finds a missing or a wrong one. */
export type DataSchemas<Event extends PublicEvent> = {
  readonly [Type in Event['type']]: z.ZodType<Extract<Event, { type: Type }>['data']>;
};
