import { describe, expect, it } from '@jest/globals';

import { backoffMs, reasonOf } from './retry.js';

describe('The wait before a retry', () => {
  it('doubles up to half a minute', () => {
    expect([1, 2, 3, 4].map((attempts) => backoffMs(attempts, 200, 0))).toEqual([200, 400, 800, 1_600]);
    expect(backoffMs(50, 200, 0)).toBe(30_000);
  });

  it('is spread over its second half', () => {
    expect(backoffMs(1, 200, 0.999)).toBeGreaterThanOrEqual(100);
    expect(backoffMs(1, 200, 0.5)).toBe(150);
  });
});

describe('The reason of a failure', () => {
  it('names the error and its causes', () => {
    const error = new TypeError('no', { cause: new Error('because', { cause: 'of that' }) });
    expect(reasonOf(error)).toBe('TypeError: no; caused by Error: because; caused by of that');
  });

  it('is a reason that was given as text', () => {
    expect(reasonOf('a person must look')).toBe('a person must look');
  });

  it('stays short, also where an error is its own cause', () => {
    const error = new Error('x'.repeat(3_000));
    error.cause = error;
    expect(reasonOf(error)).toHaveLength(1_000);
  });
});
