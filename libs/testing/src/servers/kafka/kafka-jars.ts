import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { kafkaVersion } from './kafka-server.js';

const run = promisify(execFile);

const dependency = (group: string, artifact: string, version: string): string =>
  `<dependency><groupId>${group}</groupId><artifactId>${artifact}</artifactId><version>${version}</version></dependency>`;

/** The broker, and a log for it that needs no configuration. */
const pom = `<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>city311</groupId><artifactId>kafka-broker</artifactId><version>1</version>
  <dependencies>
    ${dependency('org.apache.kafka', 'kafka_2.13', kafkaVersion)}
    ${dependency('org.slf4j', 'slf4j-simple', '1.7.36')}
  </dependencies>
</project>
`;

const cacheFolder = (): string => join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'city311');

/**
 * Folder with the broker's jars and all they need, fetched by Maven with its checksums enforced the first time and
 * kept in the user's cache. Several processes may ask at once: each fetches for itself and the first to end is kept.
 * @throws Error  Maven is not installed, or its repository does not answer
 */
export const kafkaJars = async (): Promise<string> => {
  const cache = cacheFolder();
  const jars = join(cache, `kafka-${kafkaVersion}`);
  if (existsSync(jars)) return jars;
  await mkdir(cache, { recursive: true });
  const work = await mkdtemp(join(cache, 'fetching-kafka-'));
  try {
    await writeFile(join(work, 'pom.xml'), pom);
    await run(
      'mvn',
      [
        ...[
          '--batch-mode',
          '--quiet',
          '--strict-checksums',
          `-Dmaven.repo.local=${join(work, 'repository')}`,
        ],
        'org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy-dependencies',
        ...['-DincludeScope=runtime', `-DoutputDirectory=${join(work, 'jars')}`],
      ],
      { cwd: work, timeout: 300_000 },
    );
    await rename(join(work, 'jars'), jars).catch((error: unknown) => {
      if (!existsSync(jars)) throw error;
    });
    return jars;
  } finally {
    await rm(work, { recursive: true, force: true });
  }
};
