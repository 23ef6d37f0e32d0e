import { describe, expect, it } from '@jest/globals';

import { TransientError } from '@city311/kernel';

import { OutageLines } from './outage-lines.js';

const away = new TransientError('EventStoreDB does not answer');

describe('Lines about an outage', () => {
  it('are let through once a minute for each text, whoever says them', () => {
    let now = 0;
    const lines = new OutageLines(() => now);
    let told = 0;
    for (; now < 120_000; now += 10)
      for (const text of ['request failed', 'event failed'])
        if (!lines.isRepeated({ err: away }, text)) told += 1;
    expect(told).toBe(4);
  });

  it.each([
    ['the error itself', away],
    ['an error that it caused', { err: new Error('no', { cause: new Error('no', { cause: away }) }) }],
    ['several errors', { err: new AggregateError([new Error('a'), away]) }],
    ['what a consumer waits for', { group: 'routing', troubles: ['the event store: away'] }],
  ])('are known by %s', (_, first) => {
    const lines = new OutageLines(() => 0);
    expect([1, 2, 3].map(() => lines.isRepeated(first, 'x'))).toEqual([false, true, true]);
  });

  it.each([[{ err: new Error('a defect') }], ['text'], [undefined], [{ count: 1 }]])(
    'are no others: %j is never left out',
    (first) => {
      const lines = new OutageLines(() => 0);
      expect([1, 2].map(() => lines.isRepeated(first, 'x'))).toEqual([false, false]);
    },
  );

  it('take no more memory with every new text', () => {
    const lines = new OutageLines(() => 0);
    for (let n = 0; n < 10_000; n += 1) expect(lines.isRepeated({ err: away }, `text ${n}`)).toBe(false);
  });
});
