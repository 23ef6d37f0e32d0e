import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { describeRelayCheckpointsContract } from '@city311/testing';

import { openSqliteRelayCheckpoints } from './sqlite-relay-checkpoints.js';

describeRelayCheckpointsContract('SQLite', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'relay-'));
  const one = openSqliteRelayCheckpoints({ folder });
  const two = openSqliteRelayCheckpoints({ folder });
  return {
    one,
    two,
    close: async () => {
      one.close();
      two.close();
      await rm(folder, { recursive: true });
    },
  };
});
