import { closeSync, mkdirSync, openSync, renameSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { parentPort, workerData } from 'node:worker_threads';

import type { EmlAnswer, EmlJob } from './eml-protocol.js';

const { folder } = workerData as { readonly folder: string };
mkdirSync(folder, { recursive: true, mode: 0o700 });

/** Writes beside, then renames: whoever lists the folder finds whole messages only. */
const write = (name: string, content: string): string | null => {
  try {
    const beside = join(folder, `.${name}.tmp`);
    const file = openSync(beside, 'w', 0o600);
    try {
      writeSync(file, content);
    } finally {
      closeSync(file);
    }
    renameSync(beside, join(folder, name));
    return null;
  } catch (error) {
    return error instanceof Error && 'code' in error ? String(error.code) : 'cannot write';
  }
};

parentPort?.on('message', ({ id, files }: EmlJob) => {
  const answer: EmlAnswer = { id, faults: files.map(({ name, content }) => write(name, content)) };
  parentPort?.postMessage(answer);
});
