import type { mongo } from 'mongoose';

import { asked, isDuplicate, longPatienceMs } from './faults.js';
import { stateId, type Row, type Rows, type StoredDoc, type StoredState } from './stored.js';

type Operation = mongo.AnyBulkWriteOperation<Row>;

export interface Step {
  readonly from: StoredState;
  readonly to: StoredState;
}

/**
 * Compares and sets: a document that is not as it was known matches nothing, so that the server tries to insert it
 * and meets the one that is there. The error ends the ordered batch before the checkpoint moves.
 */
const put = (doc: StoredDoc, before: number | null): Operation => {
  const { _id, generation } = doc;
  // Of another generation: written by somebody who had not yet heard of a swap, and never part of this one.
  const filter =
    before === null ? { _id, generation: { $ne: generation } } : { _id, generation, sequence: before };
  return { replaceOne: { filter, replacement: doc, upsert: true } };
};

const move = ({ from, to }: Step): Operation => {
  const { checkpoint, revision, parkings } = to;
  return {
    updateOne: {
      filter: { _id: stateId, generation: from.generation, revision: from.revision },
      update: { $set: { checkpoint, revision, parkings } },
    },
  };
};

/**
 * Writes documents, each only if it still has the sequence `before` it, and then, where `step` is given, moves the state: one request for a batch.
 * False where somebody else has written: some of the documents may be there, which a second try passes over.
 */
export const writeBatch = async (
  rows: Rows,
  docs: readonly StoredDoc[],
  before: (key: string) => number | null,
  step: Step | null,
): Promise<boolean> => {
  const operations = docs.map((doc) => put(doc, before(doc._id)));
  if (step !== null) operations.push(move(step));
  if (operations.length === 0) return true;
  try {
    const done = await asked(() => rows.bulkWrite(operations, { ordered: true }), longPatienceMs);
    return done.matchedCount + done.upsertedCount === operations.length;
  } catch (error) {
    if (isDuplicate(error)) return false;
    throw error;
  }
};
