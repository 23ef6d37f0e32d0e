import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import { outcomeOfLabel, parseClosureText, renderClosureText } from './closure-text.js';

const seed = 311;

describe('parseClosureText', () => {
  it('takes a plain closing apart', () => {
    expect(parseClosureText('Case Closed Case Resolved swept twice ')).toEqual({
      label: 'Case Resolved',
      text: 'swept twice ',
    });
  });

  it('keeps the printed date of a stamped closing', () => {
    expect(parseClosureText('Case Closed. Closed date : 2015-03-04 09:10:11.12 Case Noted')).toEqual({
      stamp: '2015-03-04 09:10:11.12',
      label: 'Case Noted',
      text: '',
    });
    expect(parseClosureText('Case Closed. Closed date : Mon Mar 02 09:10:11 EST 2015 fine').stamp).toBe(
      'Mon Mar 02 09:10:11 EST 2015',
    );
  });

  it('knows the codes of the inspection system', () => {
    const { label, text } = parseClosureText('Case Closed NOVIO: No Violation Found/No Cause ');
    expect([label, text]).toEqual(['NOVIO: No Violation Found/No Cause', ' ']);
    expect(outcomeOfLabel(label)).toBe('noted');
  });

  it('finds no label inside a longer word', () => {
    expect(parseClosureText('Case Closed Resolvedly done')).toEqual({ label: '', text: 'Resolvedly done' });
  });

  it('represents blank closings and texts of another make', () => {
    expect(parseClosureText('')).toEqual({ stamp: '', label: '', text: '' });
    expect(parseClosureText(' ')).toEqual({ stamp: '', label: '', text: ' ' });
    expect(parseClosureText('all done')).toEqual({ stamp: '', label: '', text: 'all done' });
  });
});

describe('renderClosureText', () => {
  it('words a closing of our own as the older system would', () => {
    expect(renderClosureText({ label: 'Case Resolved', text: 'Lamp replaced.' })).toBe(
      'Case Closed Case Resolved Lamp replaced.',
    );
    expect(renderClosureText({ label: '', text: '' })).toBe('Case Closed');
  });

  it('gives back every text that was taken apart, whatever its parts and white space', () => {
    const part = fc.constantFrom(
      'Case Closed',
      '. Closed date : ',
      '2015-03-04 09:10:11.12',
      'Mon Mar 02 09:10:11 EST 2015',
      ' ',
      '  ',
      '\n',
      '\t',
      'Case Resolved',
      'Resolved',
      'Case Closed in AVRS',
      ':',
      'CORR: Corrected',
      'x',
      '.',
    );
    const text = fc.oneof(
      fc.string(),
      fc.array(part, { maxLength: 8 }).map((parts) => parts.join('')),
    );
    fc.assert(
      fc.property(text, (whole) => {
        expect(renderClosureText(parseClosureText(whole))).toBe(whole);
      }),
      { seed, numRuns: 5_000 },
    );
  });
});
