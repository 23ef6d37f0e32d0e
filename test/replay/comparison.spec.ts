import { describe, expect, it } from '@jest/globals';

import { compareRow, Comparison } from './comparison.js';
import { sampleRow } from './sample-row.js';

const asOf = '2016-01-13T05:00:00.000Z';
const causes = (
  input: Parameters<typeof sampleRow>[0],
  exported: Parameters<typeof sampleRow>[0],
): string[] =>
  compareRow(sampleRow(input), sampleRow(exported), asOf).map(({ column, cause }) => `${column}: ${cause}`);

describe('compareRow', () => {
  it('finds no difference between a row and itself', () => {
    expect(causes({}, {})).toEqual([]);
  });

  it('takes a cell of spaces for an empty one, and forgives nothing else', () => {
    expect(causes({ location: ' ' }, { location: '' })).toEqual([]);
    expect(causes({ case_title: 'Pothole ' }, { case_title: 'Pothole' })).toEqual([
      'case_title: form: space at the ends',
    ]);
    expect(causes({ longitude: '-71.0' }, { longitude: '-71' })).toEqual([
      'longitude: form: number written differently',
    ]);
    expect(causes({ ward: '03' }, { ward: '3' })).toEqual(['ward: ours: different']);
    expect(causes({ queue: 'Somebody' }, { queue: '' })).toEqual(['queue: ours: missing']);
    expect(causes({ closedphoto: '' }, { closedphoto: 'x' })).toEqual(['closedphoto: ours: made up']);
  });

  it('blames the source for an ontime that its own times contradict', () => {
    expect(causes({ ontime: 'OVERDUE' }, { ontime: 'ONTIME' })).toEqual([
      'ontime: source: ontime against its own times',
    ]);
    expect(causes({ ontime: '' }, { ontime: 'ONTIME' })).toEqual(['ontime: source: ontime blank']);
  });

  it('blames us for an ontime that the row’s times contradict', () => {
    expect(causes({ ontime: 'ONTIME' }, { ontime: 'OVERDUE' })).toEqual([
      'ontime: ours: against the times of the row',
    ]);
    expect(causes({ ontime: '' }, { ontime: 'OVERDUE' })).toEqual([
      'ontime: ours: against the times of the row',
    ]);
  });

  it('judges an open case at the instant given', () => {
    const open = { case_status: 'Open', closed_dt: '', closure_reason: ' ' };
    expect(causes({ ...open, ontime: 'ONTIME' }, { ...open, ontime: 'OVERDUE' })).toEqual([
      'ontime: source: ontime against its own times',
    ]);
  });

  it('tells what is hidden on purpose from what is wrong', () => {
    expect(
      causes({ closure_reason: 'Case Closed call 5551234' }, { closure_reason: 'Case Closed call [phone]' }),
    ).toEqual(['closure_reason: redacted: contact or plate taken out']);
  });
});

describe('Comparison', () => {
  it('counts equal cells, filled ones apart, and keeps a few examples of each kind', () => {
    const comparison = new Comparison(2);
    for (let place = 0; place < 4; place += 1) {
      const id = { case_enquiry_id: `90000000000${place}` };
      comparison.add(sampleRow({ ...id, ward: '' }), sampleRow({ ...id, ward: place < 3 ? '7' : '' }), asOf);
    }
    expect(comparison.tallies().find(({ column }) => column === 'ward')).toEqual({
      column: 'ward',
      rows: 4,
      equal: 1,
      filled: 3,
      filledEqual: 0,
    });
    const [kind] = comparison.differences();
    expect(kind).toMatchObject({ column: 'ward', cause: 'ours: made up', count: 3 });
    expect(kind?.examples.map(({ id }) => id)).toEqual(['900000000000', '900000000001']);
  });
});
