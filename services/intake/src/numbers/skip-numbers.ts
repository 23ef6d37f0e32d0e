import { randomInt } from 'node:crypto';

import { blockSize, numberBlockDecider } from '@city311/domain-intake';
import { createCommandHandler, type EventStore } from '@city311/eventing';
import type { Instant } from '@city311/kernel';

import { numberBlockCodec } from '../case.codec.js';
import { numbersStream } from './case-numbers.js';

/** More than any city gives out between a backup and its restore: ten million numbers. */
const leastBlocks = 10_000;
/** By chance among forty million more, so that two systems restored from one backup hardly ever meet. */
const moreBlocks = 40_000;

/**
 * Leaves out the numbers that the system before may have given out after this log was copied, and some more by chance.
 * Returns how many; a billion belong to each year, and what a year lacks the next one gives.
 * @throws Error  no number is left
 */
export const skipCaseNumbers = async (
  store: EventStore,
  at: Instant,
  jurisdiction: string,
): Promise<number> => {
  const blocks = leastBlocks + randomInt(moreBlocks);
  const request = crypto.randomUUID();
  const handled = await createCommandHandler(store, numberBlockDecider, numberBlockCodec).handle(
    numbersStream,
    { type: 'SkipBlocks', data: { blocks, holder: `restore/${request}`, leasedAt: at } },
    {
      source: '/intake',
      subject: numbersStream,
      time: at,
      actor: 'operator:restore',
      jurisdiction,
      imported: false,
      correlationId: request,
    },
  );
  if (handled.outcome === 'refused') throw new Error(`no case numbers are left: ${handled.refusal.code}`);
  return blocks * blockSize;
};
