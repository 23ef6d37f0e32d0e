import { readConfig } from '../config.js';
import { checkNode } from './doctor/machine.js';
import { createOutput } from './output.js';
import { runOps } from './run.js';

const out = createOutput(
  (text) => void process.stdout.write(text),
  (text) => void process.stderr.write(text),
);
for (const { what, todo } of checkNode()) out.note(`${what}: ${todo}`);

process.exitCode = await runOps(process.argv.slice(2), {
  settings: readConfig,
  out,
});
// An engine that never answered may still be waited for.
setTimeout(() => process.exit(), 3_000).unref();
