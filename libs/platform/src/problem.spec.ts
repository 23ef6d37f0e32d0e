import { describe, expect, it } from '@jest/globals';

import { problem } from './problem.js';

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
