import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { createTypeCheck } from './type-check.js';

describe('The look at types', () => {
  let root = '';
  beforeAll(() => {
    root = mkdtempSync(join(tmpdir(), 'types-'));
    const compilerOptions = { strict: true, noEmit: true, types: [], lib: ['ES2024'], module: 'ESNext' };
    writeFileSync(join(root, 'tsconfig.base.json'), JSON.stringify({ compilerOptions, include: ['*.ts'] }));
    writeFileSync(join(root, 'a.ts'), 'export const a = 1;\n');
    writeFileSync(join(root, 'b.ts'), "import { a } from './a';\nexport const b: number = a;\n");
  });
  afterAll(() => {
    rmSync(root, { recursive: true });
  });

  it('tells words that compile from words that do not, again and again', () => {
    const compiles = createTypeCheck(root);
    const text = "import { a } from './a';\nexport const b: number = ";
    expect(compiles('b.ts', `${text}a + 1;\n`)).toBe(true);
    expect(compiles('b.ts', `${text}String(a);\n`)).toBe(false);
    expect(compiles('b.ts', `${text}(a;\n`)).toBe(false);
    expect(compiles('b.ts', `${text}a - 1;\n`)).toBe(true);
  });
});
