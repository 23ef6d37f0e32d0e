import { createHmac } from 'node:crypto';

import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import { keyedHasher } from './keyed-hash.js';

describe('the keyed hash', () => {
  it('is HMAC-SHA-256', () => {
    const keys = fc.uint8Array({ minLength: 0, maxLength: 64 });
    fc.assert(
      fc.property(keys, fc.string({ unit: 'grapheme' }), (key, text) => {
        expect(keyedHasher(key)(text)).toEqual(createHmac('sha256', key).update(text).digest());
      }),
    );
  });

  it('takes no key longer than a block', () => {
    expect(() => keyedHasher(new Uint8Array(65))).toThrow(RangeError);
  });
});
