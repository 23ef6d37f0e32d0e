import type { Door } from '../fuzz/doors.js';

/** One of the bodies that cost a door most; `make` gives it anew for each sending, under another id. */
export interface WorstBody {
  readonly name: string;
  readonly contentType: string;
  readonly make: (id: string) => Buffer;
}

type Members = Readonly<Record<string, unknown>>;

const batchType = 'application/cloudevents-batch+json';
const eventType = 'application/cloudevents+json';
const formType = 'application/x-www-form-urlencoded';

/** Letters that make the rules of redaction look twice, one recipe for each rule. */
const recipes = [
  'a@a.a@a.',
  'aaaaaaaa@aaa.aa.aa ',
  '(at) a (dot) ',
  '617-555-01',
  '+1 2 3 4 5 6 7 8 ',
  'call me no is at 555 ',
  'plate no is 1AB ',
  'reg MA no is are at ',
  '078-05-11 ',
];
/** As long as the rules of each member allow. */
const longest: Readonly<Record<string, number>> = {
  description: 4_000,
  text: 4_000,
  reason: 4_000,
  value: 4_000,
  title: 500,
  outcomeLabel: 200,
  agency: 200,
  by: 100,
};

const filled = (recipe: string, length: number): string =>
  recipe.repeat(Math.ceil(length / recipe.length)).slice(0, length);

const isMembers = (value: unknown): value is Members =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const mapped = (value: unknown, change: (name: string, value: unknown) => unknown): unknown => {
  if (Array.isArray(value)) return value.map((item) => mapped(item, change));
  if (!isMembers(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => [name, mapped(change(name, member), change)]),
  );
};

/** Every text of it as long as it may be, written so that redaction has most to do. */
const worded = (body: unknown, recipe: string): unknown =>
  mapped(body, (name, value) =>
    typeof value === 'string' && longest[name] !== undefined ? filled(recipe, longest[name]) : value,
  );
/** Every list of it that long. */
const lengthened = (body: unknown, items: number): unknown =>
  mapped(body, (_, value) =>
    Array.isArray(value) && value.length > 0
      ? Array.from({ length: items }, () => value[0] as unknown)
      : value,
  );
/** Ids of events are made anew, so that each is taken and none is a repeat. */
const renamed = (body: unknown, id: string): unknown => {
  if (Array.isArray(body)) return body.map((item, index) => renamed(item, `${id}-${index}`));
  return isMembers(body) && 'specversion' in body ? { ...body, id } : body;
};

const object = (members: number, value: unknown = 1): Members =>
  Object.fromEntries(Array.from({ length: members }, (_, index) => [`member${index}`, value]));

/** What the door reads: an event's data, or the body. */
const within = (body: Members, change: (data: Members) => unknown): unknown =>
  isMembers(body['data']) ? { ...body, data: change(body['data']) } : change(body);

const json = (body: unknown): Buffer => Buffer.from(JSON.stringify(body));

/** A text of `bytes` at most, of `piece` again and again between two ends. */
const padded = (before: string, piece: (index: number) => string, after: string, bytes: number): Buffer => {
  const parts = [before];
  let left = bytes - Buffer.byteLength(before) - Buffer.byteLength(after);
  for (let index = 0; ; index += 1) {
    const next = piece(index);
    left -= Buffer.byteLength(next);
    if (left < 0) break;
    parts.push(next);
  }
  return Buffer.from(parts.join('') + after);
};

/** As many items as a batch takes, but no more than fit into a body. */
const batched = (item: unknown, bytes: number): unknown[] =>
  Array.from({ length: Math.min(500, Math.floor((bytes - 100) / (json(item).length + 8))) }, () => item);

const ofAnyDoor = (valid: Members, contentType: string, bytes: number): WorstBody[] => {
  const opening = json(valid).toString().slice(0, -1) + (Object.keys(valid).length === 0 ? '' : ',');
  const fixed = (name: string, body: Buffer): WorstBody => ({ name, contentType, make: () => body });
  const made = (name: string, body: unknown): WorstBody => ({
    name,
    contentType,
    make: (id) => json(renamed(body, id)),
  });
  return [
    fixed(
      'unknown members up to the size',
      padded(opening, (i) => `${i === 0 ? '' : ','}"k${i}":1`, '}', bytes),
    ),
    made(
      'unknown members up to the limit of an object',
      within(valid, (data) => ({ ...data, ...object(470) })),
    ),
    made(
      'unknown members up to the limit of a body',
      within(valid, (data) => ({ ...data, x: Array.from({ length: 80 }, () => object(490)) })),
    ),
    made(
      'faults everywhere that rules look',
      within(valid, (data) => ({
        ...(lengthened(
          mapped(data, () => false),
          29,
        ) as Members),
        x: Array.from({ length: 20 }, () => object(90)),
      })),
    ),
    made(
      'lists of 100 empty items',
      within(valid, (data) =>
        mapped(data, (_, value) => (Array.isArray(value) ? Array.from({ length: 100 }, () => ({})) : value)),
      ),
    ),
    fixed(
      'a list up to the size',
      padded(`${opening}"x":[1`, () => ',1', ']}', bytes),
    ),
    fixed(
      'brackets up to the size',
      padded(`${opening}"x":`, () => '[', '', bytes),
    ),
    made(
      'depth up to the limit',
      within(valid, (data) => ({
        ...data,
        x: JSON.parse(`${'{"a":'.repeat(28)}${JSON.stringify(object(400))}${'}'.repeat(28)}`) as unknown,
      })),
    ),
    fixed(
      'escapes up to the size',
      padded(`${opening}"text":"`, () => '\\u0041', '"}', bytes),
    ),
    fixed(
      'quotes up to the size',
      padded(`${opening}"text":"`, () => '\\"', '"}', bytes),
    ),
    fixed(
      'a name up to the size',
      padded(`${opening}"`, () => 'é', '":1}', bytes),
    ),
    fixed(
      'digits up to the size',
      padded(`${opening}"x":1`, () => '1', '}', bytes),
    ),
    fixed(
      'a member twice',
      padded(opening, (i) => (i < 450 ? `${i === 0 ? '' : ','}"k${i % 449}":1` : ' '), '}', bytes),
    ),
    made(
      'long texts for every rule of form',
      mapped(valid, (_, value) => (typeof value === 'string' ? filled('a.a-a@', 100_000) : value)),
    ),
    ...recipes.map((recipe) => made(`texts of ${recipe.trim()}`, lengthened(worded(valid, recipe), 10))),
    ...recipes.slice(0, 1).map((recipe) => made('texts, lists of 50', lengthened(worded(valid, recipe), 50))),
  ];
};

/** The report of a person whom nobody knows yet, under ten ids that nobody has claimed. */
const ofSomebodyElse = (data: Members, id: string): Members =>
  isMembers(data['contact'])
    ? {
        ...data,
        contact: { ...data['contact'], email: `${id}@example.org` },
        externalReferences: Array.from({ length: 10 }, (_, index) => ({
          system: 'bench',
          id: `${id}-${index}`,
        })),
      }
    : data;

const ofBatch = (
  item: Members,
  contentType: string,
  wrap: (items: unknown[]) => unknown,
  bytes: number,
): WorstBody[] => {
  const made = (name: string, one: unknown): WorstBody => {
    const items = batched(one, bytes);
    return { name: `500 × ${name}`, contentType, make: (id) => json(wrap(renamed(items, id) as unknown[])) };
  };
  return [
    made('a sound one', item),
    {
      name: '500 × somebody else, with ids of other systems',
      contentType,
      make: (id) =>
        json(
          wrap(
            Array.from({ length: 500 }, (_, index) =>
              renamed(
                within(item, (data) => ofSomebodyElse(data, `${id}-${index}`)),
                `${id}-${index}`,
              ),
            ),
          ),
        ),
    },
    made('nothing', {}),
    made(
      'unknown members',
      within(item, (data) => ({ ...data, ...object(60) })),
    ),
    made(
      'items without members',
      within(item, (data) => ({
        ...data,
        answers: Array.from({ length: 100 }, () => ({})),
        media: Array.from({ length: 100 }, () => ({})),
      })),
    ),
    ...recipes.map((recipe) =>
      made(
        `texts of ${recipe.trim()}`,
        mapped(item, (name, value) =>
          typeof value === 'string' && ['description', 'text', 'reason'].includes(name)
            ? filled(recipe, 3_600)
            : value,
        ),
      ),
    ),
  ];
};

const ofForm = (valid: Members, bytes: number): WorstBody[] => {
  const form = new URLSearchParams(
    Object.entries(valid).map(([name, value]): [string, string] => [name, String(value)]),
  );
  const fixed = (name: string, body: Buffer): WorstBody => ({
    name: `form: ${name}`,
    contentType: formType,
    make: () => body,
  });
  return [
    fixed(
      'parameters up to the size',
      padded(String(form), () => '&a', '', bytes),
    ),
    fixed(
      'parameters up to the limit, long',
      padded(
        String(form),
        (i) => (i < 480 ? `&attribute[k${i}]=${'%41'.repeat(1_400)}` : ''.padEnd(9)),
        '',
        bytes,
      ),
    ),
    fixed(
      'escapes up to the size',
      padded(`${String(form)}&x=`, () => '%F0%9F%98%80', '', bytes),
    ),
    fixed(
      'a parameter again and again',
      padded(String(form), (i) => (i < 480 ? '&description=a' : '+'), '', bytes),
    ),
    ...recipes.map((recipe) => {
      const worst = new URLSearchParams(form);
      worst.set('description', filled(recipe, 4_000));
      for (let index = 0; index < 49; index += 1) worst.set(`attribute[k${index}]`, filled(recipe, 4_000));
      return fixed(`50 texts of ${recipe.trim()}`, Buffer.from(String(worst)));
    }),
  ];
};

/** The worst bodies of a door that takes `valid`, none of them longer than `bytes`. */
export const worstBodiesOf = (
  { path, contentType = 'application/json', body }: Door,
  bytes: number,
): readonly WorstBody[] => {
  if (contentType === batchType && Array.isArray(body))
    return ofBatch(body[0] as Members, contentType, (items) => items, bytes);
  const valid = isMembers(body) ? body : {};
  const bodies = ofAnyDoor(valid, contentType, bytes);
  const { items } = valid;
  if (Array.isArray(items))
    bodies.push(...ofBatch(items[0] as Members, contentType, (many) => ({ ...valid, items: many }), bytes));
  if (path.startsWith('/open311') || contentType !== eventType) bodies.push(...ofForm(valid, bytes));
  return bodies;
};

/** How a door without a body is asked. */
export interface WorstAsking {
  readonly name: string;
  /** Empty where it is asked as always. */
  readonly query: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Its longest answer, and heads as long as a request's may be. */
export const worstAskings = (): readonly WorstAsking[] => {
  const bytes = 14_000;
  const text = (piece: (index: number) => string): string => padded('', piece, '', bytes).toString();
  return [
    { name: 'as always', query: '' },
    { name: 'its longest answer', query: 'limit=1000' },
    { name: 'query: parameters', query: text((i) => `&${i.toString(36)}`) },
    { name: 'query: one parameter again and again', query: text(() => '&limit=1') },
    { name: 'query: escapes', query: `cursor=${text(() => '%41')}` },
    { name: 'query: lists', query: `status=${text(() => 'issued,')}` },
    { name: 'query: brackets', query: text(() => 'a[b][]=&') },
    { name: 'headers: one long', query: '', headers: { 'x-forwarded-for': text(() => '1,') } },
    {
      name: 'headers: many',
      query: '',
      headers: Object.fromEntries(Array.from({ length: 900 }, (_, index) => [`x${index}`, '1'])),
    },
    { name: 'headers: trace', query: '', headers: { traceparent: text(() => '00-'), tracestate: 'a=b' } },
  ];
};
