import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import { ProblemException, type Fault } from '@city311/platform';

import { parseFormBody, parseJsonBody } from './bodies.js';
import { jsonLimits } from './json-size.js';

const faultsOf = (read: () => unknown, status = 400): readonly Fault[] => {
  try {
    read();
  } catch (error) {
    if (!(error instanceof ProblemException)) throw error;
    expect(error.problem.status).toBe(status);
    return error.problem.faults ?? [];
  }
  return [];
};
const faultsIn = (text: string, status = 400): readonly Fault[] =>
  faultsOf(() => parseJsonBody(Buffer.from(text)), status);
const many = (count: number, member: (index: number) => string): string =>
  Array.from({ length: count }, (_, index) => member(index)).join(',');

describe('A JSON body', () => {
  it('is read as JSON.parse reads it, whatever its strings hold', () => {
    fc.assert(
      fc.property(fc.json({ maxDepth: 4 }), (text) => {
        expect(parseJsonBody(Buffer.from(text))).toEqual(JSON.parse(text));
      }),
    );
    const hard = String.raw`{"a\"b":"\\","c":["{[,:\\\"",{}],"__proto__":1,"constructor":{"x":[]}}`;
    expect(parseJsonBody(Buffer.from(hard))).toEqual(JSON.parse(hard));
  });

  it('has no more members in an object, and items in a list, than its limit, wherever that stands', () => {
    const wide = `{${many(jsonLimits.members + 1, (index) => `"k${index}":1`)}}`;
    const long = `[${many(jsonLimits.items + 1, () => '{}')}]`;
    const [members, items] = [
      `must have at most ${jsonLimits.members} members`,
      `must have at most ${jsonLimits.items} items`,
    ];
    expect(faultsIn(wide)).toEqual([{ path: '', message: members }]);
    expect(faultsIn(`{"data":{"x":[1,2,${wide}]}}`)).toEqual([{ path: 'data.x.2', message: members }]);
    expect(faultsIn(long, 413)).toEqual([{ path: '', message: items }]);
    expect(faultsIn(`[{"a":1},{"b\\n":${long}}]`, 413)).toEqual([{ path: '1.b\n', message: items }]);
    expect(faultsIn(`{${many(jsonLimits.members, (index) => `"k${index}":1`)}}`)).toEqual([]);
    expect(faultsIn(`[${many(jsonLimits.items, () => '{}')}]`)).toEqual([]);
  });

  it('has no more members in all, and no more depth, than its limit', () => {
    const events = (each: number): string =>
      `[${many(500, () => `{${many(each, (index) => `"k${index}":1`)}}`)}]`;
    expect(faultsIn(events(80))).toEqual([]);
    expect(faultsIn(events(81))).toEqual([
      { path: '', message: `must have at most ${jsonLimits.allMembers} members in all` },
    ]);
    const nested = (depth: number): string => `${'['.repeat(depth)}${']'.repeat(depth)}`;
    expect(faultsIn(nested(jsonLimits.depth))).toEqual([]);
    expect(faultsIn(nested(jsonLimits.depth + 1))).toHaveLength(1);
    expect(faultsIn(nested(500_000))).toHaveLength(1);
  });

  it('is refused for what there is too much of before it is parsed', () => {
    // No JSON at its end: whoever parses first would say that.
    expect(faultsIn(`{${many(150_000, (index) => `"k${index}":1`)}`)).toHaveLength(1);
  });

  it.each([
    ['{"a":1,"a":1}', 'a'],
    ['{"a":1,"\\u0061":2}', 'a'],
    ['{"data":{"location":{"zip":"02116","street":"A St","zip":"02118"}}}', 'data.location.zip'],
    ['[{"id":"1"},{"id":"2","id":"3"}]', '1.id'],
    ['{"__proto__":1,"__proto__":2}', '__proto__'],
  ])('says which member stands there twice: %s', (text, path) => {
    expect(faultsIn(text)).toEqual([{ path, message: 'is there twice' }]);
  });
});

describe('A form', () => {
  it('is read as a browser sends it', () => {
    const body = Buffer.from('a=1+2%2B3&b=&c&d=%C3%A9&d=%zz&e=+');
    expect({ ...(parseFormBody(body) as object) }).toEqual({
      a: '1 2+3',
      b: '',
      c: '',
      d: ['é', '%zz'],
      e: ' ',
    });
  });

  it('has at most 500 parameters, and loses none of them', () => {
    const form = (count: number): Buffer =>
      Buffer.from(Array.from({ length: count }, (_, index) => `a${index}=1`).join('&'));
    expect(Object.keys(parseFormBody(form(500)) as object)).toHaveLength(500);
    expect(faultsOf(() => parseFormBody(form(501)))).toEqual([
      { path: '', message: 'must have at most 500 parameters' },
    ]);
  });
});
