import { loadCity } from '@city311/city';

import { randomOf } from '../generated/random.js';
import { Client } from '../server/client.js';
import { problemText } from '../server/json.js';
import { StartedServer } from '../server/started-server.js';
import { readFigures } from './figures-file.js';
import { arrivals, drive, percentile } from './open-loop.js';
import { readOptions, usage, type SimulateOptions } from './options.js';
import { Residents } from './resident.js';

const print = (line: string): void => void process.stdout.write(`${line}\n`);

const simulate = async (options: SimulateOptions, client: Client): Promise<boolean> => {
  const figures = readFigures('boston');
  const random = randomOf(options.seed);
  const run = `sim-${Date.now().toString(36)}`;
  const residents = new Residents(loadCity('boston'), figures, random, run, options.storm);
  const answerMs: number[] = [];
  const errors = new Map<string, number>();
  const startedAt = performance.now();
  const seconds = (): number => (performance.now() - startedAt) / 1000;
  const progress = setInterval(() => {
    print(
      `${seconds().toFixed(0).padStart(5)} s  ${answerMs.length} taken, ${(answerMs.length / seconds()).toFixed(1)}/s`,
    );
  }, 2_000);
  await drive(
    arrivals(options, random),
    async () => {
      const body = residents.next(new Date());
      try {
        const call = { path: '/events', contentType: 'application/cloudevents+json', body };
        const { status, body: answer } = await client.once(call);
        return { status, reason: status === 201 ? '' : problemText(answer) };
      } catch (cause) {
        return { status: 0, reason: cause instanceof Error ? cause.message : String(cause) };
      }
    },
    (sent) => {
      if (sent.status === 201) answerMs.push(sent.answerMs);
      else {
        const kind = `${sent.status === 0 ? 'no answer' : `status ${sent.status}`}: ${sent.reason}`;
        errors.set(kind, (errors.get(kind) ?? 0) + 1);
      }
    },
  );
  clearInterval(progress);
  const took = seconds();
  answerMs.sort((one, other) => one - other);
  const failed = [...errors.values()].reduce((sum, count) => sum + count, 0);
  print('');
  print(
    `seed ${options.seed}, ${answerMs.length} reports taken in ${took.toFixed(1)} s = ${(answerMs.length / took).toFixed(1)}/s (asked ${options.rate}/s${options.storm ? ', storm' : ''})`,
  );
  print(
    `answered in p50 ${percentile(answerMs, 0.5).toFixed(1)} ms, p99 ${percentile(answerMs, 0.99).toFixed(1)} ms, at most ${percentile(answerMs, 1).toFixed(1)} ms, counted from when each was due`,
  );
  print(
    failed === 0
      ? 'no errors'
      : `${failed} errors: ${[...errors].map(([kind, count]) => `${count} × ${kind}`).join(', ')}`,
  );
  return failed === 0 && answerMs.length > 0;
};

const main = async (args: readonly string[]): Promise<number> => {
  let options: SimulateOptions;
  try {
    options = readOptions(args, Date.now() % 1_000_000);
  } catch (cause) {
    process.stderr.write(`${cause instanceof Error ? cause.message : String(cause)}\n\n${usage}\n`);
    return 2;
  }
  const limits = { sockets: 256 };
  if (options.target !== undefined) {
    return (await simulate(options, new Client(options.target, options.key ?? '', limits))) ? 0 : 1;
  }
  const server = await StartedServer.start();
  const stop = (): void => void server.stop().finally(() => process.exit(130));
  process.once('SIGINT', stop).once('SIGTERM', stop);
  try {
    print(`own server ${server.url}, empty folder ${server.dataDir}`);
    const key = await server.createKey('simulate', 'channel');
    return (await simulate(options, new Client(server.url, key, limits))) ? 0 : 1;
  } finally {
    const obituary = server.obituary();
    if (obituary !== null) process.stderr.write(`${obituary}\n`);
    await server.stop();
  }
};

process.exit(
  await main(process.argv.slice(2)).catch((cause: unknown) => {
    process.stderr.write(`${cause instanceof Error ? cause.message : String(cause)}\n`);
    return 1;
  }),
);
