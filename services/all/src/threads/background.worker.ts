import { setPriority } from 'node:os';
import { parentPort, workerData } from 'node:worker_threads';

import { createLogger } from '@city311/platform';

import type { Config } from '../config.js';
import { traceThread } from '../trace-thread.js';
import type { FromBackground, ToBackground } from './background-work.js';
import { startBackground } from './background.js';
import { toFailure } from './failure.js';

const port = parentPort;
if (port === null) throw new Error('this is the entry of a worker thread');
const tell = (message: FromBackground): void => {
  port.postMessage(message);
};
// Whoever waits for an answer goes first. On Linux this is the priority of this thread alone; elsewhere it would be
// that of the whole process.
if (process.platform === 'linux') setPriority(10);

const config = workerData as Config;
try {
  const tracing = await traceThread(config, 'background', createLogger(config.LOG_LEVEL));
  const work = await startBackground(config, (view) => {
    tell({ kind: 'applied', view });
  });
  const answer = async ({ id, method, args: [view = ''] }: ToBackground): Promise<void> => {
    try {
      const result = await work[method](view);
      if (method === 'stop') await tracing.stop();
      tell({ kind: 'answer', id, result });
      if (method === 'stop') port.close();
    } catch (error) {
      tell({ kind: 'failed', id, failure: toFailure(error) });
    }
  };
  port.on('message', (message: ToBackground) => void answer(message));
  tell({ kind: 'started' });
} catch (error) {
  tell({ kind: 'failed', id: null, failure: toFailure(error) });
  port.close();
}
