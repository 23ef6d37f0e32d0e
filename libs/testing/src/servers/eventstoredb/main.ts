/**
 * The double as a process of its own: `node main.js --folder <path> [--port <n>] [--max-append-bytes <n>]`.
 * Prints `ready <url>` when it takes calls. SIGUSR2 cuts every connection; SIGTERM ends it. A parent with an IPC channel may send
 * `{ "faults": { … } }`, which are set as they are, or `"drop"`.
 */
import { parseArgs } from 'node:util';

import { startEventStoreDouble } from './double.js';

const { values } = parseArgs({
  options: {
    folder: { type: 'string' },
    port: { type: 'string', default: '0' },
    'max-append-bytes': { type: 'string' },
  },
});
const { folder, port, 'max-append-bytes': maxAppendBytes } = values;
if (folder === undefined) {
  process.stderr.write('--folder is missing: where the journal is to lie\n');
  process.exit(2);
}

const double = await startEventStoreDouble({
  folder,
  port: Number(port),
  ...(maxAppendBytes === undefined ? {} : { maxAppendBytes: Number(maxAppendBytes) }),
});

const stop = (): void => {
  double.stop().then(
    () => process.exit(0),
    () => process.exit(1),
  );
};
process.on('SIGUSR2', double.dropConnections).on('SIGTERM', stop).on('SIGINT', stop);
process.on('message', (message) => {
  if (message === 'drop') double.dropConnections();
  else if (typeof message === 'object' && message !== null && 'faults' in message) {
    Object.assign(double.faults, message.faults);
  }
});
// whoever started it has gone: nobody would ever end it
process.on('disconnect', stop);
process.stdout.write(`ready ${double.url}\n`);
