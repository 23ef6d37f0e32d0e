import { Client } from '../server/client.js';
import { itemsOf, membersOf, textOf } from '../server/json.js';
import { runLifecycles } from './lifecycles.js';
import { figure, line } from './print.js';
import { reportSource } from './reports.js';
import { startSystem, type EngineChoice } from './system.js';

/** Every view built anew from the log while the live one serves; events of their topics a second. */
export const benchRebuild = async (engines: EngineChoice, cases: number): Promise<void> => {
  const system = await startSystem(engines, 1);
  try {
    line(`on ${system.on}`);
    const client = new Client(system.url, system.key, { timeoutMs: 600_000, attempts: 1 });
    await runLifecycles(client, reportSource(`rebuild-${process.pid}`), cases);
    const { body } = await client.send({ path: '/api/views' });
    let [events, seconds] = [0, 0];
    for (const { view } of itemsOf(body, 'views')) {
      const answer = await client.once({
        method: 'POST',
        path: `/api/views/${textOf(view)}/rebuild`,
        body: {},
      });
      const built = membersOf(answer.body);
      if (answer.status !== 200) throw new Error(`rebuild of ${textOf(view)} answered ${answer.status}`);
      events += Number(built['events']);
      seconds += Number(built['seconds']);
      line(
        `  ${textOf(view)}: ${figure(Number(built['events']))} events in ${figure(Number(built['seconds']), 2)} s`,
      );
    }
    line(`all views: ${figure(events / seconds)} events/s, ${system.memory()}`);
    client.close();
  } finally {
    await system.stop();
  }
};
