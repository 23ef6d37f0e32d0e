import { closeSync, openSync, statfsSync, writeSync } from 'node:fs';

const pageBytes = 4_096;

/**
 * Takes every free page of the disk that the file lies on; what is freed meanwhile is left to the next call, so that
 * this one ends.
 */
export const fillDisk = (file: string): void => {
  const filler = openSync(file, 'a');
  const { blocks, bsize } = statfsSync(file);
  for (const pages of [256, 16, 1]) {
    const piece = Buffer.alloc(pages * pageBytes);
    try {
      for (let left = (blocks * bsize) / piece.length; left > 0; left -= 1) writeSync(filler, piece);
    } catch {
      // This piece did not fit any more.
    }
  }
  closeSync(filler);
};
