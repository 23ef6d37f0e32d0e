import { askMongo, isDuplicateKey, majorityCollection } from '@city311/scheduling';
import type { Connection } from 'mongoose';

import { apiKeyHash, looksLikeApiKey, newApiKey, recheckMs } from '../api-key-form.js';
import { BoundedCache } from '../bounded-cache.js';
import type { ApiKey, ApiKeys, Role } from '../vault.js';

/** `_id` is the name. */
export interface ApiKeyDocument {
  readonly _id: string;
  /** Unique. */
  readonly hash: Buffer;
  readonly role: Role;
  readonly createdAt: string;
  readonly system?: string;
  /** It came from a folder of the embedded vault. */
  readonly copied?: true;
}

interface Verified {
  readonly apiKey: ApiKey;
  readonly at: number;
}

const keyOf = ({ _id: name, role, system }: ApiKeyDocument): ApiKey => ({
  name,
  role,
  ...(system === undefined ? {} : { system }),
});

/**
 * API keys in MongoDB; a key made by another process counts at once, one revoked within half a second.
 * Every call throws TransientError where the server is away or has no majority.
 */
export const openMongoApiKeys = async (options: { readonly connection: Connection }): Promise<ApiKeys> => {
  const documents = await majorityCollection<ApiKeyDocument>(options.connection, 'api_keys');
  await askMongo('the index of the API keys could not be made', () =>
    documents.createIndex({ hash: 1 }, { unique: true }, {}),
  );
  const verified = new BoundedCache<string, Verified>(1_000);
  let revocations = 0;

  return {
    create: (name, role, at, purpose) =>
      askMongo('the API key could not be stored', async () => {
        const key = newApiKey(name, role, purpose);
        try {
          await documents.insertOne({ _id: name, hash: apiKeyHash(key), role, createdAt: at, ...purpose });
        } catch (error) {
          if (isDuplicateKey(error)) throw new RangeError(`there is a key named ${name} already`);
          throw error;
        }
        return key;
      }),

    verify: (key) =>
      askMongo('the API keys could not be read', async () => {
        if (!looksLikeApiKey(key)) return null;
        const hash = apiKeyHash(key);
        const cacheKey = hash.toString('latin1');
        const known = verified.get(cacheKey);
        const at = performance.now();
        if (known !== undefined && at - known.at < recheckMs) return known.apiKey;
        verified.delete(cacheKey);
        const before = revocations;
        const found = await documents.findOne({ hash });
        if (found === null) return null;
        const apiKey = keyOf(found);
        if (revocations === before) verified.set(cacheKey, { apiKey, at });
        return apiKey;
      }),

    revoke: (name) =>
      askMongo('the API key could not be revoked', async () => {
        const { deletedCount } = await documents.deleteOne({ _id: name });
        revocations += 1;
        verified.clear();
        return deletedCount > 0;
      }),

    list: () =>
      askMongo('the API keys could not be read', async () => {
        const all = await documents.find({}).sort({ _id: 1 }).toArray();
        return all.map((found) => ({ ...keyOf(found), createdAt: found.createdAt }));
      }),

    close: async () => {
      verified.clear();
    },
  };
};
