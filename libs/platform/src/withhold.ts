import { redact } from '@city311/vault';

/** Members that must never reach a log line, wherever they stand in a logged object. */
const personal = new Set([
  'address',
  'answers',
  'authorization',
  'body',
  'contact',
  'cookie',
  'description',
  'email',
  'exact',
  'firstName',
  'key',
  'lastName',
  'location',
  'original',
  'password',
  'phone',
  'redacted',
  'secret',
  'street',
  'text',
  'title',
  'trackingSecret',
]);

const withheld = '[withheld]';
const maxDepth = 6;
const maxMembers = 1_000;
/** Protected text, and API keys. */
const secrets = /\bp1\.[\w-]+\.[\w-]+|\bcity311_[\w.-]+_[\w-]{43}/g;

const cleanText = (text: string): string => redact(text.replace(secrets, withheld));

/** Also one that another realm made, as Node's own may be. */
export const isError = (value: unknown): value is Error =>
  value instanceof Error || Object.prototype.toString.call(value) === '[object Error]';

/**
 * A copy of anything that is to be logged, without personal members, ciphertext or keys, and with contact details
 * masked in every text, messages and stacks of errors among them. Deep or endless things are cut short.
 */
export const withhold = (value: unknown): unknown => {
  let left = maxMembers;

  const membersOf = (value: object, depth: number): object =>
    Object.fromEntries(
      Object.entries(value).map(([name, member]) => [
        name,
        personal.has(name) ? withheld : clean(member, depth + 1),
      ]),
    );

  const clean = (value: unknown, depth: number): unknown => {
    if (typeof value === 'string') return cleanText(value);
    if (typeof value !== 'object' || value === null) return value;
    left -= 1;
    if (depth > maxDepth || left < 0) return '[cut short]';
    if (ArrayBuffer.isView(value)) return '[bytes]';
    if (value instanceof Date) return value;
    if (Array.isArray(value)) return value.slice(0, maxMembers).map((item) => clean(item, depth + 1));
    if (!isError(value)) return membersOf(value, depth);
    const { name, message, stack, cause } = value;
    return {
      type: name,
      message: cleanText(message),
      ...(stack === undefined ? {} : { stack: cleanText(stack) }),
      ...membersOf({ ...value }, depth),
      ...(cause === undefined ? {} : { cause: clean(cause, depth + 1) }),
    };
  };

  return clean(value, 0);
};
