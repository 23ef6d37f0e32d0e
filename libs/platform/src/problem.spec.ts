import { describe, expect, it } from '@jest/globals';

import { faultsOfBatch, problem } from './problem.js';

const faults = (count: number) =>
  Array.from({ length: count }, (_, index) => ({ path: `a${index}`, message: 'is wrong' }));

describe('The faults of an answer', () => {
  it('are all told up to fifty; of more the first fifty, and how many more there are', () => {
    expect(problem(400, 'invalid', 'No', { faults: faults(50) }).problem).toEqual({
      type: 'urn:city311:problem:invalid',
      title: 'No',
      status: 400,
      faults: faults(50),
    });
    const { faults: told, moreFaults } = problem(400, 'invalid', 'No', { faults: faults(170) }).problem;
    expect([told, moreFaults]).toEqual([faults(50), 120]);
  });

  it('repeat no name of any length', () => {
    const name = 'x'.repeat(1_000_000);
    const message = `property ${name} should not exist`;
    const answer = problem(400, 'invalid', 'No', { faults: [{ path: `data.${name}`, message }] }).problem;
    expect(JSON.stringify(answer).length).toBeLessThan(2_000);
  });
});

describe('The faults of a batch', () => {
  it('are told up to a thousand, then the first of each item and how many more it has', () => {
    const telling = faultsOfBatch();
    const each = (count: number) => problem(400, 'invalid', 'No', { faults: faults(count) }).problem;
    const answers = [...Array.from({ length: 20 }, () => each(50)), each(3), each(60), each(1)].map(telling);
    expect(answers.map((answer) => [answer.faults?.length, answer.moreFaults])).toEqual([
      ...Array.from({ length: 20 }, () => [50, undefined]),
      [1, 2],
      [1, 59],
      [1, undefined],
    ]);
  });
});
