import { describe, expect, it } from '@jest/globals';

import { forms } from '@city311/testing';

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
    ['(+1) 617 555 0142', '16175550142'],
    ['(+45) 12345678', '4512345678'],
    ['+1-617-555-0142;ext=5', '16175550142'],
    ['617\u00a0555\u00a00142', '16175550142'],
    ['\uff16\uff11\uff17 555 0142', '16175550142'],
  ])('makes %s into %s', (phone, digits) => {
    expect(normalisePhone(phone)).toBe(digits);
  });

  it('takes too few digits for none', () => {
    expect(normalisePhone('311')).toBeUndefined();
    expect(normalisePhone('call me')).toBeUndefined();
  });
});

describe('What a door takes', () => {
  const { phone, email } = forms;

  it('has a form by which somebody is found, the same before and after it was cleaned', () => {
    for (const [given, normal] of phone?.taken ?? []) {
      expect(normalisePhone(normal)).toMatch(/^\d{7,}$/);
      expect(normalisePhone(given)).toBe(normalisePhone(normal));
    }
    for (const [, normal] of email?.taken ?? []) expect(normaliseEmail(normal)).toContain('@');
    expect(phone?.taken.length).toBeGreaterThan(10);
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
