import { Client } from '../server/client.js';
import { itemsOf, membersOf, textOf } from '../server/json.js';
import { growHistory } from './history.js';
import { runLifecycles } from './lifecycles.js';
import { figure, line } from './print.js';
import { reportSource } from './reports.js';
import { startCluster, startSystem, type EngineChoice } from './system.js';

const patience = { timeoutMs: 600_000, attempts: 1 } as const;

interface Rebuilt {
  readonly events: number;
  readonly seconds: number;
}

/** @throws Error  it was refused */
const rebuild = async (client: Client, view: string): Promise<Rebuilt> => {
  const { status, body } = await client.once({
    method: 'POST',
    path: `/api/views/${view}/rebuild`,
    body: {},
  });
  if (status !== 200) throw new Error(`rebuild of ${view} answered ${status}`);
  const built = membersOf(body);
  const [events, seconds] = [Number(built['events']), Number(built['seconds'])];
  line(`  ${view}: ${figure(events)} events in ${figure(seconds, 2)} s`);
  return { events, seconds };
};

const fill = async (client: Client, cases: number): Promise<void> => {
  await runLifecycles(client, reportSource(`rebuild-${process.pid}`), cases);
};

/** Every view built anew from the log while the live one serves; events of their topics a second. */
export const benchRebuild = async (engines: EngineChoice, cases: number): Promise<void> => {
  const system = await startSystem(engines, 1);
  try {
    line(`on ${system.on}`);
    const client = new Client(system.url, system.key, patience);
    await fill(client, cases);
    const { body } = await client.send({ path: '/api/views' });
    let [events, seconds] = [0, 0];
    for (const { view } of itemsOf(body, 'views')) {
      const built = await rebuild(client, textOf(view));
      events += built.events;
      seconds += built.seconds;
    }
    line(`all views: ${figure(events / seconds)} events/s, ${system.memory()}`);
    client.close();
  } finally {
    await system.stop();
  }
};

/** The public view of a long history, built anew: real lifecycles, each told again of many cases. */
export const benchLongRebuild = async (cases: number, wanted: number): Promise<void> => {
  const { cluster, system } = await startCluster(1, false);
  try {
    line(`on ${system.on}`);
    const client = new Client(system.url, system.key, patience);
    await fill(client, cases);
    client.close();
    const portal = await growHistory(cluster, wanted);
    const { events, seconds } = await rebuild(portal, 'service_requests');
    line(
      `${figure(events / seconds)} events/s, peak memory ${cluster.replica('portal').peakMemoryMb() ?? '?'} MB`,
    );
    portal.close();
  } finally {
    await cluster.stop();
  }
};
