import { describe, expect, it } from '@jest/globals';
import { Type } from 'class-transformer';
import { IsEmail, IsObject, MaxLength, ValidateNested } from 'class-validator';

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
