import type { Envelope, PublicEvent } from '@city311/kernel';
import { z } from 'zod';

import type { CallEvent } from './calls.js';
import type { WorkOrderEvent } from './departments.js';
import type { CaseEvent } from './intake.js';
import type { NoticeEvent, SubscriptionEvent } from './notifications.js';
import type { RoutingEvent } from './routing.js';
import { workOrderSchemas } from './schema/departments.schema.js';
import { envelope } from './schema/envelope.schema.js';
import { callSchemas, caseSchemas } from './schema/intake.schema.js';
import { noticeSchemas, subscriptionSchemas } from './schema/notifications.schema.js';
import { routingSchemas } from './schema/routing.schema.js';
import { topics } from './topics.js';
import { upcast } from './upcasters.js';
import type { Upcaster } from './upcasters.js';

/** The events that each topic carries. */
export interface TopicEvents {
  readonly 'city311.intake.case.v1': CaseEvent;
  readonly 'city311.intake.call.v1': CallEvent;
  readonly 'city311.routing.case.v1': RoutingEvent;
  readonly 'city311.departments.workorder.v1': WorkOrderEvent;
  readonly 'city311.notifications.notice.v1': NoticeEvent;
  readonly 'city311.notifications.subscription.v1': SubscriptionEvent;
}

export type TopicName = keyof TopicEvents;

/** One thing wrong with a message; `path` as in `data.place.latitude`, empty for the whole. */
export interface Fault {
  readonly path: string;
  readonly message: string;
}

export type ParsedEvent<Event> =
  { readonly ok: true; readonly event: Event } | { readonly ok: false; readonly faults: readonly Fault[] };

const schemas: Readonly<Record<TopicName, Readonly<Record<string, z.ZodType>>>> = {
  [topics.case.name]: caseSchemas,
  [topics.call.name]: callSchemas,
  [topics.routing.name]: routingSchemas,
  [topics.workOrder.name]: workOrderSchemas,
  [topics.notice.name]: noticeSchemas,
  [topics.subscription.name]: subscriptionSchemas,
};

/** Newest wire types of a topic. */
export const eventTypes = (topic: TopicName): readonly string[] => Object.keys(schemas[topic]);

/** CloudEvents `dataschema` of a wire type. */
export const dataschemaOf = (type: string): string => `urn:city311:event:${type}`;

/** JSON Schema (draft 2020-12) of the data of every event of a topic, by wire type; for documents and other languages. */
export const jsonSchemas = (topic: TopicName): Readonly<Record<string, unknown>> =>
  Object.fromEntries(
    Object.entries(schemas[topic]).map(([type, schema]) => [
      type,
      { $id: dataschemaOf(type), ...z.toJSONSchema(schema, { unrepresentable: 'any' }) },
    ]),
  );

const faultsOf = (error: z.ZodError, under: readonly PropertyKey[]): readonly Fault[] =>
  error.issues.map(({ path, message }) => ({ path: [...under, ...path].map(String).join('.'), message }));

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const fault = (path: string, message: string): { readonly ok: false; readonly faults: readonly Fault[] } => ({
  ok: false,
  faults: [{ path, message }],
});

const fromText = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};

const subjectFaults = (topic: TopicName, around: Envelope, data: unknown): readonly Fault[] => {
  if (topic === topics.call.name || !isObject(data) || data['caseNumber'] === around.subject) return [];
  return [{ path: 'subject', message: 'is not the case number in the data' }];
};

/**
 * A message from another system as the newest version of its event, or everything that is wrong with it. Members
 * that we do not know are left out. `json` is the text, or what it was parsed to: envelope members and `data` side by side.
 */
export const parseEvent = <Topic extends TopicName>(
  topic: Topic,
  json: unknown,
  table?: Readonly<Record<string, Upcaster>>,
): ParsedEvent<TopicEvents[Topic]> => {
  const message = typeof json === 'string' ? fromText(json) : json;
  if (!isObject(message)) return fault('', 'not a JSON object');
  const around = envelope.safeParse(message);
  const faults: Fault[] = around.success ? [] : [...faultsOf(around.error, [])];
  if (typeof message['type'] !== 'string') return { ok: false, faults };

  let newest: { readonly type: string; readonly data: unknown };
  try {
    newest = upcast(message['type'], message['data'], table);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    return { ok: false, faults: [...faults, { path: 'data', message: `cannot be upcast: ${why}` }] };
  }
  const known = schemas[topic];
  const schema = Object.hasOwn(known, newest.type) ? known[newest.type] : undefined;
  if (schema === undefined) {
    const unknown = { path: 'type', message: `${newest.type} is no event of ${topic}` };
    return { ok: false, faults: [...faults, unknown] };
  }
  const data = schema.safeParse(newest.data);
  if (!data.success) faults.push(...faultsOf(data.error, ['data']));
  if (!around.success || !data.success) return { ok: false, faults };
  faults.push(...subjectFaults(topic, around.data, data.data));
  if (faults.length > 0) return { ok: false, faults };
  const event: PublicEvent = { ...around.data, type: newest.type, data: data.data };
  // The schema of `type` has just checked `data`; the table of schemas is checked against the unions by the compiler.
  return { ok: true, event: event as TopicEvents[Topic] };
};
