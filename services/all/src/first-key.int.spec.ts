import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { tellFirstKey } from './first-key.js';

const key = 'city311_first_made-up';

describe('The first key', () => {
  let DATA_DIR = '';
  beforeEach(() => {
    DATA_DIR = mkdtempSync(join(tmpdir(), 'city311-first-'));
  });
  afterEach(() => rmSync(DATA_DIR, { recursive: true }));
  const file = (): string => join(DATA_DIR, 'first-key');

  it('is shown where `print` asks for it, and written nowhere', () => {
    const { lines, inShell } = tellFirstKey({ DATA_DIR, FIRST_KEY: 'print' }, key);
    expect(lines).toContain(key);
    expect(inShell).toBe(key);
    expect(() => statSync(file())).toThrow('ENOENT');
  });

  it('is a file for its owner alone where `file` asks for it, also in place of an older one', () => {
    writeFileSync(file(), 'older', { mode: 0o644 });
    const { lines, inShell } = tellFirstKey({ DATA_DIR, FIRST_KEY: 'file' }, key);
    expect(`${lines}${inShell}`).not.toContain(key);
    expect(lines).toContain(file());
    expect(readFileSync(file(), 'utf8').trim()).toBe(key);
    expect(statSync(file()).mode & 0o777).toBe(0o600);
  });

  it('is not mentioned where this start made none', () => {
    expect(tellFirstKey({ DATA_DIR, FIRST_KEY: 'file' }, null).lines).toBe('');
  });
});
