import { TransientError } from '@city311/kernel';
import type { Connection } from 'mongoose';

import type { ViewDeclaration } from '../read-models.js';
import { asked, longPatienceMs } from './faults.js';
import { indexPrefix, indexesOf, modelOf } from './model.js';

/** A server goes on building an index when the connection is lost; asking again waits for that one. */
const tries = 30;

export interface IndexReport {
  readonly created: readonly string[];
  readonly dropped: readonly string[];
}

/**
 * Brings the indexes of a collection to what is declared: those that lack are built (since MongoDB 4.2 without
 * holding up readers or writers), those of ours that are no longer declared are dropped, and the result is checked.
 * @throws TransientError  the server is away, or an index is still missing
 */
export const keepIndexes = async <Doc extends object>(
  connection: Connection,
  view: ViewDeclaration<Doc>,
  collection: string,
): Promise<IndexReport> => {
  const model = modelOf(connection, view, collection);
  const rows = model.collection;
  const present = async (): Promise<ReadonlySet<string>> =>
    new Set((await asked(() => model.listIndexes())).map(({ name }) => String(name)));
  const declared = indexesOf(view);
  const before = await present();
  const lacking = declared.filter(({ name }) => !before.has(name));
  if (lacking.length > 0) await built(() => model.createIndexes());
  const names = new Set(declared.map(({ name }) => name));
  const dropped = [...before].filter((name) => name.startsWith(indexPrefix) && !names.has(name));
  for (const name of dropped) await asked(() => rows.dropIndex(name));
  if (lacking.length > 0) {
    const after = await present();
    const missing = declared.find(({ name }) => !after.has(name));
    if (missing !== undefined) throw new TransientError(`${collection} has no index ${missing.name} yet`);
  }
  return { created: lacking.map(({ name }) => name), dropped };
};

const built = async (create: () => Promise<void>): Promise<void> => {
  for (let left = tries; ; left -= 1) {
    try {
      await asked(create, longPatienceMs);
      return;
    } catch (error) {
      if (!(error instanceof TransientError) || left === 0) throw error;
    }
  }
};
