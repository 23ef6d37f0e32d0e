import type { CaseNumber } from '@city311/kernel';

/** Largest payload that fits into the 11 digits before the check digit. */
export const maxPayload = 99_999_999_999;

/**
 * Damm's quasigroup of order 10: totally anti-symmetric, so that every single wrong digit and every swap of
 * neighbours changes the check digit.
 * Source: H. M. Damm, "Total anti-symmetrische Quasigruppen", dissertation, Marburg 2004.
 */
const quasigroup = [
  [0, 3, 1, 7, 5, 9, 8, 6, 4, 2],
  [7, 0, 9, 2, 1, 5, 4, 8, 6, 3],
  [4, 2, 0, 6, 8, 7, 1, 3, 5, 9],
  [1, 7, 5, 0, 9, 8, 3, 4, 2, 6],
  [6, 1, 2, 3, 0, 4, 5, 9, 7, 8],
  [3, 6, 7, 4, 2, 0, 9, 5, 8, 1],
  [5, 8, 6, 9, 7, 2, 0, 1, 3, 4],
  [8, 9, 4, 5, 3, 6, 2, 0, 1, 7],
  [9, 4, 3, 8, 6, 1, 7, 2, 0, 5],
  [2, 5, 8, 1, 4, 3, 6, 7, 9, 0],
] as const;

/** Check digit of a string of digits; 0 for one that ends in its own check digit. */
export const damm = (digits: string): number => {
  let interim = 0;
  for (let at = 0; at < digits.length; at++) interim = quasigroup[interim]?.[digits.charCodeAt(at) - 48] ?? 0;
  return interim;
};

/**
 * The number of a payload: 11 digits and the check digit.
 * @throws RangeError  `payload` is not a whole number of 0 to 99,999,999,999
 */
export const makeCaseNumber = (payload: number): CaseNumber => {
  if (!Number.isSafeInteger(payload) || payload < 0 || payload > maxPayload) {
    throw new RangeError(`not a payload of a case number: ${payload}`);
  }
  const digits = String(payload).padStart(11, '0');
  return `${digits}${damm(digits)}` as CaseNumber;
};

/** Whether this is a case number of ours: 12 digits, the check digit right, not of the older system's 1010 range. */
export const isCaseNumber = (text: string): text is CaseNumber =>
  /^[0-9]{12}$/.test(text) && !text.startsWith('1010') && damm(text) === 0;

/** What may stand between digits: blanks, also those without width, and dashes of any kind. */
const between = /[\s\p{Dash_Punctuation}\p{Default_Ignorable_Code_Point}\u2212]/gu;

/** Reads a number as people give it, blanks and dashes between the digits, those in full width too; null where it is none. */
export const parseCaseNumber = (text: string): CaseNumber | null => {
  const digits = text.normalize('NFKC').replace(between, '');
  return isCaseNumber(digits) ? digits : null;
};
