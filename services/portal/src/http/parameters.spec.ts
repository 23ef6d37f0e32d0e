import { describe, expect, it } from '@jest/globals';

import { loadCity } from '@city311/city';
import { ProblemException } from '@city311/platform';

import { questionOf, startOfDay } from './parameters.js';
import { ExportDto } from './questions.dto.js';

const { clock } = loadCity('boston');

const pathsOf = (query: Readonly<Record<string, unknown>>): readonly string[] => {
  try {
    questionOf(ExportDto, query);
    return [];
  } catch (error) {
    if (!(error instanceof ProblemException)) throw error;
    return error.problem.faults?.map(({ path }) => path) ?? [];
  }
};

describe('The start of a day', () => {
  it('is midnight in the city, in summer and in winter', () => {
    expect(startOfDay('2026-07-01', clock)).toBe('2026-07-01T04:00:00.000Z');
    expect(startOfDay('2026-12-01', clock)).toBe('2026-12-01T05:00:00.000Z');
  });

  it('a day later is the next midnight, also where the day has 23 or 25 hours', () => {
    expect(startOfDay('2026-03-08', clock, 1)).toBe('2026-03-09T04:00:00.000Z');
    expect(startOfDay('2026-11-01', clock, 1)).toBe('2026-11-02T05:00:00.000Z');
    expect(startOfDay('2026-12-31', clock, 1)).toBe('2027-01-01T05:00:00.000Z');
  });

  it('is known for every day that may be asked for', () => {
    expect(startOfDay('1900-01-01', clock)).toBe('1900-01-01T05:00:00.000Z');
    expect(startOfDay('2199-12-31', clock, 1)).toBe('2200-01-01T05:00:00.000Z');
  });
});

describe('The question of a query', () => {
  it('has its instant in UTC, in whichever zone it was asked', () => {
    const asked = questionOf(ExportDto, { asOf: '2015-08-11T08:00:00-04:00', from: '2015-08-01' });
    expect(asked).toMatchObject({ asOf: '2015-08-11T12:00:00.000Z', from: '2015-08-01' });
  });

  it('takes an empty parameter for an absent one', () => {
    expect(pathsOf({ from: '', to: '', asOf: '' })).toEqual([]);
  });

  it('has every fault told: what is not understood, said twice, or not known here', () => {
    const twice = ['2026-01-01', '2026-01-02'];
    const query: Readonly<Record<string, unknown>> = Object.fromEntries<unknown>([
      ['from', twice],
      ['to', '2026-02-31'],
      ['asOf', '2026-01-01'],
      ['form', '1'],
      ['__proto__', '1'],
    ]);
    expect(new Set(pathsOf(query))).toEqual(new Set(['from', 'to', 'asOf', 'form', '__proto__']));
  });
});
