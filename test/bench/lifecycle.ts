import { Client } from '../server/client.js';
import { childrenCpu, cpuPer } from './cpu.js';
import { fsyncCostMs } from './fsync.js';
import { runLifecycles, type LifecycleRun } from './lifecycles.js';
import { figure, line } from './print.js';
import { reportSource } from './reports.js';
import { startSystem, type EngineChoice } from './system.js';

/** Whole lifecycles a second on an empty log, then with `present` cases there. */
export const benchLifecycle = async (
  engines: EngineChoice,
  {
    count,
    present,
    replicas,
  }: { readonly count: number; readonly present: number; readonly replicas: number },
): Promise<void> => {
  line(`one fdatasync: ${figure(fsyncCostMs(), 3)} ms`);
  const system = await startSystem(engines, replicas);
  try {
    line(`on ${system.on}`);
    const client = new Client(system.url, system.key, { timeoutMs: 120_000 });
    const next = reportSource(`lifecycle-${process.pid}`);
    let cursor = '';
    const run = async (cases: number): Promise<LifecycleRun> => {
      const done = await runLifecycles(client, next, cases, cursor);
      ({ cursor } = done);
      return done;
    };
    const measure = async (title: string): Promise<void> => {
      const before = childrenCpu();
      const { closed, seconds } = await run(count);
      line(
        `${title}: ${figure(closed / seconds)} lifecycles/s (${closed} of ${count} in ${figure(seconds, 1)} s, the rest in triage), ${system.memory()}`,
      );
      line(`  processor time for one: ${cpuPer(before, count)}`);
    };
    await run(400);
    await measure('empty');
    if (present > 0) {
      for (let filled = count + 400; filled < present; filled += 10_000)
        await run(Math.min(10_000, present - filled));
      await measure(`with ${figure(present)} cases present`);
    }
    client.close();
  } finally {
    await system.stop();
  }
};
