import { randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

import { readMasterKey } from '@city311/vault';

describe('A master key', () => {
  const key = randomBytes(32);
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'master-key-'));
  });
  afterEach(() => rm(folder, { recursive: true }));

  it('is read from a setting in base64, of either alphabet', () => {
    expect(Buffer.from(readMasterKey({ base64: key.toString('base64') })).equals(key)).toBe(true);
    expect(Buffer.from(readMasterKey({ base64: key.toString('base64url') })).equals(key)).toBe(true);
  });

  it('is read from the file of the embedded vault, or from a mounted secret', async () => {
    const file = join(folder, 'key');
    for (const content of [key, `${key.toString('base64')}\n`]) {
      await writeFile(file, content);
      expect(Buffer.from(readMasterKey({ file })).equals(key)).toBe(true);
    }
  });

  it.each([
    '',
    'short',
    randomBytes(31).toString('base64'),
    randomBytes(33).toString('base64'),
    '*'.repeat(44),
  ])('is refused in another form, and the message repeats nothing of it', async (bad) => {
    const file = join(folder, 'key');
    await writeFile(file, bad);
    for (const source of [{ base64: bad }, { file }]) {
      let said = '';
      try {
        readMasterKey(source);
      } catch (error) {
        said = String(error);
      }
      expect(said).toContain('is not a master key: 32 bytes in base64 are needed');
      if (bad !== '') expect(said).not.toContain(bad);
    }
  });
});
