import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { Client } from '../server/client.js';
import { StartedServer } from '../server/started-server.js';
import { runLifecycles } from './lifecycles.js';
import { figure, line } from './print.js';
import { reportSource } from './reports.js';

const timed = async (
  dataDir: string,
): Promise<{ readonly server: StartedServer; readonly seconds: number }> => {
  const startedAt = performance.now();
  const server = await StartedServer.start({ dataDir });
  return { server, seconds: (performance.now() - startedAt) / 1000 };
};

/** From launching the process to `GET /health/ready` saying 200: on an empty folder, then with data. */
export const benchStart = async (cases: number): Promise<void> => {
  const folder = mkdtempSync(join(tmpdir(), 'city311-start-'));
  try {
    const first = await timed(folder);
    line(`first start, empty folder: ready in ${figure(first.seconds, 2)} s`);
    const client = new Client(first.server.url, await first.server.createKey('bench', 'operator'));
    await runLifecycles(client, reportSource(`start-${process.pid}`), cases);
    client.close();
    await first.server.stop();
    const second = await timed(folder);
    line(`second start, ${figure(cases)} cases present: ready in ${figure(second.seconds, 2)} s`);
    await second.server.stop();
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
};
