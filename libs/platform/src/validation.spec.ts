import { describe, expect, it } from '@jest/globals';
import { Type } from 'class-transformer';
import { IsArray, IsEmail, IsObject, MaxLength, ValidateBy, ValidateNested } from 'class-validator';

import { extent } from './extent.js';
import { IfGiven } from './if-given.js';
import { faultsOf } from './validation.js';

class Inner {
  constructor(readonly name?: string) {}
}
for (const rule of [IfGiven(), MaxLength(3)]) rule(Inner.prototype, 'name');

class Follower {
  constructor(readonly email?: string) {}
}
IsEmail()(Follower.prototype, 'email');

class Outer {
  constructor(readonly inner?: Inner) {}
}
for (const rule of [IfGiven(), IsObject(), ValidateNested(), Type(() => Inner)])
  rule(Outer.prototype, 'inner');

const pathsOf = (json: string): readonly string[] =>
  faultsOf(Outer, JSON.parse(json)).faults.map(({ path }) => path);

describe('The faults of a body', () => {
  it('are none where it has the shape', () => {
    expect(pathsOf('{"inner":{"name":"abc"}}')).toEqual([]);
    expect(pathsOf('{}')).toEqual([]);
  });

  it('know a null where a member may be left out', () => {
    expect(pathsOf('{"inner":null}')).toEqual(expect.arrayContaining(['inner']));
    expect(pathsOf('{"inner":{"name":null}}')).toEqual(['inner.name']);
  });

  it('name every member by its path, within others too', () => {
    expect(pathsOf('{"inner":{"name":"abcd","more":1},"other":2}')).toEqual(
      expect.arrayContaining(['inner.name', 'inner.more', 'other']),
    );
  });

  it('are told of what is no object', () => {
    for (const json of ['null', '[]', '"x"', '1']) expect(pathsOf(json)).toEqual(['']);
  });

  it.each(['__proto__', 'constructor', 'toString', 'hasOwnProperty'])('know a member named %s', (name) => {
    expect(pathsOf(`{"${name}":{"x":1}}`)).toEqual([name]);
    expect(pathsOf(`{"inner":{"${name}":1}}`)).toEqual([`inner.${name}`]);
    expect(pathsOf(`{"inner":{"name":{"${name}":1}}}`)).toEqual(['inner.name', `inner.name.${name}`]);
  });

  it('know half a surrogate pair, which some rules cannot bear', () => {
    expect(faultsOf(Follower, { email: '\uD800' }).faults).toEqual([
      { path: 'email', message: 'must be well-formed Unicode' },
    ]);
  });

  it('know a list where an object is due', () => {
    expect(pathsOf('{"inner":[]}')).toEqual(['inner']);
    expect(pathsOf('{"inner":[{"name":"abc"}]}')).toEqual(['inner']);
  });
});

let asked = 0;
/** Counts how often a rule is asked. */
const Counted = (): PropertyDecorator =>
  ValidateBy({
    name: 'counted',
    validator: {
      validate: () => {
        asked += 1;
        return true;
      },
    },
  });
class Crowd {
  constructor(readonly items?: readonly Inner[]) {}
}
for (const rule of [Counted(), IsArray(), ValidateNested({ each: true }), Type(() => Inner)])
  rule(Crowd.prototype, 'items');
Counted()(Inner.prototype, 'name');

describe('What holds too much', () => {
  const members = (count: number): object =>
    Object.fromEntries(Array.from({ length: count }, (_, index) => [`k${index}`, 1]));
  const items = (count: number, item: unknown = {}): unknown[] => Array.from({ length: count }, () => item);
  const nested = (depth: number): unknown => JSON.parse(`${'{"a":'.repeat(depth)}1${'}'.repeat(depth)}`);

  it.each([
    ['members', members(150_000), ''],
    ['members of an inner object', { items: [{}, members(extent.members + 1)] }, 'items.1'],
    ['items', { items: items(150_000) }, 'items'],
    ['items of an unknown list', { other: { x: items(extent.items + 1, 1) } }, 'other.x'],
    ['of everything together', { items: items(100, members(30)) }, ''],
    ['depth', { x: nested(extent.depth) }, `x${'.a'.repeat(extent.depth - 1)}`],
  ])('is refused for that alone, before a rule is asked: %s', (_, value, path) => {
    asked = 0;
    const { faults, isRead } = faultsOf(Crowd, value);
    expect(faults).toEqual([{ path, message: expect.stringMatching(/^must (have at most|not be nested)/) }]);
    expect([isRead, asked]).toEqual([false, 0]);
  });

  it('is read up to the limits, and each rule asked once', () => {
    asked = 0;
    expect(faultsOf(Crowd, { items: items(extent.items, { name: 'abc' }) }).faults).toEqual([]);
    expect(asked).toBe(1 + extent.items);
  });
});
