import { Readable } from 'node:stream';

import { describe, expect, it } from '@jest/globals';

import { columns } from './columns.js';
import { asOfInstant } from './export-check.js';
import { readRows } from './read-rows.js';
import { RowStore } from './row-store.js';
import { sampleRow } from './sample-row.js';

const quoted = (cell: string): string => `"${cell.replaceAll('"', '""')}"`;

describe('readRows', () => {
  it('reads by header, whatever else stands there, and keeps cells as they are', async () => {
    const row = sampleRow({ case_title: ' “Loch”, "tief"\nzweite Zeile \u202B😀' });
    const header = ['block', ...columns].join(',');
    const line = ['B', ...columns.map((column) => row[column])].map(quoted).join(',');
    const read = [];
    for await (const found of readRows(Readable.from([`\uFEFF${header}\r\n${line}\r\n`]))) read.push(found);
    expect(read).toEqual([{ block: 'B', row }]);
  });

  it('refuses a file that lacks columns, naming them', async () => {
    const rows = readRows(Readable.from(['case_enquiry_id,open_dt\n1,2\n']));
    await expect(rows.next()).rejects.toThrow(/target_dt, closed_dt/);
  });
});

describe('RowStore', () => {
  it('gives back what was put in, once per id', () => {
    const store = new RowStore();
    const row = sampleRow({ closure_reason: 'Case Closed\t“ok”\n\u05E9\u05DC\u05D5\u05DD' });
    expect(store.add('B', row)).toBe(true);
    expect(store.add('C', row)).toBe(false);
    expect(store.get(row.case_enquiry_id)).toEqual({ block: 'B', row });
    expect(store.size).toBe(1);
  });
});

describe('asOfInstant', () => {
  it('takes an instant, a Boston time and a Boston date', () => {
    expect(asOfInstant('2016-01-13T00:00:00Z')).toBe('2016-01-13T00:00:00.000Z');
    expect(asOfInstant('2016-01-13 08:00:00')).toBe('2016-01-13T13:00:00.000Z');
    expect(asOfInstant('2016-01-13')).toBe('2016-01-13T05:00:00.000Z');
    expect(() => asOfInstant('yesterday')).toThrow(RangeError);
  });
});
