/** UTF-8 bytes that a character may take on average; a family of four takes 25, a letter with a dozen marks as many. */
const bytesPerCharacter = 32;
/** The most marks on one letter that any script needs, with room (Unicode's stream-safe format, UAX #15). */
const maxMarks = 30;

const plain = /^[\t\n\x20-\x7e]*$/;
/** Every control character but tab and line breaks. */
const control = /[^\P{Cc}\t\n\r]/u;
const noncharacter = /\p{Noncharacter_Code_Point}/u;
const pileOfMarks = new RegExp(`\\p{M}{${maxMarks + 1}}`, 'u');
const controlEnd = /[\v\f\u0085]/g;
const lineEnd = /\r\n|[\r\u2028\u2029]/g;
/** Embeddings, overrides and isolates: they show a text in another order than it is read in. */
const bidiControl = /[\u202a-\u202e\u2066-\u2069]/g;
const blanksOnly = /^[\p{White_Space}\p{Default_Ignorable_Code_Point}\u2800]*$/u;
const anyBlank = /[\p{White_Space}\u180e\u2800]/gu;
/** Blanks without width, soft hyphens and marks of direction; joiners stay, scripts and emoji need them. */
const invisible = /[\u00ad\u061c\u200b\u200e\u200f\u2060\ufeff]/g;
/** Controls, noncharacters and half pairs: some writer cannot carry them, or some reader cannot read them. */
const uncarriable = /[^\P{Cc}\t\n\r]|\p{Noncharacter_Code_Point}|\p{Surrogate}/gu;

/** What belongs to the character before it: marks, what a joiner joins, skin tones, the tags of a flag, CR's LF. */
const continuing = /\p{M}+|\u200d\P{M}|[\u{1f3fb}-\u{1f3ff}\u{e0020}-\u{e007f}]|\r(?=\n)/gu;
const twoUnits = /\p{Regional_Indicator}{2}|[\u{10000}-\u{10ffff}]/gu;

/** Characters as people count them: a line break is one, and so is a letter with its marks, a flag or a family of emoji. */
const charactersIn = (text: string): number => text.replace(continuing, '').replace(twoUnits, '.').length;

/**
 * What is wrong with a text from outside, or null. It may have `maxLength` characters as people count them and 32 bytes
 * of UTF-8 for each, no control characters but tab and line breaks, no noncharacters, no half surrogate pairs and no
 * more than 30 marks on one letter.
 */
export const textFault = (value: unknown, maxLength: number): string | null => {
  if (typeof value !== 'string') return 'must be text';
  if (value.length <= maxLength && plain.test(value)) return null;
  const maxBytes = bytesPerCharacter * maxLength;
  if (value.length > maxBytes) return `must have at most ${maxLength} characters`;
  if (!value.isWellFormed()) return 'must be well-formed Unicode';
  if (control.test(value)) return 'must not contain control characters';
  if (noncharacter.test(value)) return 'must not contain code points that are no characters, such as U+FFFE';
  if (pileOfMarks.test(value)) return `must not have more than ${maxMarks} marks on one letter`;
  if (value.length <= maxLength) return null;
  if (charactersIn(value) > maxLength) return `must have at most ${maxLength} characters`;
  return Buffer.byteLength(value) > maxBytes ? `must have at most ${maxBytes} bytes` : null;
};

/** Whether a text holds nothing that can be seen: blanks of any kind or width, marks of direction, joiners. */
export const isBlankText = (text: string): boolean => blanksOnly.test(text);

/**
 * A text that an older system told, to be told back to the letter: only directional embeddings, overrides and isolates
 * are gone, and control characters that end a line are `\n`. A second time it changes nothing.
 */
export const cleanHistory = (text: string): string =>
  plain.test(text) ? text : text.replace(controlEnd, '\n').replace(bidiControl, '');

/**
 * A text as it is kept: line ends of every kind are `\n`, directional embeddings, overrides and isolates are gone, the
 * rest is in Unicode's composed form (NFC), and one of blanks alone is empty. A second time it changes nothing.
 */
export const cleanText = (text: string): string => {
  const kept = cleanHistory(text).replace(lineEnd, '\n');
  if (isBlankText(kept)) return '';
  // Composing sorts the marks of a letter, in time that grows with the square of their number.
  return plain.test(kept) || pileOfMarks.test(kept) ? kept : kept.normalize('NFC');
};

/** A clean text on one line: every blank, tab and line break is a plain blank, and what cannot be seen is gone. */
export const cleanLine = (text: string): string => {
  const kept = cleanText(text).replace(anyBlank, ' ');
  return plain.test(kept) ? kept : cleanText(kept.replace(invisible, ''));
};

/** A clean line without blanks around it: what is looked up, compared or followed. */
export const cleanCode = (text: string): string => cleanLine(text).trim();

/**
 * A text that every writer can carry, whatever an older program once took: controls, noncharacters and half pairs are
 * shown as U+FFFD; directional embeddings, overrides and isolates are gone.
 */
export const carriable = (text: string): string =>
  plain.test(text) ? text : text.replace(uncarriable, '\ufffd').replace(bidiControl, '');
