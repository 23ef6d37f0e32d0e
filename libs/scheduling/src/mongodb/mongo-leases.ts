import type { Connection, mongo } from 'mongoose';

import { holderIsGone } from '../holder.js';
import type { Lease, Leases } from '../leases.js';
import { majorityCollection } from './majority-collection.js';
import { askMongo, isDuplicateKey } from './mongo-fault.js';

export interface MongoLeasesOptions {
  /** Of mongoose; stays the caller's to close. */
  readonly connection: Connection;
  /** Default `leases`. */
  readonly collection?: string;
  /** Tells that a holder is dead before its lease ends. Default: a process of this host that runs no more. */
  readonly isGone?: (holder: string) => boolean;
}

/** Stays after its release, so that tokens of a name only ever grow. `_id` is the name. */
interface LeaseDocument {
  readonly _id: string;
  readonly holder: string | null;
  readonly token: number;
  /** By the clock of the server. */
  readonly renewedAt: Date;
  readonly ttlMs: number;
}

const endsAt = { $add: ['$renewedAt', '$ttlMs'] };
const runs = { holder: { $ne: null }, $expr: { $gt: [endsAt, '$$NOW'] } };
const isFree = { $or: [{ holder: null }, { $expr: { $lte: [endsAt, '$$NOW'] } }] };

const leaseOf = (document: mongo.WithId<LeaseDocument>): Lease => ({
  name: document._id,
  holder: document.holder ?? '',
  token: document.token,
  expiresAt: new Date(document.renewedAt.getTime() + document.ttlMs).toISOString(),
});

/**
 * Leases as MongoDB documents, for any number of hosts: only the server's clock counts. A lease is in the journals of
 * a majority before it is handed out, so no token is ever handed out twice.
 * Every call throws TransientError where the server is away or has no majority; the lease then runs out by itself.
 * @throws TransientError  the server cannot be reached
 */
export const openMongoLeases = async (options: MongoLeasesOptions): Promise<Leases> => {
  const { isGone = holderIsGone } = options;
  const documents = await majorityCollection<LeaseDocument>(
    options.connection,
    options.collection ?? 'leases',
  );
  const after = { returnDocument: 'after' } as const;
  const fromNow = { $currentDate: { renewedAt: true } } as const;

  const take = (filter: mongo.Filter<LeaseDocument>, holder: string, ttlMs: number) =>
    documents.findOneAndUpdate(filter, { $set: { holder, ttlMs }, $inc: { token: 1 }, ...fromNow }, after);

  const first = async (name: string, holder: string, ttlMs: number) => {
    try {
      return await documents.findOneAndUpdate(
        { _id: name, token: 0 },
        { $set: { holder, ttlMs, token: 1 }, ...fromNow },
        { ...after, upsert: true },
      );
    } catch (error) {
      if (isDuplicateKey(error)) return null; // somebody else was first, a moment ago
      throw error;
    }
  };

  const acquire = async (name: string, holder: string, ttlMs: number, tries = 2): Promise<Lease | null> => {
    const kept = await documents.findOneAndUpdate(
      { ...runs, _id: name, holder },
      { $set: { ttlMs }, ...fromNow },
      after,
    );
    if (kept !== null) return leaseOf(kept);
    const taken = await take({ ...isFree, _id: name }, holder, ttlMs);
    if (taken !== null) return leaseOf(taken);
    const standing = await documents.findOne({ _id: name });
    if (standing === null) {
      const made = await first(name, holder, ttlMs);
      if (made !== null) return leaseOf(made);
      return tries > 1 ? acquire(name, holder, ttlMs, tries - 1) : null;
    }
    if (standing.holder === null || !isGone(standing.holder)) return null;
    const left = { _id: name, holder: standing.holder, token: standing.token };
    const inherited = await take(left, holder, ttlMs);
    return inherited === null ? null : leaseOf(inherited);
  };

  return {
    acquire: (name, holder, ttlMs) =>
      askMongo(`the lease ${name} could not be asked for`, () => acquire(name, holder, ttlMs)),

    renew: ({ name, holder, token }, ttlMs) =>
      askMongo(`the lease ${name} could not be renewed`, async () => {
        const { matchedCount } = await documents.updateOne(
          { ...runs, _id: name, holder, token },
          { $set: { ttlMs }, ...fromNow },
        );
        return matchedCount === 1;
      }),

    release: ({ name, holder, token }) =>
      askMongo(`the lease ${name} could not be given back`, async () => {
        await documents.updateOne({ _id: name, holder, token }, { $set: { holder: null } });
      }),

    current: (name) =>
      askMongo(`the lease ${name} could not be read`, async () => {
        const standing = await documents.findOne({ ...runs, _id: name });
        return standing === null ? null : leaseOf(standing);
      }),
  };
};
