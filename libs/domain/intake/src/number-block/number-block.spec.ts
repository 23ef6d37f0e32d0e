import { fold } from '@city311/kernel';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import { makeCaseNumber } from '../case-number.js';
import { blockSize, numberBlockDecider } from './number-block.decide.js';
import type { NumberBlocks } from './number-block.decide.js';
import type { BlockLeased } from './number-block.events.js';

const lease = (holder: string, leasedAt: string, state: NumberBlocks = numberBlockDecider.initialState) =>
  numberBlockDecider.decide({ type: 'LeaseBlock', data: { holder, leasedAt } }, state);

const leased = (from: number): NumberBlocks => ({
  status: 'leased',
  last: { from, to: from + blockSize - 1, holder: 'a', leasedAt: '2009-12-31T00:00:00.000Z' },
});

describe('LeaseBlock', () => {
  it('records a thousand payloads that begin with the year', () => {
    expect(lease('a', '2026-11-22T08:00:00.000Z')).toMatchObject({
      events: [{ type: 'BlockLeased', data: { from: 26_000_000_000, to: 26_000_000_999, holder: 'a' } }],
    });
  });

  it('is quiet when the same request is made again', () => {
    const first = lease('a', '2026-11-22T08:00:00.000Z');
    if (first.outcome === 'refused') throw new Error(first.refusal.code);
    expect(lease('a', '2026-11-22T08:00:00.000Z', fold(numberBlockDecider, first.events))).toEqual({
      outcome: 'accepted',
      events: [],
    });
  });

  it("steps over the older system's range", () => {
    expect(lease('b', '2010-01-01T00:00:00.000Z', leased(10_099_999_000))).toMatchObject({
      events: [{ data: { from: 10_110_000_000 } }],
    });
    expect(lease('b', '2010-01-01T00:00:00.000Z', leased(10_099_998_500))).toMatchObject({
      events: [{ data: { from: 10_110_000_000 } }],
    });
  });

  it('is refused when there are no more numbers', () => {
    expect(lease('b', '2099-12-31T00:00:00.000Z', leased(99_999_999_000))).toEqual({
      outcome: 'refused',
      refusal: { code: 'numbers-exhausted' },
    });
  });

  it('never gives a number twice, and numbers grow whatever the clocks say', () => {
    const year = fc.integer({ min: 2008, max: 2090 });
    fc.assert(
      fc.property(fc.array(year, { minLength: 2, maxLength: 30 }), (years) => {
        let state = numberBlockDecider.initialState;
        const blocks: BlockLeased[] = [];
        years.forEach((of, at) => {
          const decision = lease(`h${at}`, `${of}-06-01T00:00:00.000Z`, state);
          if (decision.outcome === 'refused') throw new Error(decision.refusal.code);
          state = decision.events.reduce(numberBlockDecider.evolve, state);
          blocks.push(...decision.events.map(({ data }) => data));
        });
        blocks.forEach(({ from, to }, at) => {
          expect(to - from + 1).toBe(blockSize);
          expect(from).toBeGreaterThan(blocks[at - 1]?.to ?? -1);
          expect(makeCaseNumber(from).startsWith('1010')).toBe(false);
          expect(makeCaseNumber(to).startsWith('1010')).toBe(false);
        });
      }),
      { seed: 311 },
    );
  });
});

describe('SkipBlocks', () => {
  const skip = (blocks: number, state: NumberBlocks) =>
    numberBlockDecider.decide(
      { type: 'SkipBlocks', data: { blocks, holder: 'restore', leasedAt: '2026-11-22T08:00:00.000Z' } },
      state,
    );

  it('records all of them as leased, so that the next lease comes after', () => {
    const skipped = skip(10_000, leased(26_000_005_000));
    expect(skipped).toMatchObject({
      events: [{ type: 'BlockLeased', data: { from: 26_000_006_000, to: 26_010_005_999 } }],
    });
    if (skipped.outcome === 'refused') throw new Error(skipped.refusal.code);
    const next = lease('b', '2026-11-22T09:00:00.000Z', fold(numberBlockDecider, skipped.events));
    expect(next).toMatchObject({ events: [{ data: { from: 26_010_006_000 } }] });
  });

  it('is quiet when the same request is made again, and refused where so many are not left', () => {
    const first = skip(3, numberBlockDecider.initialState);
    if (first.outcome === 'refused') throw new Error(first.refusal.code);
    expect(skip(3, fold(numberBlockDecider, first.events))).toEqual({ outcome: 'accepted', events: [] });
    expect(skip(1_000, leased(99_999_100_000))).toEqual({
      outcome: 'refused',
      refusal: { code: 'numbers-exhausted' },
    });
  });
});
