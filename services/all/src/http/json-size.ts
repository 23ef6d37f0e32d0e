/** What a JSON body may hold, whoever sends it; what its shape allows is less. */
export const jsonLimits = {
  /** Objects and lists within each other. */
  depth: 32,
  /** Members of one object. */
  members: 500,
  /** Items of one list: a batch of more is told its own limit. */
  items: 1_000,
  /** Members of all objects together: a batch of 500 events has room for 80 each. */
  allMembers: 40_000,
} as const;

export interface TooMuch {
  readonly of: 'levels' | 'members' | 'items';
  /** Where, as `data.answers.3`; empty for the whole body. */
  readonly path: string;
  readonly message: string;
}

/** Members in the text, outside its strings, or what there is too much of. */
export type JsonSize = { readonly members: number } | { readonly tooMuch: TooMuch };

const quote = 34;
const backslash = 92;

/** Index of the quote that ends the string which begins at `start`; the text's length where none does. */
export const endOfString = (text: string, start: number): number => {
  const end = text.indexOf('"', start + 1);
  if (end < 0) return text.length;
  if (text.charCodeAt(end - 1) !== backslash) return end;
  // Escapes are followed one by one: a search for each of a million quotes would take ten times as long.
  for (let at = start + 1; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === quote) return at;
    if (code === backslash) at += 1;
  }
  return text.length;
};

const memberName = (text: string, start: number): string => {
  try {
    return String(JSON.parse(text.slice(start, endOfString(text, start) + 1)));
  } catch {
    return '?';
  }
};

/** One object or list that is open where the reader stands. */
interface Open {
  readonly isObject: boolean;
  /** Members or items before this one. */
  count: number;
  /** Where the name of the present member begins. */
  nameAt: number;
}

const pathOf = (text: string, open: readonly Open[]): string =>
  open.map(({ isObject, count, nameAt }) => (isObject ? memberName(text, nameAt) : String(count))).join('.');

/**
 * Measures a JSON text before it is parsed, in one pass that stops where a limit is exceeded. Of a text that is no
 * JSON it may say anything: that is found when it is parsed.
 */
export const sizeOfJson = (text: string): JsonSize => {
  const open: Open[] = [];
  let innermost: Open | undefined;
  let members = 0;
  let stringAt = 0;
  const refuse = (of: TooMuch['of'], message: string, path = pathOf(text, open.slice(0, -1))): JsonSize => ({
    tooMuch: { of, path, message },
  });
  for (let at = 0; at < text.length; at += 1) {
    switch (text.charCodeAt(at)) {
      case quote:
        stringAt = at;
        at = endOfString(text, at);
        break;
      case 58: // :
        members += 1;
        if (members > jsonLimits.allMembers)
          return refuse('members', `must have at most ${jsonLimits.allMembers} members in all`, '');
        if (innermost?.isObject !== true) break;
        innermost.nameAt = stringAt;
        innermost.count += 1;
        if (innermost.count > jsonLimits.members)
          return refuse('members', `must have at most ${jsonLimits.members} members`);
        break;
      case 44: // ,
        if (innermost?.isObject !== false) break;
        innermost.count += 1;
        if (innermost.count >= jsonLimits.items)
          return refuse('items', `must have at most ${jsonLimits.items} items`);
        break;
      case 123: // {
      case 91: // [
        if (open.length === jsonLimits.depth)
          return refuse('levels', `the body is nested more than ${jsonLimits.depth} levels deep`, '');
        innermost = { isObject: text.charCodeAt(at) === 123, count: 0, nameAt: 0 };
        open.push(innermost);
        break;
      case 125: // }
      case 93: // ]
        open.pop();
        innermost = open.at(-1);
        break;
    }
  }
  return { members };
};

/** Members of a parsed value, at every depth: fewer than its text has where one stood there twice. */
export const countMembers = (value: unknown): number => {
  if (typeof value !== 'object' || value === null) return 0;
  let count = 0;
  if (Array.isArray(value)) {
    for (const item of value) count += countMembers(item);
    return count;
  }
  for (const member of Object.values(value)) count += 1 + countMembers(member);
  return count;
};

/** Path of the first member of an object whose name stood there before; null where none does. The text is JSON. */
export const repeatedMember = (text: string): string | null => {
  const open: (Open & { readonly names: Set<string> })[] = [];
  let stringAt = 0;
  for (let at = 0; at < text.length; at += 1) {
    const innermost = open.at(-1);
    switch (text.charCodeAt(at)) {
      case quote:
        stringAt = at;
        at = endOfString(text, at);
        break;
      case 58: {
        if (innermost === undefined) break;
        innermost.nameAt = stringAt;
        const name = memberName(text, stringAt);
        if (innermost.names.has(name)) return pathOf(text, open);
        innermost.names.add(name);
        break;
      }
      case 44:
        if (innermost?.isObject === false) innermost.count += 1;
        break;
      case 123:
      case 91:
        open.push({ isObject: text.charCodeAt(at) === 123, count: 0, nameAt: 0, names: new Set() });
        break;
      case 125:
      case 93:
        open.pop();
        break;
    }
  }
  return null;
};
