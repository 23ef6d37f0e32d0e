import { describe, expect, it } from '@jest/globals';

import { lookupsOf, normaliseEmail, normalisePhone } from './identifiers.js';
import { keyedHasher } from './keyed-hash.js';

describe('normaliseEmail', () => {
  it('trims and lowers, and takes blanks for nothing', () => {
    expect(normaliseEmail(' Jo.Doe@Example.ORG ')).toBe('jo.doe@example.org');
    expect(normaliseEmail('  ')).toBeUndefined();
    expect(normaliseEmail(undefined)).toBeUndefined();
  });
});

describe('normalisePhone', () => {
  it.each([
    ['617-555-0142', '16175550142'],
    ['(617) 555 0142', '16175550142'],
    ['+1 617.555.0142', '16175550142'],
    ['1 617 555 0142 x12', '16175550142'],
    ['617-555-0142 ext. 9', '16175550142'],
    ['+44 20 7946 0018', '442079460018'],
    ['011 44 20 7946 0018', '442079460018'],
    ['+45 12345678', '4512345678'],
    ['555-0142', '5550142'],
  ])('makes %s into %s', (phone, digits) => {
    expect(normalisePhone(phone)).toBe(digits);
  });

  it('takes too few digits for none', () => {
    expect(normalisePhone('311')).toBeUndefined();
    expect(normalisePhone('call me')).toBeUndefined();
  });
});

describe('lookupsOf', () => {
  const key = (fill: number) => keyedHasher(Buffer.alloc(32, fill));

  it('depends on the key, the kind and the value alone', () => {
    const by = { email: 'jo@example.org', phone: '617-555-0142' };
    expect(lookupsOf(key(1), by)).toEqual(
      lookupsOf(key(1), { email: 'JO@example.org ', phone: '16175550142' }),
    );
    expect(lookupsOf(key(1), by).email).not.toEqual(lookupsOf(key(2), by).email);
    expect(lookupsOf(key(1), { email: '5550142' }).email).not.toEqual(
      lookupsOf(key(1), { phone: '5550142' }).phone,
    );
    expect(lookupsOf(key(1), { email: '', phone: '1' })).toEqual({});
  });
});
