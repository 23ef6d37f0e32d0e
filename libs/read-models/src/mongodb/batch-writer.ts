import type { mongo } from 'mongoose';

import { asked, isDuplicate, longPatienceMs } from './faults.js';
import { stateId, type Row, type Rows, type StoredDoc, type StoredState } from './stored.js';

type Operation = mongo.AnyBulkWriteOperation<Row>;

export interface Step {
  readonly from: StoredState;
  readonly to: StoredState;
}

/**
 * What was found of a document: its sequence; the generation of a stray, which somebody wrote who had not yet heard of a
 * swap; or null for nothing.
 */
export type Found = number | string | null;

const filterOf = ({ _id, generation }: StoredDoc, found: Found): mongo.Filter<Row> => {
  // Matches nothing, so that it can only be inserted.
  if (found === null) return { _id, generation, sequence: -1 };
  return typeof found === 'string' ? { _id, generation: found } : { _id, generation, sequence: found };
};

/**
 * Compares and sets: a document that is not as it was found matches nothing, so that the server tries to insert it
 * and meets the one that is there. The error ends the ordered batch before the checkpoint moves.
 */
const put = (doc: StoredDoc, found: Found): Operation => ({
  replaceOne: { filter: filterOf(doc, found), replacement: doc, upsert: true },
});

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
 * Writes documents, each only if it is still as it was `found`, and then, where `step` is given, moves the state: one
 * request for a batch.
 * False where somebody else has written: some of the documents may be there, which a second try passes over.
 */
export const writeBatch = async (
  rows: Rows,
  docs: readonly StoredDoc[],
  found: (key: string) => Found,
  step: Step | null,
): Promise<boolean> => {
  const operations = docs.map((doc) => put(doc, found(doc._id)));
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
