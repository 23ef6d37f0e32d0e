import { describe, expect, it } from '@jest/globals';
import { IsNotEmpty, IsOptional } from 'class-validator';

import { CleanCode, CleanHistory, CleanLine, CleanText } from './clean-text.js';
import { faultsOf } from './validation.js';

class Note {
  constructor(
    readonly text?: string,
    readonly more?: string,
    readonly line?: string,
    readonly code?: string,
    readonly told?: string,
  ) {}
}
CleanText(5)(Note.prototype, 'text');
for (const rule of [IsOptional(), CleanText(5, { message: 'must be short' })]) rule(Note.prototype, 'more');
for (const rule of [IsOptional(), CleanLine(5)]) rule(Note.prototype, 'line');
for (const rule of [IsOptional(), CleanCode(5), IsNotEmpty()]) rule(Note.prototype, 'code');
for (const rule of [IsOptional(), CleanHistory(5)]) rule(Note.prototype, 'told');

describe('A member that holds text', () => {
  it('says what is wrong with it', () => {
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

  it('is kept clean, each kind by its own rule', () => {
    const text = 'a\r\n\u202e\u00a0';
    expect(faultsOf(Note, { text, line: text, code: text, told: ' ' })).toMatchObject({
      value: { text: 'a\n\u00a0', line: 'a  ', code: 'a', told: ' ' },
      faults: [],
    });
  });

  it('is counted after it was cleaned', () => {
    expect(faultsOf(Note, { text: '\r\n'.repeat(5), code: `${'\u3000'.repeat(50)}abcde` }).faults).toEqual(
      [],
    );
    expect(faultsOf(Note, { text: `a${'\r\n'.repeat(5)}` }).faults).toEqual([
      { path: 'text', message: 'must have at most 5 characters' },
    ]);
  });

  it('is empty where it is of blanks alone', () => {
    expect(faultsOf(Note, { text: '\u200b', code: '\u00a0' }).faults).toEqual([
      { path: 'code', message: 'code should not be empty' },
    ]);
  });

  it('far too long costs nothing before it is refused', () => {
    expect(faultsOf(Note, { text: '\u0316\u0301'.repeat(500_000) }).faults).toEqual([
      { path: 'text', message: 'must have at most 5 characters' },
    ]);
  });
});
