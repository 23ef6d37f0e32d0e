import { describe, expect, it } from '@jest/globals';
import { IsOptional } from 'class-validator';
import fc from 'fast-check';

import { CleanText, textFault } from './clean-text.js';
import { faultsOf } from './validation.js';

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
    ['must not contain control characters', 'a\u0000b'],
    ['must not contain control characters', '\u001b[31m'],
    ['must not contain control characters', 'a\u007f'],
    ['must not contain control characters', 'a\u0085'],
    ['must be well-formed Unicode', 'a\ud83d'],
    ['must be well-formed Unicode', '\udea7a'],
  ])('%s: %j', (fault, value) => {
    expect(textFault(value, 20)).toBe(fault);
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

describe('CleanText', () => {
  class Note {
    constructor(
      readonly text?: string,
      readonly more?: string,
    ) {}
  }
  CleanText(5)(Note.prototype, 'text');
  for (const rule of [IsOptional(), CleanText(5, { message: 'must be short' })]) rule(Note.prototype, 'more');

  it('says what is wrong with a member', () => {
    expect(faultsOf(Note, { text: 'a\u0000b' }).faults).toEqual([
      { path: 'text', message: 'must not contain control characters' },
    ]);
    expect(faultsOf(Note, {}).faults).toEqual([{ path: 'text', message: 'must be text' }]);
  });

  it('says it in the words it was given', () => {
    expect(faultsOf(Note, { text: 'a', more: 'too long' }).faults).toEqual([
      { path: 'more', message: 'must be short' },
    ]);
  });
});
