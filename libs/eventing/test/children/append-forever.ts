/**
 * Appends to the log in the folder given until it is killed, `lanes` at a time, and prints one line for each answer:
 * `+ <stream> <revision> <event ids>`, or `! <error>` for one that said no.
 */
import { newEventId, openSqliteEventStore, type NewEvent } from '@city311/eventing';
import { streamName } from '@city311/kernel';
import { writeSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';

const [folder = '', name = 'child', lanes = '8', pauseMs = '0', leaseMs = '5000'] = process.argv.slice(2);
const store = await openSqliteEventStore({ folder, processName: name, leaseMs: Number(leaseMs) });
const say = (line: string): number => writeSync(1, `${line}\n`);

const makeEvent = (padding: number): NewEvent => ({
  id: newEventId(),
  type: 'test.Appended.v1',
  source: '/tests',
  subject: '-',
  time: new Date().toISOString(),
  actor: 'key:tests',
  jurisdiction: 'boston',
  imported: false,
  correlationId: name,
  data: { padding: 'x'.repeat(padding) },
});

const appendInTurn = async (lane: number): Promise<void> => {
  for (let count = 0; ; count += 1) {
    const stream = streamName('test.case', `${name}-${lane}-${count >> 3}`);
    const events = Array.from({ length: 1 + (count % 3) }, () => makeEvent((count % 7) * 300));
    try {
      const { revision } = await store.append(stream, events, 'any');
      say(`+ ${stream} ${revision} ${events.map(({ id }) => id).join()}`);
    } catch (error) {
      say(`! ${error instanceof Error ? `${error.name}: ${error.message}` : String(error)}`);
    }
    if (Number(pauseMs) > 0) await delay(Number(pauseMs));
  }
};

await Promise.all(Array.from({ length: Number(lanes) }, (_, lane) => appendInTurn(lane)));
