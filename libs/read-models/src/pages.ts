import { setImmediate as nextTurn } from 'node:timers/promises';

import { decodeCursor, encodeCursor, type Bookmark } from './cursor.js';
import type { Page, Query } from './read-models.js';

const defaultLimit = 100;
const maxLimit = 10_000;
const streamPage = 500;

/** Documents in their order. */
export interface Found<Doc> {
  readonly items: Doc[];
  /** Where item `i` stands in the order. */
  readonly bookmarks: (i: number) => Bookmark | null;
}

/** At most `take` documents of a query, from the first one on or after a bookmark. */
export type Fetch<Doc> = (after: Bookmark | null, take: number) => Promise<Found<Doc>>;

/** @throws RangeError  the limit is not a whole number in bounds, or the cursor is of another query */
export const onePage = async <Doc>(view: string, query: Query, fetch: Fetch<Doc>): Promise<Page<Doc>> => {
  const { limit = defaultLimit } = query;
  if (!Number.isInteger(limit) || limit < 1 || limit > maxLimit) {
    throw new RangeError(`limit must be a whole number from 1 to ${maxLimit}`);
  }
  const after = query.cursor === undefined ? null : decodeCursor(view, query, query.cursor);
  // One more than asked tells whether there is a next page.
  const { items, bookmarks } = await fetch(after, limit + 1);
  const last = items.length > limit ? bookmarks(limit - 1) : null;
  return { items: items.slice(0, limit), next: last === null ? null : encodeCursor(view, query, last) };
};

/** Pages between which nothing is held open: a document that moves meanwhile may be seen at its new place or not at all. */
export async function* everyPage<Doc>(fetch: Fetch<Doc>): AsyncGenerator<Doc, void, undefined> {
  let after: Bookmark | null = null;
  do {
    const found: Found<Doc> = await fetch(after, streamPage);
    yield* found.items;
    after = found.items.length < streamPage ? null : found.bookmarks(streamPage - 1);
    await nextTurn();
  } while (after !== null);
}
