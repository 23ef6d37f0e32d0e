import { loadCity } from '@city311/city';
import { describe, expect, it } from '@jest/globals';

import { columns } from '../replay/columns.js';
import { completionOf, endingOf } from '../replay/completion.js';
import { reportOf } from '../replay/case-event.js';
import { trueOntime } from '../replay/truth.js';
import { shares } from './kinds.js';
import { generateRows, generatedAsOf } from './rows.js';

const city = loadCity('boston');

describe('generateRows', () => {
  it('makes every kind in its share, each row with its own id and all 29 columns', () => {
    const { rows, kinds } = generateRows(city, { seed: 311, count: 5_000 });
    expect(Object.fromEntries(kinds)).toEqual(
      Object.fromEntries(Object.entries(shares).map(([kind, share]) => [kind, share * 5])),
    );
    expect(new Set(rows.map((row) => row.case_enquiry_id)).size).toBe(5_000);
    for (const row of rows) expect(Object.keys(row).sort()).toEqual([...columns].sort());
  });

  it('makes rows that can be played, all closed ones before they are judged', () => {
    const { rows } = generateRows(city, { seed: 7, count: 2_000 });
    for (const row of rows) {
      expect(Date.parse(reportOf(row).time)).toBeLessThan(Date.parse(generatedAsOf));
      if (endingOf(row) !== 'open') {
        expect(Date.parse(completionOf(row).at)).toBeLessThan(Date.parse(generatedAsOf));
      }
    }
  });

  it('is the same for the same seed and another for another', () => {
    const of = (seed: number): string => JSON.stringify(generateRows(city, { seed, count: 50 }).rows);
    expect(of(1)).toBe(of(1));
    expect(of(1)).not.toBe(of(2));
  });

  it('tells the truth about lateness, except where asked to lie, and knows where', () => {
    const { rows, falsified } = generateRows(city, { seed: 3, count: 500, falsifyEvery: 5 });
    expect(falsified.size).toBe(100);
    for (const row of rows) {
      expect(row.ontime === trueOntime(row, generatedAsOf)).toBe(!falsified.has(row.case_enquiry_id));
    }
    expect(new Set(rows.map(({ ontime }) => ontime))).toEqual(new Set(['ONTIME', 'OVERDUE']));
  });
});
