import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import { redact } from './redact.js';

describe('redact', () => {
  it.each([
    ['Call 617-555-0142 please', 'Call [phone] please'],
    ['(617) 555-0142, after five', '[phone], after five'],
    ['(617)555-0142.', '[phone].'],
    ['+1 617 555 0142', '[phone]'],
    ['+1.617.555.0142 ext. 12 now', '[phone] now'],
    ['1-800-555-0142 x7', '[phone]'],
    ['617 - 555- 0142', '[phone]'],
    ['617\u2013555\u20130142', '[phone]'],
    ['my cell 6175550142 thanks', 'my cell [phone] thanks'],
    ['16175550142', '[phone]'],
    ['phone number: 6175550142', 'phone number: [phone]'],
    ['call me at 555 0142', 'call me at [phone]'],
    ['ask at 555-0142', 'ask at [phone]'],
    ['+44 20 7946 0018', '[phone]'],
  ])('takes the phone number out of %j', (text, expected) => {
    expect(redact(text)).toBe(expected);
  });

  it.each([
    ['write to jo.doe+311@example.org.', 'write to [email].'],
    ['jo@example.co.uk, thanks', '[email], thanks'],
    ['josé@exämple.org', '[email]'],
    ['jo (at) example (dot) org', '[email]'],
    ['jo[at]example.org', '[email]'],
    ['jo.doe@example .com', '[email]'],
    ['<jo@example.org>', '<[email]>'],
  ])('takes the address out of %j', (text, expected) => {
    expect(redact(text)).toBe(expected);
  });

  it.each([
    ['license plate 1ABC23 on the walk', 'license plate [plate] on the walk'],
    ['Plate # 4ZZ123', 'Plate # [plate]'],
    ['plate number is 123 ABC', 'plate number is [plate]'],
    ['MA reg 12AB34 blue van', 'MA reg [plate] blue van'],
    ['tag# XYZ1234', 'tag# [plate]'],
    [
      'License Plate number if available: 998877 | State: MA',
      'License Plate number if available: [plate] | State: MA',
    ],
    ['plate #: ROCKY', 'plate #: [plate]'],
    ['plates: MA - 9XY123 NY - QQX9876 RI - 123456', 'plates: MA - [plate] NY - [plate] RI - [plate]'],
    ['(CT plate 123 abc)', '(CT plate [plate])'],
  ])('takes the plate out of %j', (text, expected) => {
    expect(redact(text)).toBe(expected);
  });

  it('takes out what looks like a social security number', () => {
    expect(redact('ssn 078-05-1120, SSN 078051120')).toBe('ssn [ssn], SSN [ssn]');
  });

  it.each([
    'Already [phone], [email] and [plate].',
    'Closed date : 2020-02-03 08:09:10.11 by crew 3',
    'Fixed 3-26-14, again 04/14/2015 at 12:30pm, 20150514123456',
    'Duplicate of case 101009999991, see #101009999982',
    'case 260000012345',
    'serial #5012345',
    'CRM # 101001234567',
    'new cart number is 3714424021 04/14/2015',
    'cart#4715302466, cart # 5514000760',
    'LAMP #N1234567 7 Example St',
    'Ward 5 0508 Other',
    '1234 Main St, Boston MA 02131-1234',
    '39 Elm St Roslindale MA 02131',
    '$1,234,567.89 and $6175550142',
    'see https://example.org/list/5555501420.html',
    'parcel PL:6175550142',
    'Crew B@9:15am, corner of first@second ave.',
    'odd@3rd, even@4th from 7 am',
    'the graffiti tag at 25 Main was removed on the 12th',
    'steel plate remove 400 10, plate 12x12, plate 5 ft',
    'cover the plate at 10:30 am',
    'License Plate number if available: UNKNOWN | State: MA',
    'Bag 3 of 10, 100 amp fuse, 120-240 volts',
    'BCS-2026-001234',
    '42.3594, -71.0587',
  ])('leaves %j as it is', (text) => {
    expect(redact(text)).toBe(text);
  });

  const hostile = fc
    .array(
      fc.oneof(
        fc.constantFrom(
          '617',
          '-',
          '555',
          '0142',
          ' ',
          '(',
          ')',
          '+1',
          '.',
          '@',
          'jo',
          'example.org',
          '[',
          ']',
          '#',
        ),
        fc.constantFrom(
          'plate',
          'MA',
          'reg',
          'license ',
          'tag# ',
          ': ',
          '1ABC23',
          'ABC',
          'call ',
          'ext',
          'x',
          '(at)',
          'number ',
        ),
        fc.string({ maxLength: 4 }),
      ),
      { maxLength: 30 },
    )
    .map((parts) => parts.join(''));

  it('changes nothing more when done twice, and adds at most a mask per sign removed', () => {
    fc.assert(
      fc.property(hostile, (text) => {
        const once = redact(text);
        expect(redact(once)).toBe(once);
        expect(once.length).toBeLessThanOrEqual(text.length * 2 + 8);
      }),
      { numRuns: 3_000 },
    );
  });

  it.each([
    ['digits', '6'],
    ['dashed digits', '617-'],
    ['spaces', ' '],
    ['a keyword and spaces', 'plate          '],
    ['at signs', 'a@'],
    ['dots after an at sign', 'a@a.'],
    ['letters', 'a'],
    ['opening brackets', '('],
    ['plus signs and digits', '+1 ('],
    ['number words', 'plate number if available '],
    ['spelled-out at signs', 'a (at) a'],
    ['list joiners', ', 1ABC23'],
    ['call words', 'call me at '],
  ])('takes 100 KB of %s in a moment', (_, part) => {
    const text = `plate 1ABC23 a@${part.repeat(Math.ceil(100_000 / part.length))}`;
    const takenMs = [1, 2, 3].map(() => {
      const start = performance.now();
      redact(text);
      return performance.now() - start;
    });
    // The quickest: a busy machine may hold up any one of them, and quadratic time is seconds in each.
    expect(Math.min(...takenMs)).toBeLessThan(250);
  });
});
