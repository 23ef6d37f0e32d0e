import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { describe, expect, it } from '@jest/globals';

import { openFolderMedia } from '@city311/media';
import { describeMediaContract, samplePng } from '@city311/testing';

const newFolder = () => mkdtemp(join(tmpdir(), 'city311-media-'));

describeMediaContract('A folder', async ({ maxBytes }) => {
  const folder = await newFolder();
  return {
    media: await openFolderMedia({ folder, maxBytes }),
    dispose: () => rm(folder, { recursive: true }),
  };
});

describe('openFolderMedia', () => {
  it('leaves one file per photo and no drafts, and finds it after a new start', async () => {
    const folder = await newFolder();
    const { sha256 } = await (await openFolderMedia({ folder })).put(samplePng(), 'image/png');
    expect(await readdir(folder, { recursive: true })).toEqual([
      sha256.slice(0, 2),
      join(sha256.slice(0, 2), sha256),
    ]);
    const found = await (await openFolderMedia({ folder })).get(sha256);
    expect(found).toMatchObject({ sha256, contentType: 'image/png' });
    found?.body.destroy();
    await rm(folder, { recursive: true });
  });
});
