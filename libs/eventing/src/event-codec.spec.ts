import { describe, expect, it } from '@jest/globals';

import { UnknownEventTypeError } from './errors.js';
import { createEventCodec } from './event-codec.js';

type TestEvent =
  | {
      readonly type: 'CaseOpened';
      readonly data: { readonly place: { readonly street: string }; readonly tags: string[] };
    }
  | { readonly type: 'CaseClosed'; readonly data: { readonly why: string } };

const codec = createEventCodec<TestEvent>({
  context: 'intake',
  types: { CaseOpened: 3, CaseClosed: 1 },
  upcasters: {
    'intake.CaseOpened.v1': (data) => ({ place: data }),
    'intake.CaseOpened.v2': (data) => ({ ...(data as object), tags: [] }),
  },
});

describe('createEventCodec', () => {
  it('writes the current version', () => {
    expect(codec.toWire({ type: 'CaseClosed', data: { why: 'done' } })).toEqual({
      type: 'intake.CaseClosed.v1',
      data: { why: 'done' },
    });
    expect(codec.toWire({ type: 'CaseOpened', data: { place: { street: 'Elm' }, tags: [] } }).type).toBe(
      'intake.CaseOpened.v3',
    );
  });

  it('reads the current version as it is', () => {
    const data = { place: { street: 'Elm' }, tags: ['a'] };
    expect(codec.fromWire('intake.CaseOpened.v3', data)).toEqual({ type: 'CaseOpened', data });
  });

  it('brings older versions up step by step', () => {
    const expected = { type: 'CaseOpened', data: { place: { street: 'Elm' }, tags: [] } };
    expect(codec.fromWire('intake.CaseOpened.v2', { place: { street: 'Elm' } })).toEqual(expected);
    expect(codec.fromWire('intake.CaseOpened.v1', { street: 'Elm' })).toEqual(expected);
  });

  it.each([
    'intake.CaseOpened.v4',
    'intake.CaseOpened',
    'routing.CaseOpened.v3',
    'intake.CaseVanished.v1',
    'toString',
  ])('does not know %s', (type) => {
    expect(() => codec.fromWire(type, {})).toThrow(UnknownEventTypeError);
  });

  it.each(['intake.CaseClosed.v1', 'intake.CaseOpned.v1', 'intake.CaseOpened.v3'])(
    'is not built with an upcaster for %s, which leads nowhere',
    (type) => {
      const build = () =>
        createEventCodec<TestEvent>({
          context: 'intake',
          types: { CaseOpened: 3, CaseClosed: 1 },
          upcasters: { [type]: (data) => data },
        });
      expect(build).toThrow(RangeError);
    },
  );

  it('is not built with a step missing on the way', () => {
    const build = () =>
      createEventCodec<TestEvent>({
        context: 'intake',
        types: { CaseOpened: 3, CaseClosed: 1 },
        upcasters: { 'intake.CaseOpened.v1': (data) => data },
      });
    expect(build).toThrow('intake.CaseOpened.v1');
  });
});
