import { parseArgs } from 'node:util';
import { resolve } from 'node:path';

import { engineNames } from './engines.js';
import { LocalCluster } from './local-cluster.js';

const usage = `usage: npm run cluster:local [-- --folder F] [--replicas 2] [--port 3110]

Starts Kafka, a stand-in for MongoDB, a double of EventStoreDB, every service as processes of its own, and a
gateway before them, on 127.0.0.1; says where everything is; Ctrl-C stops it. --folder keeps the data.
Needs Java 17, and Maven the first time.
`;

const print = (line: string): void => void process.stdout.write(`${line}\n`);

const places = (cluster: LocalCluster): string => {
  const { engines, replicas, url, keys, settings } = cluster;
  const services = replicas.map((one) => {
    const { url: at = 'not running', managementUrl: figures = '' } = one.backend() ?? {};
    return `  ${one.name.padEnd(16)} ${at}   figures and health at ${figures}`;
  });
  return `
311 is ready, as ${replicas.length} processes: ${url}
${services.join('\n')}
  Kafka            ${engines.kafka.brokers.join(',')}
  MongoDB          ${settings['MONGODB_URL'] ?? ''}
  event store      ${engines.eventstore.url}
  data             ${cluster.folder}
Engines: ${engineNames}.

Keys: operator ${keys.operator}
      channel  ${keys.channel}

Report a pothole:
  curl -s ${url}/events -H 'authorization: Bearer ${keys.channel}' -H 'content-type: application/cloudevents+json' -d '{
    "specversion": "1.0", "id": "1", "source": "urn:try", "type": "city311.report.submitted.v1",
    "data": { "serviceCode": "REQPOTHL", "description": "Deep hole in the right lane",
              "location": { "latitude": 42.3479, "longitude": -71.0745, "address": "700 Boylston St" } } }'
See it:    curl -s ${url}/api/cases/<case number from the answer> -H 'authorization: Bearer ${keys.operator}'
Is all done? curl -s ${url}/api/status -H 'authorization: Bearer ${keys.operator}'

Operators' commands want the same settings:
${['EVENTSTORE_URL', 'KAFKA_BROKERS', 'MONGODB_URL', 'MASTER_KEY']
  .map((name) => `  export ${name}='${settings[name] ?? ''}'`)
  .join('\n')}

Ctrl-C stops everything.`;
};

const main = async (args: readonly string[]): Promise<number> => {
  const { values } = parseArgs({
    args: [...args],
    options: { folder: { type: 'string' }, replicas: { type: 'string' }, port: { type: 'string' } },
  });
  const [replicas, port] = [Number(values.replicas ?? '2'), Number(values.port ?? '0')];
  if (!Number.isInteger(replicas) || replicas < 1)
    throw new RangeError('--replicas must be a positive number');
  if (!Number.isInteger(port) || port < 0 || port > 65_535) throw new RangeError('--port must be a port');
  const asked = Promise.withResolvers<undefined>();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => asked.resolve(undefined));
  // Who stops it while it starts has it stopped as soon as it has started.
  const cluster = await LocalCluster.start({
    ...(values.folder === undefined ? {} : { folder: resolve(values.folder) }),
    replicas,
    ports: { gateway: port },
    say: print,
  });
  print(places(cluster));
  await asked.promise;
  print('Stopping …');
  await cluster.stop();
  print('Stopped.');
  return 0;
};

process.exit(
  await main(process.argv.slice(2)).catch((cause: unknown) => {
    const isUsage = cause instanceof RangeError || cause instanceof TypeError;
    const why = cause instanceof Error ? cause : new Error(String(cause));
    process.stderr.write(isUsage ? `${why.message}\n\n${usage}` : `${why.stack ?? why.message}\n`);
    return isUsage ? 2 : 1;
  }),
);
