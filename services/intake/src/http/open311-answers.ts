import { cleanCode } from '@city311/platform';

import type { GivenAnswer } from './open311-undeclared.js';

type Form = Readonly<Record<string, unknown>>;

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

/** Of a list, or of an object numbered as one, as PHP writes a list with gaps; null of anything else. */
const itemsOf = (value: unknown): readonly unknown[] | null => {
  if (Array.isArray(value)) return value as readonly unknown[];
  if (typeof value !== 'object' || value === null) return null;
  const names = Object.keys(value);
  return names.length > 0 && names.every((name) => /^\d+$/.test(name)) ? Object.values(value) : null;
};

/** What is longer is no code: it is refused as it stands. */
const longestName = 1_000;

const said = (code: string, value: unknown, isList = false): Said => {
  const items = itemsOf(value);
  return {
    code: code.length > longestName ? code : cleanCode(code),
    values: items ?? [value],
    isList: isList || items !== null,
  };
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

const inPairs = /^attribute\[(\d*)\]\[(code|key|value)\](?:\[\d*\])?$/;

/**
 * `attribute[0][code]=CODE` with `attribute[0][value]=v`, as forms write a list of pairs; several under `attribute[]` go by
 * their order.
 */
const pairsIn = (form: Form): readonly Said[] => {
  const pairs = new Map<string, { code?: readonly unknown[]; value?: readonly unknown[] }>();
  for (const [name, given] of Object.entries(form)) {
    const [, index, part] = inPairs.exec(name) ?? [];
    if (index === undefined) continue;
    const pair = pairs.get(index) ?? {};
    const member = part === 'value' ? 'value' : 'code';
    pair[member] = [...(pair[member] ?? []), ...(itemsOf(given) ?? [given])];
    pairs.set(index, pair);
  }
  return [...pairs.values()].flatMap(({ code = [], value = [] }) =>
    code.length > 1 && code.length === value.length
      ? code.map((one, at) => said(worded(one), value[at]))
      : [
          said(
            code.length === 0 ? 'attribute' : code.map(worded).join(', '),
            value.length === 1 ? value[0] : value,
          ),
        ],
  );
};

/**
 * `attribute[CODE]=v`; `attribute[CODE][]=v` or `attribute[CODE][0]=v` once for each of many; `attribute.CODE=v`; pairs of code
 * and value; in JSON also `attribute` as an object or a list: all read to the same answers. Parameters that this door does not know are
 * answers that nobody asked for, with a dot in their code, which no question has.
 */
export const answersIn = (form: Form): GivenAnswer[] => {
  const named = Object.entries(form).flatMap(([name, value]): readonly Said[] => {
    if (inPairs.test(name)) return [];
    const [, code, list] =
      /^attribute\[([^\]]+)\](\[\d*\])?$/.exec(name) ?? /^attribute\.(.+?)(\.\d+)?$/.exec(name) ?? [];
    if (code !== undefined) return [said(code, value, list !== undefined)];
    if (name === 'attribute') return inJson(value);
    return known.has(name) ? [] : [said(`parameter.${name}`, value)];
  });
  const byCode = new Map<string, Said>();
  for (const { code, values, isList } of [...named, ...pairsIn(form)]) {
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
