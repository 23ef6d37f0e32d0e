import { cleanCode, isBlankText, type Open311Error, type Problem } from '@city311/platform';

import { answersIn } from './open311-answers.js';
import { withUndeclared } from './open311-undeclared.js';

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

/** The text under a parameter of a form or of a JSON body; undefined where it is blank or not there. */
export const parameter = (form: Form, name: string): string | undefined => {
  const given = text(form[name]);
  return typeof given !== 'string' || isBlankText(given) ? undefined : given;
};

/** The client's own id of a request: undefined where none is given; what is no text is for the rules to tell of. */
export const requestIdOf = (form: Form): unknown => {
  const given = text(form['client_request_id']);
  return typeof given === 'string' && isBlankText(given) ? undefined : given;
};

/** Whether a `jurisdiction_id` is that of this city, or none is given: no report is taken for another city's. */
export const isOfJurisdiction = (given: unknown, jurisdiction: string): boolean => {
  const one = text(given);
  if (one === undefined) return true;
  if (typeof one !== 'string') return false;
  const name = cleanCode(one)
    .toLowerCase()
    .replace(/^www\./, '');
  return name === '' || name === jurisdiction.toLowerCase();
};

export const unknownJurisdiction: Open311Error = { code: 404, description: 'jurisdiction_id is not known' };

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

/**
 * What a GeoReport form says, as data of a submitted report. An empty parameter counts as absent.
 * @param asked  codes of what the service asks; left out where no service is known, which is a fault anyway
 */
export const toReport = (form: Form, asked?: readonly string[]): object => {
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
    answers: asked === undefined ? answersIn(form) : withUndeclared(answersIn(form), asked),
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
