import { describe, expect, it } from '@jest/globals';

import { TransientError } from '@city311/kernel';
import type { TopicReader } from '@city311/messaging';

import { passingFaults } from './passing-faults.js';

const failing = (error: Error): TopicReader => ({
  follow: () => {
    throw error;
  },
  head: () => Promise.reject(error),
  countAfter: () => Promise.reject(error),
  takeovers: () => 3,
});

describe('a question to topics', () => {
  it('may be asked again where the broker did not answer', async () => {
    const away = passingFaults(failing(new Error('KafkaJSConnectionError')));
    await expect(away.head()).rejects.toBeInstanceOf(TransientError);
    await expect(away.countAfter('city311.intake.case.v1', null)).rejects.toBeInstanceOf(TransientError);
    expect(away.takeovers()).toBe(3);
  });

  it('is wrong where there is no such topic', async () => {
    const wrong = passingFaults(failing(new RangeError('no such topic')));
    await expect(wrong.head(['x'])).rejects.toBeInstanceOf(RangeError);
  });
});
