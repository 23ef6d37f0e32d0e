import { checkNode } from './ops/doctor/machine.js';

/**
 * Imported before anything else by what is started by hand: an older Node lacks what the other modules use as soon as
 * they are loaded, and would end with an error about that.
 */
for (const { what, todo } of checkNode()) {
  process.stderr.write(`${what}: ${todo}\n`);
  process.exit(2);
}
