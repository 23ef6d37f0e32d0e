import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

import { topics } from '@city311/contracts';

export interface ConsumerInCode {
  readonly topic: string;
  readonly group: string;
}

const services = fileURLToPath(new URL('../../services', import.meta.url));
const nameOfTopic = new Map<string, string>(Object.entries(topics).map(([key, { name }]) => [key, name]));

const consumerFiles = (): readonly string[] =>
  readdirSync(services)
    .map((service) => `${services}/${service}/src/consumers`)
    .filter((folder) => existsSync(folder))
    .flatMap((folder) => readdirSync(folder).map((file) => `${folder}/${file}`))
    .filter((file) => file.endsWith('.consumer.ts'));

/** Every consumer group that a decorator in the services names, with its topic. */
export const consumersInCode = (): readonly ConsumerInCode[] =>
  consumerFiles().flatMap((file) =>
    [...readFileSync(file, 'utf8').matchAll(/topic: topics\.(\w+)\.name,\s*group: '([^']+)'/g)].map(
      ([, key = '', group = '']) => ({ topic: nameOfTopic.get(key) ?? key, group }),
    ),
  );
