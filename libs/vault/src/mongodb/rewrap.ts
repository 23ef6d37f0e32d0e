import type { mongo } from 'mongoose';

import type { KeyDocument, VaultCollections } from './documents.js';
import type { MasterKeys } from './master-keys.js';
import { sealSecrets } from './secrets.js';
import type { Secrets } from './secrets.js';

const atOnce = 500;

/**
 * Wraps by the current master key whatever an older one has wrapped, while others go on reading and writing. A key
 * erased meanwhile stays erased. Broken off, it goes on where it was when it is called again.
 * Returns how many keys were wrapped anew.
 * @throws TransientError  one is wrapped by a master key that was not given
 */
export const rewrap = async (
  { keys, secrets }: VaultCollections,
  masterKeys: MasterKeys,
  known: Secrets,
): Promise<number> => {
  const { currentId } = masterKeys;
  await secrets.replaceOne({ _id: 'secrets', by: { $ne: currentId } }, sealSecrets(masterKeys, known));
  const again = (row: KeyDocument): mongo.AnyBulkWriteOperation<KeyDocument> => ({
    updateOne: {
      filter: { _id: row._id, by: row.by },
      update: { $set: masterKeys.wrap(row._id, masterKeys.unwrap(row._id, row)) },
    },
  });
  let count = 0;
  for (;;) {
    const rows = await keys.find({ by: { $ne: currentId } }, { limit: atOnce }).toArray();
    if (rows.length === 0) return count;
    const { modifiedCount } = await keys.bulkWrite(rows.map(again), { ordered: false });
    count += modifiedCount;
  }
};
