import { isBlank, type Column, type SourceRow } from './columns.js';
import { isRealLocalTime } from './local-time.js';
import { trueOntime } from './truth.js';

const mask = /\[[^\]\s]+\]/;
const timeColumns: readonly Column[] = ['open_dt', 'target_dt', 'closed_dt'];
const numberColumns: readonly Column[] = ['latitude', 'longitude'];

const ontimeCause = (input: SourceRow, actual: string, asOf: string): string => {
  if (actual !== trueOntime(input, asOf)) return 'ours: against the times of the row';
  return isBlank(input.ontime) ? 'source: ontime blank' : 'source: ontime against its own times';
};

/**
 * Why a cell of the export differs from the input, in words: `source:` where the input cannot be right, `form:`
 * where only the writing differs, `redacted:` where we hide something on purpose, `ours:` where we are wrong.
 */
export const causeOf = (input: SourceRow, column: Column, actual: string, asOf: string): string => {
  const expected = input[column];
  if (column === 'ontime') return ontimeCause(input, actual, asOf);
  if (timeColumns.includes(column) && !isBlank(expected) && !isRealLocalTime(expected)) {
    return 'source: a local time that never was (clocks went forward)';
  }
  if (column === 'case_title' && isBlank(expected))
    return 'source: title blank, the name of the type stands for it';
  if (column === 'closure_reason' && isBlank(expected)) return 'source: closed without closing words';
  if (numberColumns.includes(column)) {
    if (isBlank(expected)) return 'source: coordinates missing';
    if (Number(expected) === Number(actual)) return 'form: number written differently';
  }
  if (expected.trim() === actual.trim()) return 'form: space at the ends';
  if (expected.replace(/\s+/g, ' ').trim() === actual.replace(/\s+/g, ' ').trim())
    return 'form: space within';
  if (mask.test(actual) && actual.match(mask)?.[0] !== expected.match(mask)?.[0]) {
    return 'redacted: contact or plate taken out';
  }
  if (isBlank(actual)) return 'ours: missing';
  return isBlank(expected) ? 'ours: made up' : 'ours: different';
};
