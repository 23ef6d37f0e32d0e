/** Relays `test.case` of the log in the folder given until it is killed, and says on stdout when it becomes active. */
import { openSqliteEventStore } from '@city311/eventing';
import { createRelay, openKafka, openSqliteRelayCheckpoints } from '@city311/messaging/kafka';
import { openSqliteLeases } from '@city311/scheduling';
import { writeSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

const [folder = '', brokers = '', topic = '', name = ''] = process.argv.slice(2);
const relay = createRelay({
  store: await openSqliteEventStore({ folder, processName: name }),
  source: { topic, category: 'test.case', translate: (stored) => stored },
  kafka: openKafka({ settings: { brokers: brokers.split(','), clientId: name } }),
  leases: openSqliteLeases({ folder }),
  checkpoints: openSqliteRelayCheckpoints({ folder }),
});
relay.start();
for (let was = false; ; await sleep(20)) {
  const { active } = await relay.status();
  if (active !== was) writeSync(1, active ? 'active\n' : 'idle\n');
  was = active;
}
