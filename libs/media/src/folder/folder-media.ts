import { createHash, randomBytes } from 'node:crypto';
import { mkdir, open, rename, rm, stat, unlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';

import { TransientError } from '@city311/kernel';

import { cleanImage, imageTypeOf } from '../clean/clean-image.js';
import { MediaRefusedError } from '../media.js';
import type { Media } from '../media.js';

export interface FolderMediaOptions {
  /** Made where there is none. */
  readonly folder: string;
  /** Of a photo as it is sent. */
  readonly maxBytes?: number;
}

const defaultMaxBytes = 10 * 1024 * 1024;
const hashPattern = /^[0-9a-f]{64}$/;

const hasCode = (error: unknown, code: string): boolean =>
  typeof error === 'object' && error !== null && 'code' in error && error.code === code;

/** Null instead of an error where the file is not there. */
const ifThere = async <Result>(work: Promise<Result>): Promise<Result | null> => {
  try {
    return await work;
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return null;
    throw error;
  }
};

const syncFolder = async (folder: string): Promise<void> => {
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
};

/** Whole and on disk, or not there. */
const writeFile = async (file: string, bytes: Buffer): Promise<void> => {
  const folder = dirname(file);
  const made = await mkdir(folder, { recursive: true });
  const draft = `${file}.${randomBytes(6).toString('hex')}.part`;
  try {
    const handle = await open(draft, 'wx', 0o600);
    try {
      await handle.writeFile(bytes);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(draft, file);
  } catch (error) {
    await rm(draft, { force: true });
    throw error;
  }
  await syncFolder(folder);
  if (made !== undefined) await syncFolder(dirname(folder));
};

/** Photos as files named by their hash, in 256 folders. */
export const openFolderMedia = async (options: FolderMediaOptions): Promise<Media> => {
  const maxBytes = options.maxBytes ?? defaultMaxBytes;
  await mkdir(options.folder, { recursive: true });
  const fileOf = (sha256: string): string => join(options.folder, sha256.slice(0, 2), sha256);

  return {
    put: async (bytes, declaredType) => {
      if (bytes.length > maxBytes) {
        throw new MediaRefusedError(
          'too-large',
          `the photo has ${bytes.length} bytes; at most ${maxBytes} are taken`,
        );
      }
      const sent = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
      const contentType = imageTypeOf(sent);
      if (contentType === null) {
        throw new MediaRefusedError(
          'not-an-image',
          `only JPEG, PNG and WebP are taken; this (${declaredType.slice(0, 80)}) is none`,
        );
      }
      const clean = cleanImage(sent, contentType);
      const sha256 = createHash('sha256').update(clean).digest('hex');
      const file = fileOf(sha256);
      try {
        if ((await ifThere(stat(file))) === null) await writeFile(file, clean);
      } catch (error) {
        throw new TransientError('the photo could not be stored', { cause: error });
      }
      return { sha256, contentType, sizeBytes: clean.length };
    },

    get: async (sha256) => {
      if (!hashPattern.test(sha256)) return null;
      const handle = await ifThere(open(fileOf(sha256), 'r'));
      if (handle === null) return null;
      try {
        const head = Buffer.alloc(16);
        await handle.read(head, 0, head.length, 0);
        const contentType = imageTypeOf(head);
        if (contentType === null) throw new Error(`the stored photo ${sha256} is no image any more`);
        const { size: sizeBytes } = await handle.stat();
        return { sha256, contentType, sizeBytes, body: handle.createReadStream({ start: 0 }) };
      } catch (error) {
        await handle.close();
        throw error;
      }
    },

    erase: async (sha256) => {
      if (!hashPattern.test(sha256)) return false;
      const file = fileOf(sha256);
      const there = await ifThere(unlink(file).then(() => true));
      if (there === null) return false;
      await syncFolder(dirname(file));
      return true;
    },

    close: () => Promise.resolve(),
  };
};
