import { instant, textFault, type Fault } from '@city311/platform';

import { UnreadableHeader } from './event-headers.js';

/** The CloudEvents 1.0 attributes that intake reads; extension attributes are taken and left aside. */
export interface CloudEvent {
  readonly id: string;
  readonly source: string;
  readonly type: string;
  readonly time?: string;
  readonly subject?: string;
  readonly data: unknown;
}

/** A null attribute is one that is not there (JSON event format). */
const given = (event: Readonly<Record<string, unknown>>, name: string): unknown => event[name] ?? undefined;

/** An attribute has no control characters, line breaks among them (CloudEvents 1.0, type system). */
const attributeFault = (value: unknown): string | null => {
  if (value === undefined) return 'is missing';
  if (value === '') return 'must not be empty';
  if (value instanceof UnreadableHeader) return value.fault;
  if (typeof value === 'string' && /[\t\r\n]/.test(value)) return 'must not contain control characters';
  return textFault(value, 500);
};

const attribute = (event: Readonly<Record<string, unknown>>, name: string, faults: Fault[]): string => {
  const value = given(event, name);
  const fault = attributeFault(value);
  if (fault !== null) faults.push({ path: name, message: fault });
  return typeof value === 'string' ? value : '';
};

/** `Time` or `my_ext` is a slip, not an extension: left aside in silence, it would be lost. */
const memberFault = (name: string, value: unknown): string | null => {
  if (value instanceof UnreadableHeader) return value.fault;
  if (name === 'data' || name === 'data_base64') return null;
  if (!/^[a-z0-9]+$/.test(name)) return 'is no attribute: their names are of small letters and digits';
  return typeof value === 'object' && value !== null ? 'must be text, a number, true or false' : null;
};

const isJson = (contentType: unknown): boolean =>
  typeof contentType === 'string' && /^application\/([\w.-]+\+)?json\s*(;|$)/i.test(contentType);

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
  const members = body as Readonly<Record<string, unknown>>;
  if (members['specversion'] !== '1.0') faults.push({ path: 'specversion', message: 'must be "1.0"' });
  const id = attribute(members, 'id', faults);
  const source = attribute(members, 'source', faults);
  const type = attribute(members, 'type', faults);
  const when = given(members, 'time');
  const time = when === undefined ? null : instant.read(when);
  if (time !== null && 'fault' in time) faults.push({ path: 'time', message: time.fault });
  const subject = given(members, 'subject') === undefined ? undefined : attribute(members, 'subject', faults);
  const contentType = given(members, 'datacontenttype');
  if (contentType !== undefined && !isJson(contentType)) {
    faults.push({ path: 'datacontenttype', message: 'must be application/json' });
  }
  if (given(members, 'data_base64') !== undefined) {
    faults.push({ path: 'data_base64', message: 'is not taken here: send data as JSON' });
  }
  for (const [name, value] of Object.entries(members)) {
    const fault = memberFault(name, value);
    if (fault !== null && !faults.some(({ path }) => path === name))
      faults.push({ path: name, message: fault });
  }
  return {
    event: {
      id,
      source,
      type,
      ...(time !== null && 'value' in time ? { time: time.value } : {}),
      ...(subject === undefined ? {} : { subject }),
      data: members['data'],
    },
    faults,
  };
};
