import type { mongo } from 'mongoose';

const isBulkError = (error: unknown): error is mongo.MongoBulkWriteError =>
  typeof error === 'object' && error !== null && 'name' in error && error.name === 'MongoBulkWriteError';

/** Where every fault of a batch is a place already taken: whose, by index; null where anything else went wrong. */
export const takenIn = (error: unknown): ReadonlySet<number> | null => {
  if (!isBulkError(error) || error.result.getWriteConcernError() !== undefined) return null;
  const faults = [error.writeErrors].flat();
  return faults.length > 0 && faults.every(({ code }) => code === 11000)
    ? new Set(faults.map(({ index }) => index))
    : null;
};

/**
 * Inserts each document whose place in every unique index is free.
 * Returns the indexes of those whose place was taken. Sent again after a fault, what was inserted counts as taken.
 */
export const insertNew = async <Doc extends mongo.Document>(
  collection: mongo.Collection<Doc>,
  documents: readonly mongo.OptionalUnlessRequiredId<Doc>[],
): Promise<ReadonlySet<number>> => {
  if (documents.length === 0) return new Set();
  try {
    await collection.insertMany(documents, { ordered: false });
    return new Set();
  } catch (error) {
    const taken = takenIn(error);
    if (taken === null) throw error;
    return taken;
  }
};
