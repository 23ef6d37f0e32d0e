import { accept, refuse } from '@city311/kernel';
import type { Command, Decider, Decision, Instant } from '@city311/kernel';

import { maxPayload } from '../case-number.js';
import type { BlockLeased, NumberBlockEvent } from './number-block.events.js';

export const blockSize = 1_000;
const perYear = 1_000_000_000;
/** Payloads whose number would begin with 1010, as the older system's do. */
const olderSystem = { from: 10_100_000_000, to: 10_109_999_999 };

/** `holder` with `leasedAt` names one request: asked again, it is quiet and the state still shows its block. */
export type LeaseBlock = Command<'LeaseBlock', { readonly holder: string; readonly leasedAt: Instant }>;

/**
 * Leaves out blocks for good, for numbers that were given out where this log does not know of it: after a restore. Which
 * request it is, is known as with `LeaseBlock`.
 */
export type SkipBlocks = Command<
  'SkipBlocks',
  { readonly blocks: number; readonly holder: string; readonly leasedAt: Instant }
>;

export type NumberBlockRefusal = { readonly code: 'numbers-exhausted' };

export type NumberBlocks =
  { readonly status: 'none-leased' } | { readonly status: 'leased'; readonly last: BlockLeased };

const nextFrom = (state: NumberBlocks, leasedAt: Instant): number => {
  // Payloads begin with the two digits of the year, and never fall behind those leased before.
  const year = Number(leasedAt.slice(2, 4)) * perYear;
  const next = state.status === 'none-leased' ? year : Math.max(year, state.last.to + 1);
  return next + blockSize > olderSystem.from && next <= olderSystem.to ? olderSystem.to + 1 : next;
};

export const numberBlockDecider: Decider<
  NumberBlocks,
  LeaseBlock | SkipBlocks,
  NumberBlockEvent,
  NumberBlockRefusal
> = {
  initialState: { status: 'none-leased' },
  decide: (command, state): Decision<NumberBlockEvent, NumberBlockRefusal> => {
    const { holder, leasedAt } = command.data;
    if (state.status === 'leased' && state.last.holder === holder && state.last.leasedAt === leasedAt) {
      return accept();
    }
    const from = nextFrom(state, leasedAt);
    const blocks = command.type === 'SkipBlocks' ? command.data.blocks : 1;
    const to = from + blocks * blockSize - 1;
    if (to > maxPayload) return refuse({ code: 'numbers-exhausted' });
    return accept({ type: 'BlockLeased', data: { from, to, holder, leasedAt } });
  },
  evolve: (_state, event) => ({ status: 'leased', last: event.data }),
};
