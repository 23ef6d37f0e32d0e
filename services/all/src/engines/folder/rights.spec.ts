import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

import { closedPaths } from './rights.js';

describe('What a start would write to and may not', () => {
  let folder = '';
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'rights-'));
    for (const name of ['events.db', 'events.db-wal', 'vault.db', 'views.db', 'first-key'])
      writeFileSync(join(folder, name), '');
  });
  afterEach(() => {
    rmSync(folder, { recursive: true });
  });
  const closedBut = (...open: readonly string[]) =>
    closedPaths(folder, (path) => open.some((name) => path === join(folder, name)));

  it('is nothing where all is open, or not there', () => {
    expect(closedPaths(folder, () => true)).toEqual([]);
    expect(closedPaths(join(folder, 'none'), () => false)).toEqual([]);
  });
  it('is the folder by itself', () => {
    expect(closedBut()).toEqual([folder]);
  });
  it('is each database, and what SQLite keeps beside it; nothing else', () => {
    expect(closedBut('', 'views.db')).toEqual(
      ['events.db', 'events.db-wal', 'vault.db'].map((name) => join(folder, name)),
    );
  });
});
