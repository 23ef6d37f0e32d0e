import type { Fault } from './problem.js';

/** What one request, event or transition may hold before its rules are asked; the rules allow less. */
export const extent = {
  /** Members of one object. */
  members: 100,
  /** Items of one list. */
  items: 100,
  /** Members and items at every depth. */
  values: 3_000,
  depth: 32,
} as const;

const under = (path: string, name: string | number): string =>
  path === '' ? String(name) : `${path}.${name}`;

/**
 * Where `value` holds more than `extent` allows, null where nowhere. Counts before it looks inside, and stops at the
 * first place, so that it costs no more than what is allowed.
 */
export const excessOf = (value: object): Fault | null => {
  let values = 0;
  const look = (part: object, path: string, depth: number): Fault | null => {
    const isList = Array.isArray(part);
    const members: readonly unknown[] = isList ? part : Object.values(part);
    const limit = isList ? extent.items : extent.members;
    if (members.length > limit)
      return { path, message: `must have at most ${limit} ${isList ? 'items' : 'members'}` };
    values += members.length;
    if (values > extent.values)
      return { path: '', message: `must have at most ${extent.values} members and items in all` };
    for (const [index, member] of members.entries()) {
      if (typeof member !== 'object' || member === null) continue;
      const here = under(path, isList ? index : (Object.keys(part)[index] ?? ''));
      if (depth === extent.depth)
        return { path: here, message: `must not be nested more than ${extent.depth} levels deep` };
      const excess = look(member, here, depth + 1);
      if (excess !== null) return excess;
    }
    return null;
  };
  return look(value, '', 1);
};
