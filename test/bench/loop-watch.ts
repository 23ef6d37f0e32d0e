import { subscribe } from 'node:diagnostics_channel';
import { createServer } from 'node:http';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { isMainThread } from 'node:worker_threads';

import type { FastifyInstance } from 'fastify';

/**
 * Loaded into the process that is measured, before its own code (`--import`): how late the event loop of the thread
 * that answers comes to its timers, the processor time of its longest turn, and which doors there are. LOOP_WATCH_PORT
 * is where it is asked: `/routes`, `/delay` (since the last time).
 */

/** Milliseconds between two looks; what a look came later than that is the delay. */
const everyMs = 1;

interface Route {
  readonly method: string;
  readonly url: string;
}

/** Processor time of this thread so far, in milliseconds. */
const usedMs = (): number => {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1_000;
};

/**
 * What the thread itself worked between two looks at most: unlike the delay, it is the same on a machine that others
 * use as well.
 */
class LongestTurn {
  #before = usedMs();
  #longest = 0;

  constructor() {
    setInterval(() => {
      const used = usedMs();
      this.#longest = Math.max(this.#longest, used - this.#before);
      this.#before = used;
    }, everyMs).unref();
  }

  take(): number {
    const longest = this.#longest;
    this.#longest = 0;
    return longest;
  }
}

const watch = (port: number): void => {
  const routes: Route[] = [];
  subscribe('fastify.initialization', (message) => {
    const { fastify } = message as { readonly fastify: FastifyInstance };
    fastify.addHook('onRoute', ({ method, url }) => {
      for (const one of [method].flat()) if (one !== 'HEAD') routes.push({ method: one, url });
    });
  });
  const delay = monitorEventLoopDelay({ resolution: everyMs });
  delay.enable();
  const turn = new LongestTurn();
  const late = (nanoseconds: number): number => Math.max(0, nanoseconds / 1e6 - everyMs);
  createServer((request, response) => {
    response.setHeader('content-type', 'application/json').setHeader('connection', 'close');
    if (request.url === '/routes') {
      response.end(JSON.stringify(routes));
      return;
    }
    const { count } = delay;
    const [p50, p99, p999] = [50, 99, 99.9].map((percentile) => late(delay.percentile(percentile)));
    const max = count === 0 ? 0 : late(delay.max);
    response.end(JSON.stringify({ count, p50, p99, p999, max, workMs: turn.take() }));
    delay.reset();
  })
    .listen(port, '127.0.0.1')
    .unref();
};

const port = process.env['LOOP_WATCH_PORT'];
if (isMainThread && port !== undefined) watch(Number(port));
