import { describe, expect, it } from '@jest/globals';

import { applied, lineAt, mutantsOf, operatorNames } from './operators.js';

/** What each operator makes of a piece of code. */
const examples: readonly (readonly [operator: string, code: string, ...made: string[]])[] = [
  ['another operator', 'f(a === b);', 'f(a !== b);'],
  ['another operator', 'f(a < b);', 'f(a <= b);'],
  ['another operator', 'f(a && b);', 'f(a || b);'],
  ['another operator', 'f(a - b);', 'f(a + b);'],
  ['another operator', 'a += b;', 'a -= b;'],
  ['another operator', 'f(a, b);'],
  ['always the default', 'f(a ?? b);', 'f(b);'],
  ['the other way round', 'f(a ? b : c);', 'f(!(a) ? b : c);'],
  ['the other way round', 'if (a || b) f();', 'if (!(a || b)) f();'],
  ['never so', 'if (a) f();', 'if (false) f();'],
  ['never so', 'if (false) f();'],
  ['without not', 'f(!a);', 'f(a);'],
  ['left out', 'f(); g;', '; g;'],
  ['left out', 'await f();', ';'],
  ['left out', 'a = b;', ';'],
  ['left out', 'n += 1;', ';'],
  ['left out', 'const a = f();'],
  ['returns at once', 'const f = () => { g(); h(); };', 'const f = () => { return; h(); };'],
  ['returns at once', 'class A { b() { c(); } }', 'class A { b() { return; } }'],
  ['returns at once', 'const f = () => 1;'],
  ['another truth', 'f(true);', 'f(false);'],
  ['another truth', 'f(false);', 'f(true);'],
  ['another number', 'f(0);', 'f(1);'],
  ['another number', 'f(1);', 'f(0);'],
  ['another number', 'f(10_000);', 'f(10001);'],
  ['another word', "type T = 'a' | 'b' | 'c'; f('b');", "type T = 'a' | 'b' | 'c'; f('c');"],
  ['another word', "type T = 'a' | 'b'; f('b');", "type T = 'a' | 'b'; f('a');"],
  ['another word', "type T = 'a'; f('a', 'of no union');"],
  ['empty list', 'f([a, b]);', 'f([]);'],
  ['empty list', 'const [a] = f([]);'],
  ['not awaited', 'g(await f());', 'g(f());'],
  ['without decorator', '@A() class B {}', ' class B {}'],
  ['without decorator', 'class A { @B() c() {} }', 'class A {  c() {} }'],
  [
    'open to every role',
    "class A { @Roles('operator') b() {} }",
    "class A { @Roles('channel', 'importer', 'department', 'operator') b() {} }",
  ],
  ['open to every role', 'class A { @Get() b() {} }'],
  ['without the call', 'f(a.filter(b));', 'f(a);'],
  ['without the call', 'f(a.map(b));'],
];

describe('Single changes', () => {
  it.each(examples)('%s: %s', (operator, code, ...made) => {
    const mutants = mutantsOf(code).filter((mutant) => mutant.operator === operator);
    expect(mutants.map((mutant) => applied(code, mutant))).toEqual(made);
  });

  it('have an example each', () => {
    const shown = examples.filter(([, , ...made]) => made.length > 0).map(([operator]) => operator);
    expect(new Set(shown)).toEqual(new Set(operatorNames));
  });

  it('are made to nothing that only the compiler reads', () => {
    const idle = [
      "import { a } from './a.js';",
      "export { b } from './b.js';",
      "type C = 1 | true | 'c' | [2];",
      'interface D { e: 1; f(g: true): 2 }',
      'let h: 1 | readonly [true];',
    ];
    for (const code of idle) expect(mutantsOf(code)).toEqual([]);
  });

  it('come in the order of the text, each changing something', () => {
    const code = 'if (!a && b > 1) {\n  f([c, true]);\n}\nreturn d ?? 0;';
    const mutants = mutantsOf(code);
    expect(mutants.map(({ start }) => start)).toEqual(
      mutants.map(({ start }) => start).toSorted((a, b) => a - b),
    );
    for (const mutant of mutants) expect(applied(code, mutant)).not.toBe(code);
    expect(new Set(mutants.map((mutant) => applied(code, mutant))).size).toBe(mutants.length);
    expect(mutants.map(({ start }) => lineAt(code, start))).toEqual([1, 1, 1, 1, 1, 1, 2, 2, 2, 4, 4]);
  });
});
