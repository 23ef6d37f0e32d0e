import '../needs-node.js';

import { readConfig } from '../config.js';
import { createOutput } from './output.js';
import { letReadersLeave } from './quiet-pipes.js';
import { runOps } from './run.js';

const out = createOutput(
  (text) => void process.stdout.write(text),
  (text) => void process.stderr.write(text),
);
const args = process.argv.slice(2);
letReadersLeave(process.stdout, process.stderr);
process.exitCode = await runOps(args, { settings: readConfig, out });
// An engine that never answered may still be waited for.
setTimeout(() => process.exit(), 3_000).unref();
