import { join } from 'node:path';
import { mkdirSync } from 'node:fs';

import {
  spawnEventStoreDouble,
  startJavaBroker,
  startJavaMongo,
  type DoubleProcess,
  type JavaBroker,
  type MongoServer,
} from '@city311/testing/servers';

export interface EnginePorts {
  readonly kafka?: number;
  readonly mongodb?: number;
  readonly eventstore?: number;
}

/** Said beside every figure: what was measured was measured on these. */
export const engineNames =
  'Kafka 4 (one broker, 384 MB heap), a stand-in for MongoDB (mongo-java-server on H2), a protocol double of EventStoreDB';

/** The three engines as processes of this machine that end with us. */
export interface Engines {
  readonly kafka: JavaBroker;
  readonly mongodb: MongoServer;
  readonly eventstore: DoubleProcess;
  stop(): Promise<void>;
}

/** @param folder  keeps what they keep @param forShort  they live for minutes @throws Error  one cannot be had, such as Kafka without Java */
export const startEngines = async (
  folder: string,
  ports: EnginePorts = {},
  forShort = false,
): Promise<Engines> => {
  const [events, topics] = [join(folder, 'eventstore'), join(folder, 'kafka')];
  for (const each of [events, topics]) mkdirSync(each, { recursive: true });
  const started = await Promise.allSettled([
    startJavaBroker({
      folder: topics,
      heapMb: 384,
      forShort,
      ...(ports.kafka === undefined ? {} : { port: ports.kafka }),
    }),
    startJavaMongo({
      folder: join(folder, 'mongodb'),
      forShort,
      ...(ports.mongodb === undefined ? {} : { port: ports.mongodb }),
    }),
    spawnEventStoreDouble(events, ports.eventstore),
  ]);
  const stop = async (): Promise<void> => {
    for (const one of started) if (one.status === 'fulfilled') await one.value.stop();
  };
  const [kafka, mongodb, eventstore] = started;
  if (kafka.status === 'fulfilled' && mongodb.status === 'fulfilled' && eventstore.status === 'fulfilled')
    return { kafka: kafka.value, mongodb: mongodb.value, eventstore: eventstore.value, stop };
  await stop();
  const reasons = started.flatMap((one) => (one.status === 'rejected' ? [one.reason as unknown] : []));
  throw new AggregateError(reasons, reasons.map(String).join('; '));
};
