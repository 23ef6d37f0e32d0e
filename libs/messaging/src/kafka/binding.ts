import { PoisonMessageError, type Envelope, type PublicEvent } from '@city311/kernel';

/** A message as a producer takes it: CloudEvents 1.0 in the binary mode of its Kafka binding. */
export interface OutgoingMessage {
  /** Case number; the stream where there is no case. */
  readonly key: string;
  /** The event's data as JSON. */
  readonly value: string;
  readonly headers: Readonly<Record<string, string>>;
}

type HeaderValue = Buffer | string | readonly (Buffer | string)[] | undefined;

/** As much of a message as a consumer hands over. */
export interface IncomingMessage {
  readonly key: Buffer | string | null;
  readonly value: Buffer | string | null;
  readonly headers?: Readonly<Record<string, HeaderValue>>;
}

export interface BindingFault {
  /** A header, `key` or `value`, or a member as in `data.place.latitude`. */
  readonly path: string;
  readonly message: string;
}

/**
 * Checks a message, envelope members and `data` side by side, against the schemas of its topic, and gives the newest
 * version of its event or everything that is wrong with it; `parseEvent` of the contracts is one.
 */
export type ParseMessage = (
  topic: string,
  message: Readonly<Record<string, unknown>>,
) =>
  | { readonly ok: true; readonly event: PublicEvent }
  | { readonly ok: false; readonly faults: readonly BindingFault[] };

const contentType = 'application/json';

/** Header of each member of the envelope; extension names of CloudEvents have small letters and digits only. */
const headerOf = {
  id: 'ce_id',
  type: 'ce_type',
  source: 'ce_source',
  subject: 'ce_subject',
  time: 'ce_time',
  stream: 'ce_stream',
  sequence: 'ce_sequence',
  recordedTime: 'ce_recordedtime',
  actor: 'ce_actor',
  channel: 'ce_channel',
  jurisdiction: 'ce_jurisdiction',
  imported: 'ce_imported',
  correlationId: 'ce_correlationid',
  causationId: 'ce_causationid',
  traceparent: 'ce_traceparent',
} as const satisfies Record<keyof Envelope, string>;

type Member = keyof typeof headerOf;

const members = Object.keys(headerOf) as readonly Member[];
const optional: ReadonlySet<Member> = new Set(['channel', 'causationId', 'traceparent']);

/** `dataschema` is a name, not an address: consumers know their schemas. */
const dataschemaOf = (type: string): string => `urn:city311:event:${type}`;

/** The message of an event. Members that are no part of the envelope, such as a position, stay behind. */
export const encodeMessage = (event: PublicEvent): OutgoingMessage => {
  const headers: Record<string, string> = {
    ce_specversion: '1.0',
    'content-type': contentType,
    ce_dataschema: dataschemaOf(event.type),
  };
  for (const member of members) {
    const value = event[member];
    if (value !== undefined) headers[headerOf[member]] = typeof value === 'string' ? value : String(value);
  }
  return { key: event.subject, value: JSON.stringify(event.data), headers };
};

const fromHeader = (member: Member, text: string): unknown => {
  switch (member) {
    case 'sequence':
      return /^[0-9]{1,15}$/.test(text) ? Number(text) : text;
    case 'imported':
      return text === 'true' ? true : text === 'false' ? false : text;
    default:
      return text;
  }
};

const fromJson = (value: Buffer | string | null, faults: BindingFault[]): unknown => {
  if (value === null) {
    faults.push({ path: 'value', message: 'is missing' });
    return undefined;
  }
  try {
    return JSON.parse(String(value));
  } catch {
    faults.push({ path: 'value', message: 'is not JSON' });
    return undefined;
  }
};

/** Null where there is none, or no single one, which is a fault. */
const headerText = (message: IncomingMessage, name: string, faults: BindingFault[]): string | null => {
  const value = message.headers?.[name];
  if (value === undefined) return null;
  if (typeof value === 'string' || Buffer.isBuffer(value)) return String(value);
  faults.push({ path: name, message: 'is given more than once' });
  return null;
};

/** Everything wrong with a message, on one line. */
const poison = (topic: string, faults: readonly BindingFault[]): PoisonMessageError =>
  new PoisonMessageError(
    `a message of ${topic} is wrong: ${faults.map(({ path, message }) => `${path}: ${message}`).join('; ')}`,
  );

/**
 * The event of a message.
 * @throws PoisonMessageError  naming every fault: a header that is missing or twice there, data that is no JSON, a
 *   type that the topic does not know, a shape that its schema refuses, a key that is not the subject
 */
export const decodeMessage = (topic: string, message: IncomingMessage, parse: ParseMessage): PublicEvent => {
  const faults: BindingFault[] = [];
  const version = headerText(message, 'ce_specversion', faults);
  if (version !== '1.0')
    faults.push({ path: 'ce_specversion', message: version === null ? 'is missing' : 'is not 1.0' });
  const type = headerText(message, 'content-type', faults);
  if (type !== null && type.split(';')[0]?.trim().toLowerCase() !== contentType)
    faults.push({ path: 'content-type', message: `is not ${contentType}` });

  const json: Record<string, unknown> = {};
  const absent = new Set<string>();
  for (const member of members) {
    const before = faults.length;
    const text = headerText(message, headerOf[member], faults);
    if (text !== null) json[member] = fromHeader(member, text);
    else if (faults.length > before) absent.add(member);
    else if (!optional.has(member)) {
      absent.add(member);
      faults.push({ path: headerOf[member], message: 'is missing' });
    }
  }
  const dataFaults = faults.length;
  json['data'] = fromJson(message.value, faults);
  const readable = faults.length === dataFaults;
  if (String(message.key) !== json['subject'] && !absent.has('subject'))
    faults.push({ path: 'key', message: 'is not the subject' });

  const parsed = parse(topic, json);
  if (parsed.ok && faults.length === 0) return parsed.event;
  const further = parsed.ok
    ? []
    : parsed.faults.filter(({ path }) => !absent.has(path) && (readable || !path.startsWith('data')));
  throw poison(topic, [...faults, ...further]);
};
