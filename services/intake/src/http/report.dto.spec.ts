import { describe, expect, it } from '@jest/globals';
import 'reflect-metadata';

import { faultsOf } from '@city311/platform';

import { ReportSubmittedDto } from './report.dto.js';

const faultsIn = (more: object): readonly string[] =>
  faultsOf(ReportSubmittedDto, { serviceCode: 'REQPOTHL', ...more }).faults.map(({ path }) => path);

describe('The answers of a report', () => {
  it.each([['deep'], ['yes, “very” deep'], [['one', 'two']], [[]]])(
    'may be text or a list of texts: %j',
    (value) => {
      expect(faultsIn({ answers: [{ code: 'depth', value }] })).toEqual([]);
    },
  );

  it.each([
    [17],
    [null],
    [{ $ne: null }],
    ['a\u0000b'],
    ['x'.repeat(4_001)],
    [[17]],
    [['a\u0000b']],
    [['x'.repeat(201)]],
    [Array.from({ length: 51 }, () => 'x')],
  ])('are told as faults where they are anything else', (value) => {
    expect(faultsIn({ answers: [{ code: 'depth', value }] })).toEqual(['answers.0.value']);
  });

  it('are told as faults where they are missing', () => {
    expect(faultsIn({ answers: [{ code: 'depth' }] })).toEqual(['answers.0.value']);
  });
});

describe('The parts of a report', () => {
  it.each(['location', 'contact', 'imported'])('are no lists: %s', (name) => {
    expect(faultsIn({ [name]: [] })).toEqual([name]);
  });
});
