import { closeSync, fdatasyncSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Milliseconds that one 4 KiB write with fdatasync costs on the disk of the temporary folder, mean of `times`. */
export const fsyncCostMs = (times = 300): number => {
  const folder = mkdtempSync(join(tmpdir(), 'city311-fsync-'));
  const file = openSync(join(folder, 'probe'), 'w');
  const page = Buffer.alloc(4096, 1);
  try {
    const startedAt = performance.now();
    for (let at = 0; at < times; at += 1) {
      writeSync(file, page, 0, page.length, at * page.length);
      fdatasyncSync(file);
    }
    return (performance.now() - startedAt) / times;
  } finally {
    closeSync(file);
    rmSync(folder, { recursive: true, force: true });
  }
};
