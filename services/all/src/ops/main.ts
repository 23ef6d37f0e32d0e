import { readConfig } from '../config.js';
import { checkNode } from './doctor/machine.js';
import { createOutput } from './output.js';
import { runOps } from './run.js';

const out = createOutput(
  (text) => void process.stdout.write(text),
  (text) => void process.stderr.write(text),
);
const args = process.argv.slice(2);
const unfit = checkNode();
for (const { what, todo } of unfit) out.note(`${what}: ${todo}`);

process.exitCode = unfit.length === 0 ? await runOps(args, { settings: readConfig, out }) : 2;
// An engine that never answered may still be waited for.
setTimeout(() => process.exit(), 3_000).unref();
