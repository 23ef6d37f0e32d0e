import { existsSync } from 'node:fs';

import { Client } from '../server/client.js';
import { StartedServer } from '../server/started-server.js';
import { readOptions, usage, type ReplayOptions } from './options.js';
import type { PlayCounts } from './player.js';
import { readFileRows } from './read-rows.js';
import { replay } from './replay.js';
import { faultsOf, reportLines } from './report.js';

const print = (line: string): void => void process.stdout.write(`${line}\n`);

let before = { reported: 0, seconds: 0 };
const showProgress = ({ reported, completed, inFlight }: PlayCounts, seconds: number): void => {
  const rate = Math.round((reported - before.reported) / Math.max(seconds - before.seconds, 0.001));
  before = { reported, seconds };
  print(
    `${seconds.toFixed(0).padStart(5)} s  ${reported} reported, ${completed} closed, ${inFlight} in flight, ${rate} rows/s`,
  );
};

const play = async (options: ReplayOptions, client: Client): Promise<boolean> => {
  const result = await replay(client, readFileRows(options.from, options), {
    ...(options.asOf === undefined ? {} : { asOf: options.asOf }),
    limits: {
      ...(options.inFlight === undefined ? {} : { inFlight: options.inFlight }),
      ...(options.lanes === undefined ? {} : { lanes: options.lanes }),
    },
    onProgress: showProgress,
  });
  const floors = { column: options.floor, ontime: Math.max(options.floor - 0.5, 0) };
  for (const line of reportLines(result, floors)) print(line);
  return faultsOf(result, floors).length === 0;
};

const main = async (args: readonly string[]): Promise<number> => {
  let options: ReplayOptions;
  try {
    options = readOptions(args);
    if (!existsSync(options.from)) throw new RangeError(`there is no file ${options.from}`);
  } catch (cause) {
    process.stderr.write(`${cause instanceof Error ? cause.message : String(cause)}\n\n${usage}\n`);
    return 2;
  }
  if (options.target !== undefined) {
    const client = new Client(options.target, options.key ?? '');
    return (await play(options, client)) ? 0 : 1;
  }
  const server = await StartedServer.start();
  const stop = (): void => void server.stop().finally(() => process.exit(130));
  process.once('SIGINT', stop).once('SIGTERM', stop);
  try {
    print(`own server ${server.url}, empty folder ${server.dataDir}`);
    const client = new Client(server.url, await server.createKey('replay', 'importer'));
    const passed = await play(options, client);
    print(`largest memory of the server: ${server.peakMemoryMb() ?? '?'} MB`);
    return passed ? 0 : 1;
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
