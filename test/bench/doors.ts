import { setTimeout as pause } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { join } from 'node:path';

import { until } from '../faults/reports.js';
import { doorsOf, eventOf, reportData, type Door, type Known } from '../fuzz/doors.js';
import { RawClient, type RawRequest } from '../fuzz/raw-request.js';
import { Client } from '../server/client.js';
import { untilDrained } from '../server/drained.js';
import { itemsOf, membersOf, textOf } from '../server/json.js';
import { freePort, projectRoot, StartedServer } from '../server/started-server.js';
import { figure, line } from './print.js';
import { worstBodiesOf, worstQueries } from './worst-bodies.js';

/** How late the loop may be, and how many of a thousand looks at it may find it later. */
export const allowedMs = 50;
/** `BODY_LIMIT_BYTES` where nobody sets it. */
const bodyLimitBytes = 2_097_152;
/** Each body is sent this often: the first time a rule is compiled, later ones meet a full cache. */
const times = 2;

interface Route {
  readonly method: string;
  readonly url: string;
}

interface Delay {
  readonly p50: number;
  readonly p99: number;
  readonly p999: number;
  readonly max: number;
}

/** What one body did to one door; times in milliseconds. */
export interface DoorFigure {
  readonly door: string;
  readonly body: string;
  readonly bytes: number;
  readonly statuses: readonly number[];
  readonly answerBytes: number;
  readonly answerMs: number;
  readonly loopMs: Delay;
}

const matcherOf = (url: string): RegExp =>
  new RegExp(`^${url.replace(/[.+]/g, String.raw`\$&`).replace(/:[A-Za-z]+/g, '[^/]+')}$`, 'u');

/** The route that answers a door; those without parameters stand first, as the router has it. */
const routeOf = ({ method, path }: Door, routes: readonly Route[]): Route | undefined =>
  [...routes]
    .sort((one, other) => one.url.split(':').length - other.url.split(':').length)
    .find((route) => route.method === method && matcherOf(route.url).test(path.split('?')[0] ?? ''));

const takesBody = ({ method }: Route): boolean => !['GET', 'HEAD', 'OPTIONS'].includes(method);

/** A case with its work order, so that doors about one find it. */
const knownOf = async (client: Client, key: string): Promise<Known> => {
  const opened = await client.send({
    path: '/events',
    body: eventOf('known', 'submitted', reportData),
    contentType: 'application/cloudevents+json',
  });
  const { caseNumber, trackingSecret } = membersOf(opened.body);
  const orders = async () =>
    itemsOf((await client.send({ path: `/api/work-orders?caseNumber=${textOf(caseNumber)}` })).body, 'items');
  await until('the case has its work order', async () => (await orders()).length > 0, 20_000);
  const [order] = await orders();
  await untilDrained(client);
  return {
    key,
    caseNumber: textOf(caseNumber),
    trackingSecret: textOf(trackingSecret),
    workOrderId: textOf(order?.['workOrderId']),
    departmentId: textOf(order?.['departmentId']),
    queue: textOf(order?.['queue']),
  };
};

class Watched {
  #sent = 0;

  constructor(
    private readonly raw: RawClient,
    private readonly watch: string,
  ) {}

  async routes(): Promise<readonly Route[]> {
    return (await (await fetch(`${this.watch}/routes`)).json()) as Route[];
  }

  async delay(): Promise<Delay> {
    return (await (await fetch(`${this.watch}/delay`)).json()) as Delay;
  }

  async measure(door: string, body: string, request: (id: string) => RawRequest): Promise<DoorFigure> {
    const [statuses, took, sizes]: [Set<number>, number[], number[]] = [new Set(), [], []];
    let bytes = 0;
    const requests = Array.from({ length: times }, () => {
      this.#sent += 1;
      return request(`bench-${this.#sent}`);
    });
    await this.delay();
    for (const one of requests) {
      bytes = one.body?.length ?? one.path.length;
      const sentAt = performance.now();
      const { status, text } = await this.raw.send(one);
      took.push(performance.now() - sentAt);
      statuses.add(status);
      sizes.push(text.length);
    }
    // What it leaves behind is its own as well.
    await pause(50);
    return {
      door,
      body,
      bytes,
      statuses: [...statuses],
      answerBytes: Math.max(...sizes),
      answerMs: Math.max(...took),
      loopMs: await this.delay(),
    };
  }
}

const told = ({ door, body, bytes, statuses, answerBytes, answerMs, loopMs }: DoorFigure): string =>
  [
    door.padEnd(44),
    `loop ms p50 ${figure(loopMs.p50, 1)} p99 ${figure(loopMs.p99, 1)} p99.9 ${figure(loopMs.p999, 1)} max ${figure(loopMs.max, 1)}`,
    `answer ${figure(answerMs)} ms, ${figure(answerBytes)} bytes, ${statuses.join('/')}`,
    `${body} (${figure(bytes)} bytes)`,
  ].join(' | ');

/** Of a door's figures the one in which the loop was latest. */
const worstOf = (figures: readonly DoorFigure[]): DoorFigure | undefined =>
  [...figures].sort((one, other) => other.loopMs.p999 - one.loopMs.p999)[0];

/**
 * Sends the worst bodies to every door that takes one, and the worst queries to every other, and says how late the
 * event loop of the thread that answers came meanwhile. Doors are found in the process; one that is in no list of
 * `doorsOf` is an error.
 * @returns whether every door kept the loop within `allowedMs` at p99.9
 */
export const benchDoors = async (asJson: boolean, only: string): Promise<boolean> => {
  const port = await freePort();
  const preload = pathToFileURL(join(projectRoot, 'test/dist/bench/loop-watch.js')).href;
  const server = await StartedServer.start({
    env: { NODE_OPTIONS: `--import=${preload}`, LOOP_WATCH_PORT: String(port) },
  });
  const raw = new RawClient(server.url);
  const key = await server.createKey('bench', 'operator');
  const client = new Client(server.url, key);
  try {
    const known = await knownOf(client, key);
    const watched = new Watched(raw, `http://127.0.0.1:${port}`);
    const routes = await watched.routes();
    const doors = doorsOf(known, 'bench').map((door) => ({ door, route: routeOf(door, routes) }));
    const missing = routes.filter((route) => !doors.some((one) => one.route === route));
    if (missing.length > 0) {
      const names = missing.map(({ method, url }) => `${method} ${url}`).join(', ');
      throw new Error(`no request is known for ${names}: add one to test/fuzz/doors.ts`);
    }
    await pause(1_000);
    await watched.delay();
    await pause(1_000);
    const idle = await watched.delay();
    const figures: DoorFigure[] = [];
    const say = (measured: readonly DoorFigure[]): void => {
      figures.push(...measured);
      const worst = worstOf(measured);
      if (!asJson && worst !== undefined) line(told(worst));
    };
    const authorization = `Bearer ${key}`;
    for (const { door, route } of doors) {
      if (route === undefined || !door.path.includes(only)) continue;
      const name = `${door.method} ${takesBody(route) ? door.path : route.url}`;
      const measured: DoorFigure[] = [];
      if (takesBody(route))
        for (const { name: body, contentType, make } of worstBodiesOf(door, bodyLimitBytes))
          measured.push(
            await watched.measure(name, body, (id) => ({
              method: door.method,
              path: door.path,
              headers: { authorization, 'content-type': contentType },
              body: make(id),
            })),
          );
      else
        for (const { name: body, query } of worstQueries())
          measured.push(
            await watched.measure(name, body, () => ({
              method: door.method,
              path: `${door.path.split('?')[0]}?${query}`,
              headers: { authorization },
              body: null,
            })),
          );
      say(measured);
    }
    const late = figures.filter(({ loopMs }) => loopMs.p999 > allowedMs);
    if (asJson) line(JSON.stringify({ allowedMs, idle, figures }, null, 2));
    else {
      line(`idle: p99.9 ${figure(idle.p999, 1)} ms, max ${figure(idle.max, 1)} ms`);
      line(`${figures.length} bodies and queries; ${late.length} held the loop longer than ${allowedMs} ms`);
      for (const one of late) line(told(one));
    }
    return late.length === 0;
  } finally {
    client.close();
    raw.close();
    await server.stop();
  }
};
