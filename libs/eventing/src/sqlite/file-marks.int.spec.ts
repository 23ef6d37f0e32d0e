import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import Database from 'better-sqlite3';

import { changeFileMarks, readFileMarks } from './file-marks.js';

describe('The marks of a file', () => {
  let folder: string;
  let file: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'marks-'));
    file = join(folder, 'some.db');
  });
  afterEach(() => rm(folder, { recursive: true }));

  it('are null where there is no file, and none of them makes one', () => {
    expect(readFileMarks(file)).toBeNull();
    expect(() => {
      changeFileMarks(file, () => ({ deployment: 'a' }));
    }).toThrow();
    expect(readFileMarks(file)).toBeNull();
  });

  it('are none in a file that nobody marked, and what was written last afterwards', () => {
    new Database(file).exec('CREATE TABLE t (n)').close();
    expect(readFileMarks(file)).toEqual({});
    changeFileMarks(file, (before) => ({ ...before, deployment: 'a', seal: 's' }));
    changeFileMarks(file, ({ deployment = '' }) => ({ deployment: `${deployment}b` }));
    expect(readFileMarks(file)).toEqual({ deployment: 'ab' });
    changeFileMarks(file, () => null);
    expect(readFileMarks(file)).toEqual({ deployment: 'ab' });
  });
});
