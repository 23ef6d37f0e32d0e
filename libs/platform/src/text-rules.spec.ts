import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import {
  carriable,
  cleanCode,
  cleanHistory,
  cleanLine,
  cleanText,
  isBlankText,
  textFault,
} from './text-rules.js';

const family = '👩‍👩‍👧‍👦';

describe('A text from outside', () => {
  it.each(['', 'two\nlines\r\n\tindented', 'Ciudadanía', '坑', 'שלום', '🚧👩🏽‍🚒', 'a'.repeat(20)])(
    'is taken: %j',
    (text) => {
      expect(textFault(text, 20)).toBeNull();
    },
  );

  it.each([
    ['must be text', 7],
    ['must be text', null],
    ['must be text', ['a']],
    ['must have at most 20 characters', 'a'.repeat(21)],
    ['must have at most 20 characters', family.repeat(21)],
    ['must have at most 20 characters', '\r\n'.repeat(21)],
    ['must have at most 20 characters', 'e\u0301'.repeat(21)],
    ['must have at most 20 characters', '坑'.repeat(21)],
    ['must have at most 20 characters', '𠮷'.repeat(21)],
    ['must have at most 20 characters', '\u200d'.repeat(641)],
    ['must have at most 640 bytes', `e${'\u{1f3fb}'.repeat(200)}`],
    ['must not have more than 30 marks on one letter', `a${'\u0301'.repeat(31)}`],
    ['must not have more than 30 marks on one letter', `a${'\u0316\u0301'.repeat(300)}`],
    ['must not contain control characters', 'a\u0000b'],
    ['must not contain control characters', '\u001b[31m'],
    ['must not contain control characters', 'a\u007f'],
    ['must not contain control characters', 'a\u0085'],
    ['must not contain control characters', '\u009f'],
    ['must not contain code points that are no characters, such as U+FFFE', 'a\ufffe'],
    ['must not contain code points that are no characters, such as U+FFFE', '\uffff'],
    ['must not contain code points that are no characters, such as U+FFFE', '\ufdd0'],
    ['must not contain code points that are no characters, such as U+FFFE', '\u{1fffe}'],
    ['must not contain code points that are no characters, such as U+FFFE', '\u{10ffff}'],
    ['must be well-formed Unicode', 'a\ud83d'],
    ['must be well-formed Unicode', '\udea7a'],
  ])('%s: %j', (fault, value) => {
    expect(textFault(value, 20)).toBe(fault);
  });

  it.each([
    ['a family of four', family],
    ['a fire fighter with her skin tone', '👩🏽‍🚒'],
    ['a flag of two letters', '🇺🇸'],
    ['a flag of tags', '🏴\u{e0067}\u{e0062}\u{e0073}\u{e0063}\u{e0074}\u{e007f}'],
    ['a key', '7️⃣'],
    ['a rainbow flag', '🏳️‍🌈'],
    ['a letter with its mark apart', 'e\u0301'],
    ['a letter with ten marks', `o${'\u0336\u0321'.repeat(5)}`],
    ['a Hindi syllable', 'कि'],
    ['a rare ideograph', '𠮷'],
    ['a line break of two', '\r\n'],
  ])('counts one character for %s', (_, character) => {
    expect(textFault(character.repeat(20), 20)).toBeNull();
    expect(textFault(character.repeat(21), 20)).toBe('must have at most 20 characters');
  });

  it('is judged in little time, however its marks are mixed', () => {
    const startedAt = performance.now();
    const pile = `a${'\u0316\u0301'.repeat(60_000)}`;
    expect(textFault(cleanText(pile), 4_000)).toBe('must not have more than 30 marks on one letter');
    expect(performance.now() - startedAt).toBeLessThan(500);
  });

  it('that is taken survives a trip through UTF-8', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        if (textFault(text, 1_000) === null) expect(Buffer.from(text, 'utf8').toString('utf8')).toBe(text);
      }),
      { seed: 311 },
    );
  });
});

describe('A text is kept', () => {
  it.each(['\r\n', '\r', '\n', '\v', '\f', '\u0085', '\u2028', '\u2029'])(
    'with one kind of line end for %j',
    (end) => {
      expect(cleanText(`one${end}two`)).toBe('one\ntwo');
      expect(cleanLine(`one${end}two`)).toBe('one two');
    },
  );

  it.each(['\u202a', '\u202b', '\u202c', '\u202d', '\u202e', '\u2066', '\u2067', '\u2068', '\u2069'])(
    'without %j, which turns the order of what is shown',
    (turn) => {
      expect(cleanText(`photo${turn}gpj.exe`)).toBe('photogpj.exe');
    },
  );

  it('with the marks of direction that writing from right to left needs, but in no code', () => {
    expect(cleanText('שלום!\u200f\u061c\u200e')).toBe('שלום!\u200f\u061c\u200e');
    expect(cleanCode('ABC\u200f\u061c\u200e')).toBe('ABC');
  });

  it('in its composed form', () => {
    expect(cleanText('Jose\u0301')).toBe('José');
    expect(cleanLine('Jose\u00ad\u0301')).toBe('José');
  });

  it('with its blanks and joiners as they were written', () => {
    expect(cleanText(' a\u00a0b\u2009c\u3000d\u200be ')).toBe(' a\u00a0b\u2009c\u3000d\u200be ');
    expect(cleanText(`می\u200cخواهم ${family}`)).toBe(`می\u200cخواهم ${family}`);
  });

  it('on one line with plain blanks, as many as there were', () => {
    expect(cleanLine('12\u00a0Main\u2009St  Roxbury\u3000\tMA ')).toBe('12 Main St  Roxbury  MA ');
    expect(cleanLine('\u200b12 Main\u2060 St\ufeff')).toBe('12 Main St');
  });

  it('as a code without what stands around it', () => {
    expect(cleanCode('\u00a0 REQPOTHL\u2003\u200b\r\n')).toBe('REQPOTHL');
  });

  it.each([
    ' ',
    '\t\r\n',
    '\u00a0\u2009',
    '\u3000',
    '\u200b\u2060\ufeff',
    '\u200e\u00ad',
    '\u2800',
    '\u3164',
    '\u202e ',
  ])('empty where it is of blanks alone, but for history: %j', (blanks) => {
    expect(isBlankText(blanks)).toBe(true);
    expect([cleanText(blanks), cleanLine(blanks), cleanCode(blanks)]).toEqual(['', '', '']);
    expect(cleanHistory(' ')).toBe(' ');
  });

  it('to the letter where it is history, but for what turns its order or is no text', () => {
    const told = ' Jose\u0301\r\n\u2028\u00a0 ';
    expect(cleanHistory(told)).toBe(told);
    expect(cleanHistory('a\u202e\u0085b')).toBe('a\nb');
  });

  it('the same when it is cleaned again, and no longer than it was', () => {
    const odd = fc.constantFrom(
      ...'\r\n\t \u00a0\u200b\u200d\u202e\u2067\u0301\u0316\u1100\u1161\u2028\u00ad\ufffe',
      'a',
      'e',
      '\u{1f468}',
    );
    const text = fc.oneof(fc.string({ unit: 'binary' }), fc.string({ unit: odd }));
    fc.assert(
      fc.property(text, (written) => {
        for (const clean of [cleanHistory, cleanText, cleanLine, cleanCode]) {
          const kept = clean(written);
          expect(clean(kept)).toBe(kept);
          expect(cleanText(kept)).toBe(clean === cleanHistory ? cleanText(kept) : kept);
        }
      }),
      { seed: 311, numRuns: 3_000 },
    );
  });

  it('and told so that every writer can carry it', () => {
    expect(carriable('a\u0000b\ufffec\ud83dd\u{1ffff}e\u202ef\t\r\n坑🚧')).toBe(
      'a\ufffdb\ufffdc\ufffdd\ufffdef\t\r\n坑🚧',
    );
  });
});
