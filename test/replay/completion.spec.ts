import { describe, expect, it } from '@jest/globals';

import { completionOf, endingOf } from './completion.js';
import { sampleRow } from './sample-row.js';

describe('completionOf', () => {
  it('says when, how and in which words the department closed the case', () => {
    expect(completionOf(sampleRow())).toEqual({
      at: '2015-08-12T13:15:00.000Z',
      outcome: 'resolved',
      outcomeLabel: 'Case Resolved',
      text: 'filled with cold patch',
    });
  });

  it('keeps the printed stamp and the photos', () => {
    const row = sampleRow({
      closure_reason: 'Case Closed. Closed date : 2015-08-12 09:15:00.167 Case Noted seen ',
      closedphoto: 'https://photos.example/after.jpg',
    });
    expect(completionOf(row)).toMatchObject({
      outcome: 'noted',
      stamp: '2015-08-12 09:15:00.167',
      text: 'seen ',
      media: [{ url: 'https://photos.example/after.jpg' }],
    });
  });

  it('has a time before the opening where the source has', () => {
    expect(completionOf(sampleRow({ closed_dt: '2015-08-10 09:15:00' })).at).toBe('2015-08-10T13:15:00.000Z');
  });
});

describe('endingOf', () => {
  it('tells an open case from one that was closed and came back', () => {
    const open = { case_status: 'Open', closed_dt: '' };
    expect(endingOf(sampleRow({ ...open, closure_reason: ' ' }))).toBe('open');
    expect(endingOf(sampleRow({ ...open }))).toBe('reopened');
    expect(endingOf(sampleRow({ ...open, closure_reason: '', closedphoto: 'https://a.example/1' }))).toBe(
      'reopened',
    );
    expect(endingOf(sampleRow())).toBe('closed');
  });
});
