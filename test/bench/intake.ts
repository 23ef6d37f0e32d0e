import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

import { Client } from '../server/client.js';
import { untilDrained } from '../server/drained.js';
import { StartedServer } from '../server/started-server.js';
import { fsyncCostMs } from './fsync.js';
import { postAtRate, postFor, type LoadResult } from './load.js';
import { figure, line } from './print.js';
import { reportSource } from './reports.js';

const connections = 64;

const rawBaseline = async (seconds: number): Promise<LoadResult> => {
  const child = spawn(process.execPath, [fileURLToPath(new URL('./raw-server.js', import.meta.url))], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  try {
    const [url] = (await once(createInterface({ input: child.stdout }), 'line')) as [string];
    const next = reportSource('raw');
    return await postFor(url, { seconds, connections, key: 'none', body: () => JSON.stringify(next()) });
  } finally {
    child.kill('SIGKILL');
  }
};

/** Accepted, durable reports a second against the raw baseline; then answer times at a calm, fixed rate. */
export const benchIntake = async (seconds: number): Promise<void> => {
  line(`one fdatasync: ${figure(fsyncCostMs(), 3)} ms`);
  const raw = await rawBaseline(seconds);
  line(
    `raw baseline (bare Fastify, same group commit), ${connections} connections: ${figure(raw.perSecond)}/s, p99 ${figure(raw.p99Ms, 1)} ms`,
  );
  const server = await StartedServer.start();
  try {
    const key = await server.createKey('bench', 'operator');
    const client = new Client(server.url, key);
    const next = reportSource(`intake-${process.pid}`);
    const body = (): string => JSON.stringify(next());
    await postFor(server.url, { seconds: 2, connections, key, body });
    await untilDrained(client);
    const startedAt = performance.now();
    const full = await postFor(server.url, { seconds, connections, key, body });
    await untilDrained(client);
    const drainedSeconds = (performance.now() - startedAt) / 1000;
    line(
      `accepted POST /events, all consumers on: ${figure(full.perSecond)}/s while posting (${share(full.perSecond, raw.perSecond)} of raw), p99 ${figure(full.p99Ms, 1)} ms, ${full.refused} refused`,
    );
    line(
      `  with the backlog drained inside the timing: ${figure(full.accepted / drainedSeconds)}/s (${share(full.accepted / drainedSeconds, raw.perSecond)} of raw)`,
    );
    const calm = await postAtRate(client, next, 500, seconds);
    await untilDrained(client);
    line(
      `500/s arriving at random: ${figure(calm.perSecond)}/s accepted, p50 ${figure(calm.p50Ms, 1)} ms, p99 ${figure(calm.p99Ms, 1)} ms from when each was due`,
    );
    line(`peak memory of the server: ${server.peakMemoryMb() ?? '?'} MB`);
    client.close();
  } finally {
    await server.stop();
  }
};

const share = (part: number, whole: number): string => `${figure((100 * part) / whole, 1)}%`;
