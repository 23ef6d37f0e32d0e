import { describe, expect, it } from '@jest/globals';
import { Type } from 'class-transformer';
import { IsArray, IsIn, ValidateNested } from 'class-validator';

import { CleanText } from './clean-text.js';
import { ProblemException } from './problem.js';
import { faultsOf, parse, parseNothing } from './validation.js';

class Item {
  constructor(readonly code?: string) {}
}
for (const rule of [CleanText(3), IsIn(['abc', 'def'])]) rule(Item.prototype, 'code');

class List {
  constructor(readonly items?: readonly Item[]) {}
}
for (const rule of [IsArray(), ValidateNested({ each: true }), Type(() => Item)])
  rule(List.prototype, 'items');

describe('parse', () => {
  it('gives the value as an instance of its shape', () => {
    const list = parse(List, { items: [{ code: 'abc' }] });
    expect(list).toBeInstanceOf(List);
    expect(list.items?.[0]).toBeInstanceOf(Item);
  });

  it('names the place of each fault in a list', () => {
    const { faults } = faultsOf(List, {
      items: [{ code: 'abc' }, { code: 'abcd' }, { code: 'abc', x: 1 }, 7],
    });
    const paths = [...new Set(faults.map(({ path }) => path))];
    expect(paths).toEqual(['items.1.code', 'items.2.x', 'items.3']);
  });

  it('tells every broken rule of one member', () => {
    expect(faultsOf(List, { items: [{ code: 7 }] }).faults.map(({ path }) => path)).toEqual([
      'items.0.code',
      'items.0.code',
    ]);
  });

  it('refuses with 400 and all faults', () => {
    try {
      parse(List, { items: 1, more: 2 });
      throw new Error('nothing was refused');
    } catch (error) {
      if (!(error instanceof ProblemException)) throw error;
      expect(error.problem).toMatchObject({ status: 400, type: 'urn:city311:problem:invalid' });
      expect(new Set(error.problem.faults?.map(({ path }) => path))).toEqual(new Set(['items', 'more']));
    }
  });

  it.each(['[[]]', '[[{"code":"abc"}]]', '[{"code":"abc"},[[[]]]]'])(
    'knows a list among the items: %s',
    (items) => {
      const { faults } = faultsOf(List, JSON.parse(`{"items":${items}}`));
      expect(faults).toEqual([expect.objectContaining({ message: 'must not be a list' })]);
    },
  );
});

describe('A door that takes no body', () => {
  it.each([undefined, null, {}])('takes %j for none', (value) => {
    expect(() => {
      parseNothing(value);
    }).not.toThrow();
  });

  it.each([
    [[], ['']],
    [['a'], ['']],
    ['a', ['']],
    [0, ['']],
    [false, ['']],
    [{ a: 1, b: null }, ['a', 'b']],
  ])('refuses %j, naming what was sent', (value, paths) => {
    let told: readonly string[] = [];
    try {
      parseNothing(value);
    } catch (error) {
      if (!(error instanceof ProblemException)) throw error;
      told = error.problem.faults?.map(({ path }) => path) ?? [];
    }
    expect(told).toEqual(paths);
  });
});
