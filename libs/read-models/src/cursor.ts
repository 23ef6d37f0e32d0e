import { createHash } from 'node:crypto';

import type { ColumnValue, Query } from './read-models.js';

/** Where a page ended: the last document's key and its values of the ordering columns. */
export interface Bookmark {
  readonly key: string;
  readonly values: readonly ColumnValue[];
}

/** The same for two queries of a view that differ only in limit and cursor. */
const fingerprint = (view: string, query: Query): string => {
  const { where, anyOf, within, search, orderBy } = query;
  return createHash('sha256')
    .update(JSON.stringify([view, where, anyOf, within, search, orderBy]))
    .digest('base64url')
    .slice(0, 12);
};

export const encodeCursor = (view: string, query: Query, bookmark: Bookmark): string =>
  Buffer.from(JSON.stringify([fingerprint(view, query), bookmark.key, ...bookmark.values])).toString(
    'base64url',
  );

/** @throws RangeError  not a cursor of this query */
export const decodeCursor = (view: string, query: Query, cursor: string): Bookmark => {
  const [print, key, ...values] = parseArray(cursor);
  const wanted = query.orderBy?.length ?? 0;
  if (
    print !== fingerprint(view, query) ||
    typeof key !== 'string' ||
    values.length !== wanted ||
    !values.every(isColumnValue)
  ) {
    throw new RangeError('not a cursor of this query');
  }
  return { key, values };
};

const parseArray = (cursor: string): unknown[] => {
  try {
    const parsed: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString());
    return Array.isArray(parsed) ? parsed : [];
  } catch {
    return [];
  }
};

const isColumnValue = (value: unknown): value is ColumnValue =>
  value === null || typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';
