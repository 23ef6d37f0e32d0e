import { ConfigError } from '@city311/platform';

import { readConfig } from '../config.js';
import { erase } from './erase.js';
import { keys } from './keys.js';
import { parked } from './parked.js';
import { usage, UsageError, type OpsCommand } from './usage.js';

const commands: Readonly<Record<string, OpsCommand>> = { key: keys, parked, erase };

const [name = '', ...args] = process.argv.slice(2);
try {
  const command = commands[name];
  if (command === undefined) throw new UsageError(name === '' ? 'a command is needed' : `no command ${name}`);
  await command(args, readConfig());
} catch (error) {
  const expected = error instanceof UsageError || error instanceof ConfigError || error instanceof RangeError;
  process.stderr.write(
    `${expected ? error.message : String(error instanceof Error ? error.stack : error)}\n`,
  );
  if (error instanceof UsageError) process.stderr.write(usage);
  process.exitCode = 1;
}
