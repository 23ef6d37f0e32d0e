import { describe, expect, it } from '@jest/globals';

import { randomOf } from '../generated/random.js';
import { candidatesIn, isProductCode, shuffled } from './candidates.js';
import { readChangedLines } from './changed-lines.js';
import { readOptions } from './options.js';
import { projectRoot } from '../server/project-root.js';
import { readGreen } from './try-out.js';

describe('What may be changed', () => {
  it('is code that runs in the product', () => {
    const product = ['libs/a/src/b.ts', 'services/all/src/http/c.controller.ts'];
    const others = [
      'libs/a/src/b.spec.ts',
      'libs/a/src/b.int.spec.ts',
      'libs/a/src/b.spec-support.ts',
      'libs/testing/src/contract.ts',
      'libs/lint/fixtures/d.ts',
      'libs/a/test/children/e.ts',
      'libs/a/dist/src/b.ts',
      'libs/a/README.md',
      'test/mutate/operators.ts',
      'jest.config.mjs',
    ];
    expect([...product, ...others].filter(isProductCode)).toEqual(product);
  });

  it('lies on lines that a difference adds or changes', () => {
    const diff = [
      'diff --git a/libs/a.ts b/libs/a.ts',
      '--- a/libs/a.ts',
      '+++ b/libs/a.ts',
      '@@ -3 +3 @@ const a',
      '-old',
      '+new',
      '@@ -10,0 +11,3 @@',
      '+++ b/not a file, but text that was added',
      '+2',
      '+3',
      '@@ -20,2 +23,0 @@',
      '-gone',
      'diff --git a/libs/gone.ts b/libs/gone.ts',
      '--- a/libs/gone.ts',
      '+++ /dev/null',
      '@@ -1,2 +0,0 @@',
      'diff --git a/libs/b.ts b/libs/b.ts',
      '--- /dev/null',
      '+++ b/libs/b.ts',
      '@@ -0,0 +1,2 @@',
    ].join('\n');
    expect(readChangedLines(diff)).toEqual(
      new Map([
        [
          'libs/a.ts',
          [
            { from: 3, to: 3 },
            { from: 11, to: 13 },
          ],
        ],
        ['libs/b.ts', [{ from: 1, to: 2 }]],
      ]),
    );
  });

  it('is found under the paths that are named', () => {
    const file = 'libs/kernel/src/case-place.ts';
    const found = candidatesIn(projectRoot, { since: null, paths: ['libs/kernel/src'] });
    expect(found.length).toBeGreaterThan(5);
    for (const { file: of, line } of found) {
      expect(of).toMatch(/^libs\/kernel\/src\//);
      expect(line).toBeGreaterThan(0);
    }
    expect(() => candidatesIn(projectRoot, { since: null, paths: [`${file}.not`] })).toThrow('there is no');
    expect(candidatesIn(projectRoot, { since: 'HEAD', paths: ['.ci'] })).toEqual([]);
  });

  it('is drawn in the same order for the same seed, and nothing twice', () => {
    const items = Array.from({ length: 50 }, (_, n) => n);
    const drawn = shuffled(items, randomOf(7));
    expect(shuffled(items, randomOf(7))).toEqual(drawn);
    expect(shuffled(items, randomOf(8))).not.toEqual(drawn);
    expect(drawn.toSorted((a, b) => a - b)).toEqual(items);
  });
});

describe('The suites next to a change', () => {
  it('are those that pass without it, the fastest first', () => {
    const testResults = [
      { name: 'slow', status: 'passed', startTime: 10, endTime: 90 },
      { name: 'red', status: 'failed', startTime: 10, endTime: 20 },
      { name: 'fast', status: 'passed', startTime: 20, endTime: 30 },
    ];
    expect(readGreen(JSON.stringify({ testResults }))).toEqual([
      { name: 'fast', ms: 10 },
      { name: 'slow', ms: 80 },
    ]);
  });
});

describe('The options', () => {
  const read = (...args: readonly string[]) => readOptions([...args, '--seed', '1'], () => 'usual');
  const usual = { most: 40, seconds: 1_800, seed: 1 };

  it('mean what changed since the usual revision where nothing is named, and whole paths where some are', () => {
    expect(read()).toEqual({ ...usual, since: 'usual', paths: [] });
    expect(read('libs/a', 'libs/b')).toEqual({ ...usual, since: null, paths: ['libs/a', 'libs/b'] });
    expect(read('--since', 'abc', 'libs/a')).toEqual({ ...usual, since: 'abc', paths: ['libs/a'] });
    expect(read('--most', '3', '--seconds', '60')).toMatchObject({ most: 3, seconds: 60 });
  });

  it.each([
    ['--most', '0'],
    ['--most', 'x'],
    ['--seconds', '-1'],
    ['--often', '1'],
  ])('are refused where they are not understood: %s %s', (name, value) => {
    expect(() => read(`${name}=${value}`)).toThrow();
  });
});
