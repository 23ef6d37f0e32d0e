import { describe, expect, it } from '@jest/globals';

import type { Position, RecordedEvent } from '@city311/kernel';
import { newTestEvent } from '@city311/testing';

import type { HeldEvent, RelayCheckpoints } from '../relay-checkpoints.js';
import { HeldCases, RelayFencedError } from './held-cases.js';

const at = '2026-01-05T08:00:00.000Z';
const stored = (subject: string, sequence: number): RecordedEvent => ({
  ...newTestEvent({}, { subject }),
  ...{ stream: `s-${subject}`, sequence, recordedTime: at, position: `${subject}${sequence}` as Position },
});

/** What is held, as it was written; `fenced` once a newer relay has written. */
const keep = () => {
  const written: string[] = [];
  const held: HeldEvent[] = [];
  const fence = { fenced: false };
  const checkpoints: Pick<RelayCheckpoints, 'hold' | 'held' | 'release'> = {
    hold: async (_, events) => {
      if (fence.fenced) return false;
      written.push(`hold ${events.map(({ position }) => position).join()}`);
      held.push(...events);
      return true;
    },
    held: async () => held,
    release: async (_, events) => {
      if (fence.fenced) return false;
      for (const { sequence } of events) written.push(`release ${sequence}`);
      return true;
    },
  };
  const cases = new HeldCases(checkpoints, 'topic', 7, () => new Date(at));
  return { cases, written, held, fence };
};

describe('The cases that a relay keeps back', () => {
  it('are written once each, the first with its reason', async () => {
    const { cases, written, held } = keep();
    cases.add(stored('A', 1), 'too large');
    cases.add(stored('A', 2));
    await cases.flush();
    await cases.flush();
    cases.add(stored('A', 3));
    await cases.flush();
    expect(written).toEqual(['hold A1,A2', 'hold A3']);
    expect(held.map(({ reason }) => reason)).toEqual(['too large', 'queued-behind', 'queued-behind']);
  });

  it('are not written again after they were let go', async () => {
    const { cases, written, held } = keep();
    cases.add(stored('A', 1), 'too large');
    await cases.flush();
    await cases.release('A', held, true);
    expect(cases.has('A')).toBe(false);
    expect(cases.isEmpty).toBe(true);
    cases.add(stored('B', 5), 'unknown type');
    await cases.flush();
    expect(written).toEqual(['hold A1', 'release 1', 'hold B5']);
  });

  it('are found again by the next relay, and stay held while some of a case are', async () => {
    const { cases, held } = keep();
    held.push(...['A', 'B'].map((subject) => ({ ...stored(subject, 1), reason: 'why', heldAt: at })));
    const lines = await cases.load();
    expect([...lines.keys()]).toEqual(['A', 'B']);
    await cases.release('A', held.slice(0, 1), false);
    expect([cases.has('A'), cases.has('B'), cases.has('C')]).toEqual([true, true, false]);
  });

  it('are given up where a newer relay has written', async () => {
    const { cases, held, fence } = keep();
    cases.add(stored('A', 1), 'too large');
    fence.fenced = true;
    await expect(cases.flush()).rejects.toThrow(RelayFencedError);
    await expect(cases.release('A', [{ ...stored('A', 1), reason: '', heldAt: at }], true)).rejects.toThrow(
      RelayFencedError,
    );
    expect(cases.has('A')).toBe(true);
    expect(held).toEqual([]);
  });
});
