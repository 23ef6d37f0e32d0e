import { readConfig } from '../config.js';
import { createOutput } from './output.js';
import { runOps } from './run.js';

process.exitCode = await runOps(process.argv.slice(2), {
  settings: readConfig,
  out: createOutput(
    (text) => void process.stdout.write(text),
    (text) => void process.stderr.write(text),
  ),
});
// An engine that never answered may still be waited for.
setTimeout(() => process.exit(), 3_000).unref();
