import { between, pick, type Random } from '../generated/random.js';
import type { Door } from './doors.js';
import { oddTexts, oddValues } from './odd-values.js';
import type { RawRequest } from './raw-request.js';

type Members = Readonly<Record<string, unknown>>;

const isMembers = (value: unknown): value is Members =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** One change somewhere in a JSON value: a part replaced, dropped, doubled, wrapped, or an unknown one added. */
export const mutateJson = (value: unknown, random: Random): unknown => {
  if (random() < 0.15) return pick(random, oddValues);
  if (Array.isArray(value)) {
    const items: readonly unknown[] = value;
    if (items.length === 0 || random() < 0.2) return [...items, pick(random, oddValues)];
    const at = between(random, 0, items.length - 1);
    if (random() < 0.2) return [...items, ...items, ...items];
    return items.map((item, index) => (index === at ? mutateJson(item, random) : item));
  }
  if (!isMembers(value)) return random() < 0.5 ? pick(random, oddTexts) : pick(random, oddValues);
  const names = Object.keys(value);
  const dice = random();
  if (names.length === 0 || dice < 0.12) {
    const name = pick(random, ['extra', '__proto__', 'constructor', 'toString', '$where', 'a.b', '']);
    return JSON.parse(
      `{${[...Object.entries(value), [name, pick(random, oddValues)] as const]
        .map(([key, member]) => `${JSON.stringify(key)}:${JSON.stringify(member)}`)
        .join(',')}}`,
    );
  }
  const name = pick(random, names);
  if (dice < 0.25) return Object.fromEntries(Object.entries(value).filter(([key]) => key !== name));
  return { ...value, [name]: mutateJson(value[name], random) };
};

const mutatePath = (path: string, random: Random): string => {
  const text = encodeURIComponent(pick(random, oddTexts).slice(0, 300));
  const [route = '', query] = path.split('?');
  const dice = random();
  if (query !== undefined && dice < 0.6) {
    const parts = query.split('&');
    const at = between(random, 0, parts.length - 1);
    const changed = parts.map((part, index) => (index === at ? `${part.split('=')[0] ?? ''}=${text}` : part));
    return `${route}?${changed.join('&')}`;
  }
  if (dice < 0.7) return `${path}${query === undefined ? '?' : '&'}${text}=${text}&limit[]=1&limit=2`;
  const segments = route.split('/');
  const last = pick(random, [text, '%ff', '%', '..', '%2e%2e%2f', '%00', '-1', '9'.repeat(250)]);
  return [...segments.slice(0, -1), last].join('/');
};

const mutateBytes = (body: Buffer, random: Random): Buffer => {
  const at = between(random, 0, Math.max(body.length - 1, 0));
  switch (between(random, 0, 4)) {
    case 0:
      return body.subarray(0, at);
    case 1:
      return Buffer.concat([
        body.subarray(0, at),
        Buffer.from([between(random, 0, 255)]),
        body.subarray(at + 1),
      ]);
    case 2:
      return Buffer.concat([body, body]);
    case 3:
      return Buffer.from(body.toString(), 'utf16le');
    default:
      return Buffer.concat([body.subarray(0, at), Buffer.from([0xff, 0xfe, 0xc0]), body.subarray(at)]);
  }
};

const contentTypes = [
  '',
  'text/plain',
  'application/xml',
  'application/json; charset=latin1',
  'application/json; charset=utf-16',
  'application/cloudevents+json',
  'application/cloudevents-batch+json',
  'application/x-www-form-urlencoded',
  'multipart/form-data; boundary=x',
  'application/json/json;;;=',
];

/** A valid request made wrong in one to three places, or left as it is now and then. */
export const mutated = (door: Door, base: (door: Door) => RawRequest, random: Random): RawRequest => {
  let changed = door;
  for (let times = between(random, 0, 3); times > 0; times -= 1) {
    if (changed.body !== undefined && random() < 0.85)
      changed = { ...changed, body: mutateJson(changed.body, random) };
    else if (random() < 0.8) changed = { ...changed, path: mutatePath(changed.path, random) };
  }
  const request = base(changed);
  const { headers, body } = request;
  const dice = random();
  if (body !== null && dice < 0.1) return { ...request, body: mutateBytes(body, random) };
  if (dice < 0.17) return { ...request, headers: { ...headers, 'content-type': pick(random, contentTypes) } };
  if (dice < 0.2) {
    const key = pick(random, ['', 'Bearer', 'Bearer x', 'Basic eDp5', `Bearer ${'k'.repeat(4_000)}`]);
    return { ...request, headers: { ...headers, authorization: key } };
  }
  if (dice < 0.23 && body === null) return { ...request, body: Buffer.from('{"a":'), headers };
  return request;
};
