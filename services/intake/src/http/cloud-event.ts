import { textFault, type Fault } from '@city311/platform';

/** The CloudEvents 1.0 attributes that intake reads; extension attributes are taken and left aside. */
export interface CloudEvent {
  readonly id: string;
  readonly source: string;
  readonly type: string;
  readonly time?: string;
  readonly subject?: string;
  readonly data: unknown;
}

const attribute = (event: Readonly<Record<string, unknown>>, name: string, faults: Fault[]): string => {
  const value = event[name];
  const fault =
    value === undefined ? 'is missing' : value === '' ? 'must not be empty' : textFault(value, 500);
  if (fault !== null) faults.push({ path: name, message: fault });
  return typeof value === 'string' ? value : '';
};

const instantPattern = /^\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(\.\d{1,9})?([Zz]|[+-]\d\d:\d\d)$/;

/** ISO 8601 UTC with milliseconds, or null where `value` is no RFC 3339 instant. */
export const toInstant = (value: string): string | null => {
  if (!instantPattern.test(value)) return null;
  const milliseconds = Date.parse(value);
  return Number.isNaN(milliseconds) ? null : new Date(milliseconds).toISOString();
};

/** A structured-mode event, checked as far as CloudEvents goes; its data is checked by type afterwards. */
export const readCloudEvent = (
  body: unknown,
): { readonly event: CloudEvent; readonly faults: readonly Fault[] } => {
  const faults: Fault[] = [];
  if (typeof body !== 'object' || body === null || Array.isArray(body)) {
    return {
      event: { id: '', source: '', type: '', data: null },
      faults: [{ path: '', message: 'must be a CloudEvent (a JSON object)' }],
    };
  }
  const given = body as Readonly<Record<string, unknown>>;
  if (given['specversion'] !== '1.0') faults.push({ path: 'specversion', message: 'must be "1.0"' });
  const id = attribute(given, 'id', faults);
  const source = attribute(given, 'source', faults);
  const type = attribute(given, 'type', faults);
  const when = given['time'];
  const time = when === undefined ? undefined : typeof when === 'string' ? toInstant(when) : null;
  if (time === null) faults.push({ path: 'time', message: 'must be an RFC 3339 instant with its zone' });
  const subject = given['subject'] === undefined ? undefined : attribute(given, 'subject', faults);
  const contentType = given['datacontenttype'];
  if (contentType !== undefined && contentType !== 'application/json') {
    faults.push({ path: 'datacontenttype', message: 'must be application/json' });
  }
  return {
    event: {
      id,
      source,
      type,
      ...(typeof time === 'string' ? { time } : {}),
      ...(subject === undefined ? {} : { subject }),
      data: given['data'],
    },
    faults,
  };
};

/** Binary mode: attributes stand in `ce-` headers, the body is the data. */
export const fromHeaders = (
  headers: Readonly<Record<string, string | string[] | undefined>>,
  data: unknown,
): unknown => {
  const event: Record<string, unknown> = { data };
  for (const [name, value] of Object.entries(headers)) {
    if (name.startsWith('ce-') && typeof value === 'string') event[name.slice(3)] = decodeHeader(value);
  }
  return event;
};

/** CloudEvents HTTP binding: header values are percent-encoded UTF-8. */
const decodeHeader = (value: string): string => {
  try {
    return decodeURIComponent(value);
  } catch {
    return value;
  }
};
