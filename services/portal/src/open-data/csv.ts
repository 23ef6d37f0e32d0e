import { guardedCell } from '@city311/contracts';
import { carriable } from '@city311/platform';

const special = /[",\r\n]/;

/** One cell by RFC 4180. */
const cell = (value: string): string => (special.test(value) ? `"${value.replaceAll('"', '""')}"` : value);

/** Texts that no spreadsheet takes for a formula; numbers stay numbers. */
export const csvLine = (cells: readonly (string | number)[]): string =>
  `${cells.map((value) => (typeof value === 'number' ? String(value) : cell(guardedCell(carriable(value))))).join(',')}\r\n`;
