import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import { guardedCell, unguardedCell } from './csv-cell.js';

describe('A cell for a spreadsheet', () => {
  it.each([
    '=1+1',
    '+1 (617) 555-0142',
    '-2',
    '@SUM(A1)',
    '\t=1',
    '\rx',
    '\nx',
    ' =1',
    '\u00a0@x',
    '\u200b=1',
    '\ufeff=1',
    '\u2800=1',
    '＝1',
    '＋1',
    '－1',
    '＠x',
    '﹦1',
    "'=1",
    "'' +1",
  ])('is no formula: %j', (text) => {
    expect(guardedCell(text)).toBe(`'${text}`);
    expect(unguardedCell(`'${text}`)).toBe(text);
  });

  it.each([
    '',
    'Pothole',
    '12 Main St',
    "'No parking' sign is gone",
    "''",
    'a=1',
    'x\n=1',
    '坑',
    '"=1"',
    ' 02119',
  ])('is what it was where it is no formula: %j', (text) => {
    expect(guardedCell(text)).toBe(text);
    expect(unguardedCell(text)).toBe(text);
  });

  it('comes back to the letter, whatever it says', () => {
    const sign = fc.constantFrom(..."'=+-@ \t\r\n＝＠\u200b\u00a0", 'a', '1', '"');
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: sign }), fc.string({ unit: 'binary' })), (text) => {
        const cell = guardedCell(text);
        expect(unguardedCell(cell)).toBe(text);
        expect(cell).not.toMatch(/^\s*[=+\-@＝＋－＠]|^[\t\r\n]/u);
      }),
      { seed: 311, numRuns: 5_000 },
    );
  });
});
