import { takenIn } from '@city311/scheduling';

import type { AuthorKey } from '../cipher.js';
import type { Author, Erasure } from '../vault.js';
import type { VaultCollections } from './documents.js';

export interface Erasing {
  /** Ends, too, what was begun for the author and broken off. */
  erase(author: Author, key: AuthorKey | null, at: string): Promise<void>;
  eraseAll(list: readonly Erasure[]): Promise<void>;
  /** Ends what others have begun and not ended. */
  endPending(): Promise<void>;
  /** By their instant, oldest first. */
  erased(): Promise<readonly Erasure[]>;
}

/**
 * Erases in three writes, each durable before the next: the tombstone, then key and contact record, then that it is
 * done. What stops half-way is taken up again from the tombstone.
 */
export const createErasing = ({ keys, erasures, contacts }: VaultCollections): Erasing => {
  const end = async (keyIds: readonly string[]): Promise<void> => {
    if (keyIds.length === 0) return;
    await keys.deleteMany({ _id: { $in: [...keyIds] } });
    await contacts.deleteMany({ keyId: { $in: [...keyIds] } });
    await erasures.updateMany({ _id: { $in: [...keyIds] } }, { $unset: { pending: '' } });
  };

  const entomb = async (list: readonly Erasure[]): Promise<void> => {
    const writes = list.map(({ author, keyId, at }, place) => ({
      updateOne: {
        filter: { _id: keyId },
        update: { $setOnInsert: { author, at, place }, $set: { pending: true as const } },
        upsert: true,
      },
    }));
    try {
      await erasures.bulkWrite(writes, { ordered: false });
    } catch (error) {
      if (takenIn(error) === null) throw error; // else somebody entombs the same key at this moment
    }
  };

  const eraseAll = async (list: readonly Erasure[]): Promise<void> => {
    if (list.length === 0) return;
    await entomb(list);
    await end(list.map(({ keyId }) => keyId));
  };

  return {
    eraseAll,
    erase: async (author, key, at) => {
      const begun = await erasures.find({ pending: true, author }, { projection: { _id: 1 } }).toArray();
      await end(begun.map(({ _id }) => _id));
      if (key !== null) await eraseAll([{ author, keyId: key.keyId, at }]);
    },
    endPending: async () => {
      const begun = await erasures.find({ pending: true }, { projection: { _id: 1 } }).toArray();
      await end(begun.map(({ _id }) => _id));
    },
    erased: async () => {
      const rows = await erasures.find({}).sort({ at: 1, place: 1, _id: 1 }).toArray();
      return rows.map(({ _id: keyId, author, at }) => ({ author, keyId, at }));
    },
  };
};
