import { cleanCode, isBlankText, type Open311Error, type Problem } from '@city311/platform';

type Form = Readonly<Record<string, unknown>>;

/** One text; whatever is no text, or is there twice, is left for the rules to tell of. */
const text = (value: unknown): unknown => {
  const one: unknown = Array.isArray(value) && value.length === 1 ? value[0] : value;
  if (typeof one === 'number') return String(one);
  return one === '' || one === null ? undefined : one;
};

const number = (value: unknown): number | undefined => {
  const one = text(value);
  if (one !== undefined && typeof one !== 'string') return Number.NaN;
  const given = cleanCode(one ?? '');
  return given === '' ? undefined : Number(given);
};

const dense = (members: object): object =>
  Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined));

/** What this door reads; all else is kept as undeclared. */
const known = new Set([
  'api_key',
  'jurisdiction_id',
  'service_code',
  'client_request_id',
  'lat',
  'long',
  'address_string',
  'address_id',
  'email',
  'phone',
  'first_name',
  'last_name',
  'description',
  'media_url',
]);

const worded = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value));

interface Said {
  readonly code: string;
  readonly values: readonly unknown[];
  readonly isList: boolean;
}

const said = (code: string, value: unknown, isList = false): Said => {
  const values: readonly unknown[] = Array.isArray(value) ? value : [value];
  return { code, values, isList: isList || Array.isArray(value) };
};

/** Members of a JSON `attribute`, or of a list of `{code, value}`. */
const inJson = (value: unknown): readonly Said[] => {
  if (typeof value !== 'object' || value === null) return value === '' ? [] : [said('attribute', value)];
  if (!Array.isArray(value)) return Object.entries(value).map(([code, one]) => said(code, one));
  return value.flatMap((item: unknown): readonly Said[] => {
    if (typeof item !== 'object' || item === null) return [said('attribute', item)];
    const { code, key, value: one, ...rest } = item as Readonly<Record<string, unknown>>;
    const name = typeof code === 'string' ? code : key;
    return typeof name === 'string' ? [said(name, one)] : inJson(rest);
  });
};

/**
 * `attribute[CODE]=v`; `attribute[CODE][]=v` or `attribute[CODE][0]=v` once for each of many; `attribute.CODE=v`; in JSON
 * also `attribute` as an object or a list: all read to the same answers. Parameters that this door does not know are
 * answers that nobody asked for, with a dot in their code, which no question has.
 */
const answersIn = (form: Form): object[] => {
  const all = Object.entries(form).flatMap(([name, value]): readonly Said[] => {
    const [, code, list] =
      /^attribute\[([^\]]+)\](\[\d*\])?$/.exec(name) ?? /^attribute\.(.+)$/.exec(name) ?? [];
    if (code !== undefined) return [said(code, value, list !== undefined)];
    if (name === 'attribute') return inJson(value);
    return known.has(name) ? [] : [said(`parameter.${name}`, value)];
  });
  const byCode = new Map<string, Said>();
  for (const { code, values, isList } of all) {
    const before = byCode.get(code);
    byCode.set(code, {
      code,
      values: [...(before?.values ?? []), ...values],
      isList: isList || before !== undefined,
    });
  }
  return [...byCode.values()].flatMap(({ code, values, isList }) => {
    const given = values.filter((value) => value !== undefined && value !== null && value !== '').map(worded);
    const [first] = given;
    if (first === undefined) return [];
    return [{ code, value: isList ? given : first }];
  });
};

/** The text under a parameter of a form or of a JSON body; undefined where it is blank or not there. */
export const parameter = (form: Form, name: string): string | undefined => {
  const given = text(form[name]);
  return typeof given !== 'string' || isBlankText(given) ? undefined : given;
};

/** Whether any of the parameters that the standard takes for a place is given; whether it is one is asked later. */
export const namesPlace = (form: Form): boolean =>
  ['lat', 'long', 'address_string', 'address_id'].some((name) => {
    const given = text(form[name]);
    return typeof given === 'string' ? !isBlankText(given) : given !== undefined;
  });

export const noPlace: Open311Error = {
  code: 400,
  description: 'lat and long, address_string or address_id required',
};

/** What a GeoReport form says, as data of a submitted report. An empty parameter counts as absent. */
export const toReport = (form: Form): object => {
  const location = {
    latitude: number(form['lat']),
    longitude: number(form['long']),
    address: text(form['address_string']),
    addressId: text(form['address_id']),
  };
  const contact = {
    email: text(form['email']),
    phone: text(form['phone']),
    firstName: text(form['first_name']),
    lastName: text(form['last_name']),
    consent: text(form['email']) !== undefined,
  };
  const urls = [form['media_url']].flat().filter((url) => url !== undefined && url !== null && url !== '');
  return dense({
    serviceCode: text(form['service_code']),
    description: text(form['description']),
    location: dense(location),
    contact: [contact.email, contact.phone, contact.firstName, contact.lastName].every(
      (given) => given === undefined,
    )
      ? undefined
      : dense(contact),
    answers: answersIn(form),
    media: urls.length === 0 ? undefined : urls.map((url) => ({ url })),
  });
};

const names: readonly (readonly [path: string, parameter: string])[] = [
  ['data.location.latitude', 'lat'],
  ['data.location.longitude', 'long'],
  ['data.location.addressId', 'address_id'],
  ['data.location.address', 'address_string'],
  ['data.contact.firstName', 'first_name'],
  ['data.contact.lastName', 'last_name'],
  ['data.contact.', ''],
  ['data.media', 'media_url'],
  ['data.answers', 'attribute'],
  ['id', 'client_request_id'],
  ['data.', ''],
];

const parameterOf = (path: string): string => {
  for (const [prefix, name] of names)
    if (path.startsWith(prefix)) return name === '' ? path.slice(prefix.length) : name;
  return path;
};

/** Every fault as a line of its own; a missing attribute is told in the standard's words, `<CODE> required`. */
export const errorsOf = (
  answer: Problem | undefined,
  serviceCode: string | undefined,
): readonly Open311Error[] => {
  const faults = answer?.faults ?? [];
  if (faults.length === 0)
    return [{ code: answer?.status ?? 400, description: answer?.title ?? 'Bad request' }];
  const lines = faults.map(({ path, message }): Open311Error => {
    if (path === 'data.serviceCode') {
      return serviceCode === undefined
        ? { code: 400, description: 'service_code required' }
        : { code: 404, description: 'service_code is not known' };
    }
    if (message.endsWith(' required')) return { code: 400, description: message };
    // Some rules name the member themselves.
    const member = `${path.slice(path.lastIndexOf('.') + 1)} `;
    const why = message.startsWith(member) ? message.slice(member.length) : message;
    return { code: 400, description: `${parameterOf(path)} ${why}` };
  });
  return lines.filter(
    (line, index) => lines.findIndex((one) => one.description === line.description) === index,
  );
};
