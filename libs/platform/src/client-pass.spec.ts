import { describe, expect, it } from '@jest/globals';

import { clientOfPass, signClientPass } from './client-pass.js';

const key = 'a key of the vault';
const now = new Date('2026-11-27T08:00:00.000Z');
const later = (seconds: number): Date => new Date(now.getTime() + seconds * 1_000);

describe('A pass for a client', () => {
  it.each(['192.0.2.7', '2001:db8::7', '::ffff:192.0.2.7'])(
    'tells whom a service asks for: %s',
    (address) => {
      const pass = signClientPass(key, address, now);
      expect(pass).not.toContain(key);
      for (const seconds of [-30, 0, 59]) expect(clientOfPass(key, pass, later(seconds))).toBe(address);
    },
  );

  it('is nobody’s after its minute, or long before it', () => {
    const pass = signClientPass(key, '192.0.2.7', now);
    for (const seconds of [61, 3_600, -61, -3_600])
      expect(clientOfPass(key, pass, later(seconds))).toBeNull();
  });

  it('is nobody’s once anything in it was changed, or where another made it', () => {
    const pass = signClientPass(key, '192.0.2.7', now);
    expect(clientOfPass('another key', pass, now)).toBeNull();
    for (let at = 0; at < pass.length - 1; at += 1) {
      const other = pass[at] === '1' ? '2' : '1';
      expect(clientOfPass(key, pass.slice(0, at) + other + pass.slice(at + 1), now)).toBeNull();
    }
    for (const bad of ['', '1', '1;;;', `${pass} `, `${pass}, ${pass}`, 'x'.repeat(10_000)])
      expect(clientOfPass(key, bad, now)).toBeNull();
  });

  it.each(['', 'localhost', '192.0.2.7:80', '192.0.2.7, 192.0.2.8', '192.0.2.256'])(
    'is not made for %j, which is no address',
    (address) => {
      expect(() => signClientPass(key, address, now)).toThrow(RangeError);
    },
  );
});
