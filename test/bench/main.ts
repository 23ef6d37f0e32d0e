import { parseArgs } from 'node:util';

import { benchIntake } from './intake.js';
import { benchLifecycle } from './lifecycle.js';
import { benchRebuild } from './rebuild.js';
import { benchStart } from './start.js';

const usage = `usage: npm run bench -- <intake|lifecycle|rebuild|start> [options]
  intake     [--seconds 10]                    accepted reports/s against a raw baseline; p99 at 500/s
  lifecycle  [--count 10000] [--present 200000]  whole lifecycles/s, empty and with cases present
  rebuild    [--count 10000]                   events/s of a rebuild of all views
  start      [--count 2000]                    seconds until ready
`;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    seconds: { type: 'string', default: '10' },
    count: { type: 'string' },
    present: { type: 'string', default: '200000' },
  },
});
const count = (fallback: number): number => Number(values.count ?? fallback);

switch (positionals[0]) {
  case 'intake':
    await benchIntake(Number(values.seconds));
    break;
  case 'lifecycle':
    await benchLifecycle(count(10_000), Number(values.present));
    break;
  case 'rebuild':
    await benchRebuild(count(10_000));
    break;
  case 'start':
    await benchStart(count(2_000));
    break;
  default:
    process.stderr.write(usage);
    process.exitCode = 2;
}
