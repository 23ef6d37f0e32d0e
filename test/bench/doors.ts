import { setTimeout as pause } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { join } from 'node:path';

import { until } from '../faults/reports.js';
import { routeOf, type Route } from '../fuzz/door-routes.js';
import { doorsOf, eventOf, reportData, type Door, type Known } from '../fuzz/doors.js';
import { RawClient, type RawRequest } from '../fuzz/raw-request.js';
import { Client } from '../server/client.js';
import { untilDrained } from '../server/drained.js';
import { itemsOf, membersOf, textOf } from '../server/json.js';
import { freePort, projectRoot, StartedServer } from '../server/started-server.js';
import { figure, line } from './print.js';
import { worstAskings, worstBodiesOf } from './worst-bodies.js';

/** How late the loop may be, and how many of a thousand looks at it may find it later. */
export const allowedMs = 50;
/** A batch of 500 that is said about one case is written one after the other. */
const answerWithinMs = 120_000;
/** `BODY_LIMIT_BYTES` where nobody sets it. */
const bodyLimitBytes = 2_097_152;
/** All bodies are sent once; and all once more, when the rules are compiled, where that took no longer than this. */
const againWithinMs = 60_000;

interface Delay {
  readonly p50: number;
  readonly p99: number;
  readonly p999: number;
  readonly max: number;
  /** Processor time of the longest turn, milliseconds: how late the loop would have been with nobody else about. */
  readonly workMs: number;
}

/** What one body did to one door; times in milliseconds. */
export interface DoorFigure {
  readonly door: string;
  readonly body: string;
  readonly bytes: number;
  readonly status: number;
  readonly answerBytes: number;
  readonly answerMs: number;
  readonly loopMs: Delay;
}

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

/** One body or query for one door; `request` makes it anew, under another id. */
interface Measured {
  readonly door: string;
  readonly body: string;
  readonly request: (id: string) => RawRequest;
}

const measuredOf = (door: Door, route: Route, key: string): readonly Measured[] => {
  const { method, path } = door;
  const authorization = `Bearer ${key}`;
  const name = `${method} ${takesBody(route) ? path : route.url}`;
  const bodies = worstBodiesOf(door, bodyLimitBytes).map(({ name: body, contentType, make }) => ({
    door: name,
    body,
    request: (id: string) => ({
      method,
      path,
      headers: { authorization, 'content-type': contentType },
      body: make(id),
    }),
  }));
  const asked = worstAskings().map(({ name: body, query, headers }) => ({
    door: name,
    body,
    request: () => ({
      method,
      path: query === '' ? path : `${path.split('?')[0]}?${query}`,
      headers: { authorization, ...headers },
      body: null,
    }),
  }));
  return takesBody(route) ? bodies : asked;
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

  async measure({ door, body, request }: Measured): Promise<DoorFigure> {
    this.#sent += 1;
    const sent = request(`bench-${this.#sent}`);
    await this.delay();
    const sentAt = performance.now();
    const { status, text } = await this.raw.send(sent);
    const answerMs = performance.now() - sentAt;
    // What it leaves behind is its own as well.
    await pause(20);
    return {
      door,
      body,
      bytes: sent.body?.length ?? sent.path.length,
      status,
      answerBytes: text.length,
      answerMs,
      loopMs: await this.delay(),
    };
  }
}

const told = ({ door, body, bytes, status, answerBytes, answerMs, loopMs }: DoorFigure): string =>
  [
    door.padEnd(44),
    `loop ms p50 ${figure(loopMs.p50, 1)} p99 ${figure(loopMs.p99, 1)} p99.9 ${figure(loopMs.p999, 1)} max ${figure(loopMs.max, 1)} work ${figure(loopMs.workMs, 1)}`,
    `answer ${figure(answerMs)} ms, ${figure(answerBytes)} bytes, ${status}`,
    `${body} (${figure(bytes)} bytes)`,
  ].join(' | ');

/** Of each door the figure in which the loop was latest. */
const worstOfEach = (figures: readonly DoorFigure[]): readonly DoorFigure[] => {
  const worst = new Map<string, DoorFigure>();
  for (const one of figures)
    if (one.loopMs.p999 > (worst.get(one.door)?.loopMs.p999 ?? -1)) worst.set(one.door, one);
  return [...worst.values()];
};

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
  const raw = new RawClient(server.url, answerWithinMs);
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
    const bodies = doors.flatMap(({ door, route }) =>
      route === undefined || !door.path.includes(only) ? [] : measuredOf(door, route, key),
    );
    const figures: DoorFigure[] = [];
    const begunAt = performance.now();
    do
      for (const [index, one] of bodies.entries()) {
        figures.push(await watched.measure(one));
        const isLastOfDoor = bodies[index + 1]?.door !== one.door;
        if (isLastOfDoor && !asJson) line(`${figure(figures.length)} of ${bodies.length}: ${one.door}`);
      }
    while (performance.now() - begunAt < againWithinMs);
    const late = figures.filter(({ loopMs }) => loopMs.p999 > allowedMs);
    if (asJson) line(JSON.stringify({ allowedMs, idle, figures }, null, 2));
    else {
      for (const worst of worstOfEach(figures)) line(told(worst));
      line(`idle: p99.9 ${figure(idle.p999, 1)} ms, max ${figure(idle.max, 1)} ms`);
      const names = [...new Set(late.map(({ door }) => door))];
      line(
        `${bodies.length} bodies and queries, sent ${figure(figures.length / bodies.length)} times; ${late.length} held the loop longer than ${allowedMs} ms at p99.9`,
      );
      for (const name of names) line(`too long: ${name}`);
      for (const one of late) line(told(one));
    }
    return late.length === 0;
  } finally {
    client.close();
    raw.close();
    await server.stop();
  }
};
