/** Appends one after another, then many at once, and prints `answered` after each answer: for counting fsyncs. */
import { newEventId, openSqliteEventStore } from '@city311/eventing';
import { streamName } from '@city311/kernel';
import { writeSync } from 'node:fs';

const [folder = '', one = '0', together = '0'] = process.argv.slice(2);
const store = await openSqliteEventStore({ folder, leaseMs: 600_000 });
let made = 0;

const append = async (): Promise<void> => {
  made += 1;
  const event = {
    id: newEventId(),
    type: 'test.Appended.v1',
    source: '/tests',
    subject: '-',
    time: '2026-01-05T08:00:00.000Z',
    actor: 'key:tests',
    jurisdiction: 'boston',
    imported: false,
    correlationId: '-',
    data: {},
  };
  await store.append(streamName('test.case', String(made)), [event], 'no-stream');
};

writeSync(1, 'opened\n');
for (let index = 0; index < Number(one); index += 1) {
  await append();
  writeSync(1, 'answered one\n');
}
writeSync(1, 'together\n');
await Promise.all(
  Array.from({ length: Number(together) }, () => append().then(() => writeSync(1, 'answered many\n'))),
);
writeSync(1, 'done\n');
await store.close();
