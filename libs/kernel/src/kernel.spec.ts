import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import { assertNever } from './brand.js';
import { accept, fold, refuse, type Decider } from './decider.js';
import { PoisonMessageError, TransientError } from './errors.js';
import { parseStreamName, streamName } from './streams.js';

describe('A stream name', () => {
  it('is its category and its id', () => {
    expect(streamName('intake.case', '260000000014')).toBe('intake.case-260000000014');
    expect(parseStreamName('intake.case-260000000014')).toEqual({
      category: 'intake.case',
      id: '260000000014',
    });
  });

  it('gives any id back, dashes and all', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1 }), (id) => {
        expect(parseStreamName(streamName('departments.workorder', id))).toEqual({
          category: 'departments.workorder',
          id,
        });
      }),
      { seed: 311 },
    );
  });

  it.each([
    '',
    'intake',
    'Intake.case',
    'intake.case-x',
    'intake.case.more',
    'in take.case',
    '.case',
    'intake.',
  ])('has no category %j', (category) => {
    expect(() => streamName(category, '1')).toThrow(RangeError);
  });

  it('needs an id', () => {
    expect(() => streamName('intake.case', '')).toThrow(RangeError);
  });

  it.each(['', '-', 'intake.case', 'intake.case-', '-1', 'intake-1', 'INTAKE.case-1', 'case'])(
    'is not %j',
    (name) => {
      expect(() => parseStreamName(name)).toThrow(RangeError);
    },
  );
});

describe('A decision', () => {
  it('accepts with facts, or with none where nothing is new', () => {
    expect(accept('a', 'b')).toEqual({ outcome: 'accepted', events: ['a', 'b'] });
    expect(accept()).toEqual({ outcome: 'accepted', events: [] });
  });

  it('refuses with a code', () => {
    expect(refuse({ code: 'case-closed' })).toEqual({ outcome: 'refused', refusal: { code: 'case-closed' } });
  });
});

describe('fold', () => {
  const sum: Pick<Decider<number, never, number, never>, 'initialState' | 'evolve'> = {
    initialState: 0,
    evolve: (state, event) => state + event,
  };

  it('begins with the initial state', () => {
    expect(fold(sum, [])).toBe(0);
    expect(fold(sum, new Set([1, 2]))).toBe(3);
  });

  it('goes on from a state it left, to the same end', () => {
    fc.assert(
      fc.property(fc.array(fc.integer()), fc.nat(), (events, cut) => {
        const half = cut % (events.length + 1);
        expect(fold(sum, events.slice(half), fold(sum, events.slice(0, half)))).toBe(fold(sum, events));
      }),
      { seed: 311 },
    );
  });
});

describe('assertNever', () => {
  it('names the value that should not be', () => {
    const value: unknown = 'new-kind';
    expect(() => assertNever(value as never)).toThrow('new-kind');
  });
});

describe('The two kinds of failure', () => {
  it('are told apart by name, and keep their cause', () => {
    const cause = new Error('disk full');
    expect(new TransientError('later', { cause })).toMatchObject({ name: 'TransientError', cause });
    expect(new PoisonMessageError('never', { cause })).toMatchObject({ name: 'PoisonMessageError', cause });
  });
});
