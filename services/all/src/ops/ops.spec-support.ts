import 'reflect-metadata';

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';

import { newEventId, type EventStore, type NewEvent } from '@city311/eventing';
import { streamName } from '@city311/kernel';
import { createLogger } from '@city311/platform';

import { AppModule } from '../app.module.js';
import { readConfig, type Config } from '../config.js';
import { openEngines } from '../engines/open-engines.js';
import { ReadViews } from '../engines/read-views.js';
import { takeBodies } from '../http/bodies.js';
import { Readiness } from '../readiness.js';
import { startBackground } from '../threads/background.js';
import { createOutput } from './output.js';
import { runOps } from './run.js';

export const tempFolder = (): Promise<string> => mkdtemp(join(tmpdir(), 'ops-'));
export const remove = (folder: string): Promise<void> => rm(folder, { recursive: true, force: true });

export interface Ran {
  readonly code: number;
  readonly said: string;
  readonly complained: string;
}

/** A command line as the operator gives it, in this process. */
export const ops = async (
  env: Readonly<Record<string, string>>,
  ...args: readonly string[]
): Promise<Ran> => {
  const said: string[] = [];
  const complained: string[] = [];
  const out = createOutput(
    (text) => said.push(text),
    (text) => complained.push(text),
  );
  const settings = (): Config => readConfig({ LOG_LEVEL: 'silent', PORT: '0', ...env });
  const code = await runOps(args, { settings, out });
  return { code, said: said.join(''), complained: complained.join('') };
};

/** Puts an event of a type that no program knows into a case, past all services. */
export const teleport = async (beside: EventStore, caseNumber: string): Promise<NewEvent> => {
  const event: NewEvent = {
    id: newEventId(),
    type: 'intake.CaseTeleported.v1',
    source: '/beside',
    subject: caseNumber,
    time: new Date().toISOString(),
    actor: 'key:beside',
    jurisdiction: 'boston',
    imported: false,
    correlationId: 'beside',
    data: null,
  };
  await beside.append(streamName('intake.case', caseNumber), [event], 'any');
  return event;
};

export interface Running {
  readonly url: string;
  /** Posts a report; answers its case number. */
  report(data?: object): Promise<string>;
  /** Posts an event of this type; answers what the door says to it. */
  event(type: string, data: object): Promise<unknown>;
  call(method: 'GET' | 'POST', path: string, body?: object): Promise<unknown>;
  drained(): Promise<void>;
  stop(): Promise<void>;
}

export const pothole = 'Public Works Department:Highway Maintenance:Request for Pothole Repair';

/** The whole system on a folder, or on the engines that `env` names, on one thread of this process. */
export const startSystem = async (
  folder: string,
  env: Readonly<Record<string, string>> = {},
): Promise<Running> => {
  const config = readConfig({ DATA_DIR: folder, LOG_LEVEL: 'silent', PORT: '0', ...env });
  const background = await startBackground(config, () => undefined);
  const engines = await openEngines(
    config,
    createLogger('silent'),
    { here: false },
    (opened) => new ReadViews(opened),
  );
  const readiness = new Readiness(background, () => engines.troubles());
  const adapter = new FastifyAdapter();
  const app = await NestFactory.create<NestFastifyApplication>(
    AppModule.http(config, engines, readiness, background),
    adapter,
    { logger: false, abortOnError: false, bodyParser: false },
  );
  takeBodies(adapter.getInstance());
  await app.listen(0, '127.0.0.1');
  readiness.started();
  const url = await app.getUrl();
  const key = await engines.apiKeys.create(
    `test-${process.hrtime.bigint()}`,
    'operator',
    '2026-01-01T00:00:00.000Z',
  );
  let posted = 0;

  const call = async (
    method: string,
    path: string,
    body?: object,
    type = 'application/json',
  ): Promise<unknown> => {
    const answer = await fetch(`${url}${path}`, {
      method,
      headers: {
        authorization: `Bearer ${key}`,
        ...(body === undefined ? {} : { 'content-type': type }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`);
    return answer.json();
  };

  const event = (type: string, data: object): Promise<unknown> => {
    posted += 1;
    const id = `${process.hrtime.bigint()}-${posted}`;
    const body = { specversion: '1.0', id, source: 'urn:test', type, data };
    return call('POST', '/events', body, 'application/cloudevents+json');
  };

  return {
    url,
    call,
    event,
    report: async (data = {}) => {
      const answer = await event('city311.report.submitted.v1', {
        serviceCode: pothole,
        description: 'A deep hole in the right lane near the corner',
        location: { latitude: 42.3479, longitude: -71.0745, address: '700 Boylston St' },
        ...data,
      });
      return (answer as { readonly caseNumber: string }).caseNumber;
    },
    drained: async () => {
      const deadline = Date.now() + 30_000;
      for (let quiet = 0; quiet < 2;) {
        if (Date.now() > deadline) throw new Error('not drained in time');
        quiet = (await background.status()).drained ? quiet + 1 : 0;
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
    },
    stop: async () => {
      await app.close();
      await background.stop();
      await engines.close();
    },
  };
};
