import type { Position } from '@city311/kernel';
import { askMongo, insertNew, isDuplicateKey, majorityCollection } from '@city311/scheduling';
import type { Connection } from 'mongoose';

import type { HeldEvent, RelayCheckpoints } from '../kafka/relay-checkpoints.js';

/** `_id` is the relay's name. */
interface RelayDocument {
  readonly _id: string;
  readonly position: Position | null;
  /** The greatest that has written. */
  readonly token: number;
  readonly asked?: number;
}

/** `_id` is relay, stream and sequence. */
interface HeldDocument extends HeldEvent {
  readonly _id: string;
  readonly relay: string;
}

const heldId = (relay: string, { stream, sequence }: Pick<HeldEvent, 'stream' | 'sequence'>): string =>
  `${relay} ${stream}@${sequence}`;

/**
 * Relay checkpoints in MongoDB, for the relays of any number of hosts. Every write is in the journals of a majority
 * before it resolves. Checkpoint and token are one document: none of an older token gets through.
 * Held events are documents of their own, written between two looks at the token: see DECISIONS.md.
 * Every call throws TransientError where the server is away or has no majority.
 */
export const openMongoRelayCheckpoints = async (options: {
  /** Of mongoose; stays the caller's to close. */
  readonly connection: Connection;
}): Promise<RelayCheckpoints> => {
  const relays = await majorityCollection<RelayDocument>(options.connection, 'relay_checkpoints');
  const held = await majorityCollection<HeldDocument>(options.connection, 'relay_held_events');
  await askMongo('the index of the held events could not be made', () =>
    held.createIndex({ relay: 1, position: 1 }, {}, {}),
  );

  /** Whether the token is still the greatest; it and what is to be set beside it count from then on. */
  const claim = async (
    name: string,
    token: number,
    set: { readonly position?: Position } = {},
  ): Promise<boolean> => {
    const filter = { _id: name, token: { $lte: token } };
    const place = 'position' in set ? {} : { $setOnInsert: { position: null } };
    try {
      await relays.updateOne(filter, { $set: { ...set, token }, ...place }, { upsert: true });
      return true;
    } catch (error) {
      if (!isDuplicateKey(error)) throw error;
      const { matchedCount } = await relays.updateOne(filter, { $set: { ...set, token } });
      return matchedCount === 1;
    }
  };

  return {
    load: (name) =>
      askMongo(`the checkpoint of ${name} could not be read`, async () => {
        const relay = await relays.findOne({ _id: name });
        return relay?.position ?? null;
      }),

    save: (name, position, token) =>
      askMongo(`the checkpoint of ${name} could not be saved`, () => claim(name, token, { position })),

    hold: (name, events, token) =>
      askMongo(`events of ${name} could not be held`, async () => {
        if (!(await claim(name, token))) return false;
        const documents = events.map((event) => ({ _id: heldId(name, event), relay: name, ...event }));
        const taken = await insertNew(held, documents);
        if (await claim(name, token)) return true;
        const inserted = documents.filter((_, index) => !taken.has(index)).map(({ _id }) => _id);
        await held.deleteMany({ _id: { $in: inserted } });
        return false;
      }),

    release: (name, events, token) =>
      askMongo(`events of ${name} could not be let go`, async () => {
        if (!(await claim(name, token))) return false;
        await held.deleteMany({ _id: { $in: events.map((event) => heldId(name, event)) } });
        return claim(name, token);
      }),

    held: (name, { limit = 0 } = {}) =>
      askMongo(`the held events of ${name} could not be read`, () =>
        held
          .find({ relay: name }, { projection: { _id: 0, relay: 0 } })
          .sort({ position: 1 })
          .limit(limit)
          .toArray(),
      ),

    heldCounts: () =>
      askMongo('the held events could not be counted', async () => {
        const counts = await held
          .aggregate<{ _id: string; count: number }>([{ $group: { _id: '$relay', count: { $sum: 1 } } }])
          .toArray();
        return new Map(counts.map(({ _id, count }) => [_id, count]));
      }),

    askAgain: (name) =>
      askMongo(`${name} could not be asked to try again`, async () => {
        const made = { position: null, token: 0 };
        await relays.updateOne({ _id: name }, { $inc: { asked: 1 }, $setOnInsert: made }, { upsert: true });
      }),

    timesAsked: (name) =>
      askMongo(`the wishes to ${name} could not be read`, async () => {
        const relay = await relays.findOne({ _id: name });
        return relay?.asked ?? 0;
      }),
  };
};
