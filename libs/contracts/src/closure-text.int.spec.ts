import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';

import { describe, expect, it } from '@jest/globals';
import { parse } from 'csv-parse/sync';

import { parseClosureText, renderClosureText } from './closure-text.js';

const cityData = process.env['CITY_DATA'] ?? join(import.meta.dirname, '../../../../shared/data');
const file = join(cityData, 'boston-311-sample.csv.gz');

describe("the closing texts of the city's history", () => {
  if (!existsSync(file)) {
    it.skip(`are not checked: there is no ${file}, set CITY_DATA to the folder that has it`, () => undefined);
    return;
  }

  it('come back character by character, nearly all with a label', () => {
    let column = -1;
    // One cell of each row goes on: all of them, as objects, would take most of the time.
    const keep = (row: readonly string[]): string[] | null => {
      if (column >= 0) return [row[column] ?? ''];
      column = row.indexOf('closure_reason');
      return null;
    };
    const rows = parse(gunzipSync(readFileSync(file)), { on_record: keep });
    let count = 0;
    let closings = 0;
    let labelled = 0;
    const changed: string[] = [];
    for (const [whole = ''] of rows) {
      const parts = parseClosureText(whole);
      count += 1;
      if (whole.trim() !== '') closings += 1;
      if (parts.label !== '') labelled += 1;
      if (renderClosureText(parts) !== whole) changed.push(whole);
    }
    expect(column).toBeGreaterThanOrEqual(0);
    expect(changed).toEqual([]);
    expect(count).toBeGreaterThan(0);
    expect(labelled / closings).toBeGreaterThan(0.99);
    process.stdout.write(
      `closing texts: ${count} rows, ${closings} not blank, ${labelled} with a known label\n`,
    );
  }, 120_000);
});
