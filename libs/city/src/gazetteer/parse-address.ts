import { streetWords } from './street-names.js';

/** What a written address says; `words` still hold the locality where the writer left no comma. */
export type WrittenAddress =
  | {
      readonly kind: 'number';
      readonly number: number;
      readonly words: readonly string[];
      readonly locality: string;
      readonly zip: string | null;
    }
  | {
      readonly kind: 'corner';
      readonly first: readonly string[];
      readonly second: readonly string[];
      readonly locality: string;
      readonly zip: string | null;
    }
  | {
      readonly kind: 'street';
      readonly words: readonly string[];
      readonly locality: string;
      readonly zip: string | null;
    };

const corner = /^(?:intersection(?: of)?|corner of)?\s*(.+?)\s*(?:&|\band\b|\/|@|\bat\b)\s*(.+)$/i;
const numbered = /^#?(\d{1,5})(?:\s*[-–]\s*\d+)?[a-z]?(?:\s+1\/2)?\s+(.+)$/i;

/** How `blockOf` writes: the middle of the hundred stands for it. */
const blocked = /^(\d+)(?:-99)? block of (.+)$/i;

/** Digits, letters and blanks of Asian keyboards in their usual width. Not NFKC, which makes 121 of 12½. */
export const usualWidth = (text: string): string =>
  text
    .replace(/[\uff01-\uff5e]/g, (wide) => String.fromCharCode(wide.charCodeAt(0) - 0xfee0))
    .replaceAll('\u3000', ' ');

/**
 * Reads "47 W Cedar St  Boston  MA  02114", "12-14 Main Street, Dorchester", "INTERSECTION of A St & B St";
 * null where nothing is left after ZIP code and state.
 */
export const parseAddress = (address: string): WrittenAddress | null => {
  const text = usualWidth(address);
  const zip = /\b(\d{5})(?:-\d{4})?\s*$/.exec(text.trim())?.[1] ?? null;
  const bare =
    zip === null
      ? text.trim()
      : text
          .trim()
          .replace(/\b\d{5}(?:-\d{4})?\s*$/, '')
          .trim();
  const parts = bare
    .replace(/[\s,]+(?:MA|Mass\.?|Massachusetts)\s*$/i, '')
    .split(/\s{2,}|,/)
    .map((part) => part.trim())
    .filter((part) => part !== '' && !/^(?:MA|USA|United States)$/i.test(part));
  const [line, ...rest] = parts;
  if (line === undefined) return null;
  const locality = rest.join(' ');
  const block = blocked.exec(line);
  if (block !== null) {
    const number = Math.floor(Number(block[1]) / 100) * 100 + 50;
    return { kind: 'number', number, words: streetWords(block[2] ?? ''), locality, zip };
  }
  const number = numbered.exec(line);
  if (number !== null) {
    return { kind: 'number', number: Number(number[1]), words: streetWords(number[2] ?? ''), locality, zip };
  }
  const crossing = corner.exec(line);
  if (crossing !== null) {
    const [, first = '', second = ''] = crossing;
    return { kind: 'corner', first: streetWords(first), second: streetWords(second), locality, zip };
  }
  const words = streetWords(line);
  return words.length === 0 ? null : { kind: 'street', words, locality, zip };
};
