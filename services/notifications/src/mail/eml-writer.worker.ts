import { mkdirSync, writeFileSync } from 'node:fs';
import { setPriority } from 'node:os';
import { join } from 'node:path';
import { parentPort, workerData } from 'node:worker_threads';

import type { EmlAnswer, EmlJob } from './eml-protocol.js';

const { folder } = workerData as { readonly folder: string };
mkdirSync(folder, { recursive: true, mode: 0o700 });

// Files for a mailbox may wait for whoever waits for an answer. On Linux this is the priority of this thread alone.
if (process.platform === 'linux') setPriority(10);

/** A message cut off by a crash is written again, whole, under the same name: its notice does not count as sent. */
const write = (name: string, content: string): string | null => {
  try {
    writeFileSync(join(folder, name), content, { mode: 0o600 });
    return null;
  } catch (error) {
    return error instanceof Error && 'code' in error ? String(error.code) : 'cannot write';
  }
};

parentPort?.on('message', ({ id, files }: EmlJob) => {
  const answer: EmlAnswer = { id, faults: files.map(({ name, content }) => write(name, content)) };
  parentPort?.postMessage(answer);
});
