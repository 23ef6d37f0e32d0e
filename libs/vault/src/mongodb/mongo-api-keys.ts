import { askMongo, isDuplicateKey, majorityCollection } from '@city311/scheduling';
import type { Connection } from 'mongoose';

import {
  apiKeyHash,
  looksLikeApiKey,
  newApiKey,
  nextApiKey,
  recheckMs,
  retiringUntil,
} from '../api-key-form.js';
import { BoundedCache } from '../bounded-cache.js';
import type { ApiKey, ApiKeys, KeyPurpose, KeyRate, ListedApiKey, Role } from '../vault.js';

/** `_id` is the name. */
export interface ApiKeyDocument {
  readonly _id: string;
  /** Unique. */
  readonly hash: Buffer;
  readonly role: Role;
  readonly createdAt: string;
  readonly system?: string;
  readonly expiresAt?: string;
  readonly rate?: KeyRate;
  readonly lastUsedAt?: string;
  /** The key that stood under the name before. */
  readonly retiring?: { readonly hash: Buffer; readonly until: string };
  /** It came from a folder of the embedded vault. */
  readonly copied?: true;
}

interface Verified {
  readonly apiKey: ApiKey;
  readonly at: number;
}

const purposeOf = ({ system, expiresAt, rate }: ApiKeyDocument): KeyPurpose => ({
  ...(system === undefined ? {} : { system }),
  ...(expiresAt === undefined ? {} : { expiresAt }),
  ...(rate === undefined ? {} : { rate }),
});

/** The key of this hash: the one under the name, or the one before it. */
const keyOf = (found: ApiKeyDocument, hash: Buffer): ApiKey => {
  const key = { name: found._id, role: found.role, ...purposeOf(found) };
  const retiring = found.retiring;
  return retiring?.hash.equals(hash) === true ? { ...key, expiresAt: retiring.until } : key;
};

const listedKeyOf = (found: ApiKeyDocument): ListedApiKey => ({
  name: found._id,
  role: found.role,
  ...purposeOf(found),
  createdAt: found.createdAt,
  ...(found.lastUsedAt === undefined ? {} : { lastUsedAt: found.lastUsedAt }),
  ...(found.retiring === undefined ? {} : { retiringUntil: found.retiring.until }),
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

    rotate: (name, at, overlapUntil, expiresAt) =>
      askMongo('the API key could not be replaced', async () => {
        const before = await documents.findOne({ _id: name });
        if (before === null) return null;
        const key = nextApiKey(name, overlapUntil, expiresAt);
        const retiring = { hash: before.hash, until: retiringUntil(overlapUntil, before.expiresAt) };
        const { matchedCount } = await documents.updateOne(
          { _id: name, hash: before.hash },
          {
            $set: {
              hash: apiKeyHash(key),
              createdAt: at,
              retiring,
              ...(expiresAt === undefined ? {} : { expiresAt }),
            },
            ...(expiresAt === undefined ? { $unset: { expiresAt: '' } } : {}),
          },
        );
        if (matchedCount === 0) throw new RangeError(`the key ${name} was replaced or revoked meanwhile`);
        revocations += 1;
        verified.clear();
        return key;
      }),

    noteUses: (uses) =>
      askMongo('the uses of API keys could not be noted', async () => {
        await Promise.all(
          [...uses].map(([name, at]) =>
            documents.updateOne(
              { _id: name, $or: [{ lastUsedAt: { $exists: false } }, { lastUsedAt: { $lt: at } }] },
              { $set: { lastUsedAt: at } },
            ),
          ),
        );
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
        const found = await documents.findOne({ $or: [{ hash }, { 'retiring.hash': hash }] });
        if (found === null) return null;
        const apiKey = keyOf(found, hash);
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
        return all.map(listedKeyOf);
      }),

    close: async () => {
      verified.clear();
    },
  };
};
