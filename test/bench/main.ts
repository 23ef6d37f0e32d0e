import { parseArgs } from 'node:util';

import { benchDoors } from './doors.js';
import { benchIntake } from './intake.js';
import { benchLifecycle } from './lifecycle.js';
import { benchLongRebuild, benchRebuild } from './rebuild.js';
import { benchStart } from './start.js';
import { engineChoices, type EngineChoice } from './system.js';
import { benchTakeover } from './takeover.js';
import { benchVisible } from './visible.js';

const usage = `usage: npm run bench -- <intake|lifecycle|visible|rebuild|start|takeover|doors> [options]
  intake     [--seconds 10]                      accepted reports/s against a raw baseline; p99 at 500/s
  lifecycle  [--count 10000] [--present 200000]  whole lifecycles/s, empty and with cases present
  visible    [--rate 30] [--seconds 20]          report to public view
  rebuild    [--count 10000]                     events/s of a rebuild of all views
             --engines cluster --events 1000000  of the public view alone, of a history that long
  start      [--count 2000]                      seconds until ready
  takeover   [--count 3]                         a dead relay's, cluster only
  doors      [--json] [--only /events]           how long the worst bodies hold the thread, each door; 1 over 50 ms
lifecycle, visible and rebuild take --engines embedded|cluster and --replicas; a cluster is started on this machine, with
stand-ins for what is not to be had, and --count is 2000, --present 0 there unless given.
`;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    seconds: { type: 'string' },
    count: { type: 'string' },
    present: { type: 'string' },
    events: { type: 'string' },
    rate: { type: 'string', default: '30' },
    json: { type: 'boolean', default: false },
    only: { type: 'string', default: '' },
    replicas: { type: 'string', default: '1' },
    engines: { type: 'string', default: 'embedded' },
  },
});
const engines = engineChoices.find((choice) => choice === values.engines);
const isCluster = engines === 'cluster';
const count = (embedded: number, cluster = embedded): number =>
  Number(values.count ?? (isCluster ? cluster : embedded));
const replicas = Number(values.replicas);

const bench = async (chosen: EngineChoice): Promise<boolean> => {
  switch (positionals[0]) {
    case 'intake':
      await benchIntake(Number(values.seconds ?? '10'));
      return true;
    case 'lifecycle': {
      const present = Number(values.present ?? (isCluster ? '0' : '200000'));
      await benchLifecycle(chosen, { count: count(10_000, 2_000), present, replicas });
      return true;
    }
    case 'visible':
      await benchVisible(chosen, {
        rate: Number(values.rate),
        seconds: Number(values.seconds ?? '20'),
        replicas,
      });
      return true;
    case 'rebuild':
      if (isCluster && values.events !== undefined) await benchLongRebuild(count(400), Number(values.events));
      else await benchRebuild(chosen, count(10_000, 2_000));
      return true;
    case 'start':
      await benchStart(count(2_000));
      return true;
    case 'takeover':
      await benchTakeover(count(3));
      return true;
    case 'doors':
      if (!(await benchDoors(values.json, values.only))) process.exitCode = 1;
      return true;
    default:
      return false;
  }
};

if (engines === undefined || !(await bench(engines))) {
  process.stderr.write(usage);
  process.exitCode = 2;
}
