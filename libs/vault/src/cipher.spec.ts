import { createSecretKey, randomBytes } from 'node:crypto';
import { inspect } from 'node:util';

import { describe, expect, it } from '@jest/globals';

import { BoundedCache } from './bounded-cache.js';
import { protectText, revealText, seal, unseal } from './cipher.js';
import { newKeyId } from './key-id.js';

const bytes = randomBytes(32);
const secret = createSecretKey(bytes);

describe('seal', () => {
  it('opens with the same key and the same binding only, and not with a bit changed', () => {
    const sealed = seal(secret, 'k1', 'a hole');
    expect(unseal(secret, 'k1', sealed)?.toString()).toBe('a hole');
    expect(unseal(secret, 'k2', sealed)).toBeNull();
    expect(unseal(createSecretKey(randomBytes(32)), 'k1', sealed)).toBeNull();
    for (const at of sealed.keys()) {
      const changed = Buffer.from(sealed);
      changed.writeUInt8(changed.readUInt8(at) ^ 1, at);
      expect(unseal(secret, 'k1', changed)).toBeNull();
    }
    for (let length = 0; length < sealed.length; length += 1) {
      expect(unseal(secret, 'k1', sealed.subarray(0, length))).toBeNull();
    }
  });

  it('never uses a nonce twice', () => {
    const nonces = Array.from({ length: 5_000 }, () => seal(secret, 'k', '').toString('hex', 0, 12));
    expect(new Set(nonces).size).toBe(nonces.length);
  });
});

describe('a protected text', () => {
  it('comes back whole, and its key does not print its bytes', () => {
    const key = { keyId: newKeyId(), secret };
    expect(revealText(key, protectText(key, 'été 🕳️'))).toBe('été 🕳️');
    expect(inspect(key, { showHidden: true, depth: 9 })).not.toContain(bytes.toString('hex').slice(0, 8));
    expect(JSON.stringify(key)).toBe(`{"keyId":"${key.keyId}","secret":{}}`);
  });
});

describe('newKeyId', () => {
  it('makes 12 characters, none twice', () => {
    const ids = Array.from({ length: 20_000 }, newKeyId);
    expect(new Set(ids).size).toBe(ids.length);
    for (const id of ids) expect(id).toMatch(/^[A-Za-z0-9_-]{12}$/);
  });
});

describe('BoundedCache', () => {
  it('never holds more than its limit and keeps what is asked for', () => {
    const cache = new BoundedCache<number, string>(100);
    cache.set(0, 'kept');
    for (let key = 1; key < 1_000; key += 1) {
      cache.set(key, 'x');
      expect(cache.get(0)).toBe('kept');
      expect(cache.size).toBeLessThanOrEqual(101);
    }
    expect(cache.get(1)).toBeUndefined();
    cache.delete(0);
    expect(cache.get(0)).toBeUndefined();
  });
});
