import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import { isCaseNumber, makeCaseNumber, maxPayload, parseCaseNumber } from './case-number.js';

const payload = fc
  .integer({ min: 0, max: maxPayload })
  .filter((value) => !String(value).padStart(11, '0').startsWith('1010'));
const at = fc.integer({ min: 0, max: 11 });
const settings = { seed: 311, numRuns: 2_000 };

describe('makeCaseNumber', () => {
  it('gives 12 digits that read back', () => {
    fc.assert(
      fc.property(payload, (value) => {
        const number = makeCaseNumber(value);
        expect(number).toMatch(/^[0-9]{12}$/);
        expect(parseCaseNumber(number)).toBe(number);
      }),
      settings,
    );
  });

  it('refuses what is no payload', () => {
    for (const value of [-1, 1.5, maxPayload + 1, Number.NaN]) {
      expect(() => makeCaseNumber(value)).toThrow(RangeError);
    }
  });
});

describe('isCaseNumber', () => {
  it('catches every single wrong digit', () => {
    fc.assert(
      fc.property(payload, at, fc.integer({ min: 1, max: 9 }), (value, place, off) => {
        const number = makeCaseNumber(value);
        const wrong = String((Number(number.charAt(place)) + off) % 10);
        expect(isCaseNumber(number.slice(0, place) + wrong + number.slice(place + 1))).toBe(false);
      }),
      settings,
    );
  });

  it('catches every swap of neighbours', () => {
    fc.assert(
      fc.property(payload, fc.integer({ min: 0, max: 10 }), (value, place) => {
        const number = makeCaseNumber(value);
        const [left, right] = [number.charAt(place), number.charAt(place + 1)];
        fc.pre(left !== right);
        expect(isCaseNumber(number.slice(0, place) + right + left + number.slice(place + 2))).toBe(false);
      }),
      settings,
    );
  });

  it("takes no number of the older system's range for ours", () => {
    expect(isCaseNumber(makeCaseNumber(10_100_000_000))).toBe(false);
  });
});

describe('parseCaseNumber', () => {
  it('reads numbers as people write them', () => {
    const number = makeCaseNumber(26_000_000_123);
    expect(parseCaseNumber(` ${number.slice(0, 4)} ${number.slice(4, 8)}-${number.slice(8)} `)).toBe(number);
  });

  it.each(['\u2013', '\u2011', '\u2212', '\u00a0', '\u2009', '\u200b', '\u00ad', '\ufeff'])(
    'reads them whatever a program made of the blanks and dashes: %j',
    (between) => {
      const number = makeCaseNumber(26_000_000_123);
      expect(parseCaseNumber(`${number.slice(0, 4)}${between}${number.slice(4)}${between}`)).toBe(number);
    },
  );

  it('reads the digits of an Asian keyboard', () => {
    const number = makeCaseNumber(26_000_000_123);
    const wide = number.replace(/\d/g, (digit) => String.fromCharCode(0xff10 + Number(digit)));
    expect(parseCaseNumber(wide)).toBe(number);
  });

  it('gives null for anything else', () => {
    for (const text of ['', '123', 'abcdefghijkl', '2600000012340']) expect(parseCaseNumber(text)).toBeNull();
  });
});
