import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';
import { z } from 'zod';

const read = (file: string): string =>
  readFileSync(fileURLToPath(new URL(`../../charts/city311/${file}`, import.meta.url)), 'utf8');

const form = z.strictObject({
  pattern: z.string(),
  longest: z.int(),
  is: z.string().min(5),
  holds: z.string().default(''),
});
export type Form = z.infer<typeof form>;

const table = z
  .strictObject({
    forms: z.record(z.string(), form),
    values: z.array(z.strictObject({ at: z.array(z.string()), have: z.record(z.string(), z.string()) })),
  })
  .parse(parse(read('files/forms.yaml')));

export const forms: ReadonlyMap<string, Form> = new Map(Object.entries(table.forms));

/** Whether a text has a form, as `templates/_forms.tpl` judges it. */
export const fits = ({ pattern, longest, holds }: Form, text: string): boolean =>
  new RegExp(pattern, 'u').test(text) && Buffer.byteLength(text) <= longest && text.includes(holds);

/** Path of a value, `services.*.paths.*` -> the name of its form; @ at the end: of the names of members. */
export const formOfValue: ReadonlyMap<string, string> = new Map(
  table.values.flatMap(({ at, have }) =>
    at.flatMap((place) =>
      Object.entries(have).map(([path, called]) => [
        place === '' ? path : `${place}.${path}`,
        called.replace(/\?$/, ''),
      ]),
    ),
  ),
);

interface Schema {
  readonly [keyword: string]: unknown;
}

const isSchema = (value: unknown): value is Schema =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const membersOf = (value: unknown): readonly (readonly [string, Schema])[] =>
  isSchema(value)
    ? Object.entries(value).flatMap(([name, inside]) => (isSchema(inside) ? [[name, inside] as const] : []))
    : [];

const root: unknown = JSON.parse(read('values.schema.json'));
const definitions = new Map(isSchema(root) ? membersOf(root['$defs']) : []);

const isText = ({ type }: Schema): boolean =>
  type === 'string' || type === undefined || (Array.isArray(type) && type.includes('string'));

/** Paths of all texts that a schema leaves open: no list of words, no expression of its own says which. */
const openTexts = (schema: Schema, path: string): readonly string[] => {
  const below = (name: string): string => (path === '' ? name : `${path}.${name}`);
  const of = (inside: unknown, name: string): readonly string[] =>
    isSchema(inside) ? openTexts(inside, below(name)) : [];
  const alternatives = [schema['allOf'], schema['anyOf']].flatMap((all): readonly unknown[] =>
    Array.isArray(all) ? all : [],
  );
  const reference = schema['$ref'];
  const referred =
    typeof reference === 'string' ? definitions.get(reference.replace('#/$defs/', '')) : undefined;
  const members = schema['additionalProperties'];
  const parts = [...alternatives, referred].flatMap((part: unknown) =>
    isSchema(part) ? openTexts(part, path) : [],
  );
  const inside = [
    ...membersOf(schema['properties']).flatMap(([name, member]) => openTexts(member, below(name))),
    ...of(schema['items'], '*'),
    ...of(members, '*'),
    ...(isSchema(members) ? [below('@')] : []),
  ];
  const isOpen =
    isText(schema) &&
    !['enum', 'pattern', 'const', '$ref', 'allOf', 'anyOf', 'properties', 'required', 'items'].some(
      (keyword) => keyword in schema,
    );
  return [...parts, ...inside, ...(isOpen ? [path] : [])];
};

/** Services have one schema for all: what holds for one of them stands as `services.*`. */
const ofAnyService = (path: string): string => path.replace(/^services\.[a-z]+\./, 'services.*.');

/**
 * Paths of the values that the schema takes any text for, and @ for members of any name. A Secret that is written out is a
 * text too, which `templates/_checks.tpl` refuses. `global` is Helm's own.
 */
export const textsOfTheSchema: ReadonlySet<string> = new Set(
  isSchema(root)
    ? openTexts(root, '')
        .filter((path) => path !== 'global')
        .map(ofAnyService)
    : [],
);
