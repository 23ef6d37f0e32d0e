import { describe, expect, it } from '@jest/globals';

import { TransientError } from '@city311/kernel';
import { problemOf } from '@city311/platform';

import { fromFailure, toFailure } from './failure.js';

const throughThreads = (error: unknown): Error => fromFailure(structuredClone(toFailure(error)));

describe('an error of the background thread', () => {
  it('says on the other thread whether it may pass', () => {
    expect(problemOf(throughThreads(new TransientError('MongoDB is away')))).toMatchObject({ status: 503 });
    expect(problemOf(throughThreads(new Error('broken')))).toMatchObject({ status: 500 });
    expect(throughThreads('nonsense').message).toBe('nonsense');
  });
});
