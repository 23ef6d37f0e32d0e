import { parseStreamName, type RecordedEvent, type StreamName } from '@city311/kernel';

import { word, type OpsCommand } from './command.js';
import { masked } from './masked.js';
import { categories, withEngines } from './open.js';
import { scanLog } from './scan.js';

const rowOf = ({ sequence, time, recordedTime, type, actor, id }: RecordedEvent): readonly string[] => [
  String(sequence),
  time,
  recordedTime,
  type,
  actor,
  id,
];

const isStreamName = (name: string): boolean => {
  try {
    parseStreamName(name);
    return true;
  } catch {
    return false;
  }
};

export const streamCommands: readonly OpsCommand[] = [
  {
    name: 'streams',
    says: 'Categories of streams, with how many streams and events each has. Reads the whole log.',
    flags: { json: 'as JSON' },
    run: (given, { settings, out }) =>
      withEngines(settings(), async ({ store }) => {
        const counts = new Map(categories.map((category) => [category, { streams: 0, events: 0 }]));
        for await (const { events } of scanLog(store, categories)) {
          for (const { stream, sequence } of events) {
            const count = counts.get(stream.slice(0, stream.indexOf('-')));
            if (count === undefined) continue;
            count.events += 1;
            if (sequence === 0) count.streams += 1;
          }
        }
        const rows = [...counts].map(([category, count]) => ({ category, ...count }));
        if (given.flags.has('json')) out.json(rows);
        else
          out.table([
            ['category', 'streams', 'events'],
            ...rows.map(({ category, streams, events }) => [category, String(streams), String(events)]),
          ]);
        return 0;
      }),
  },
  {
    name: 'streams show',
    says: 'Events of one stream: sequence, when it happened, when it was recorded, type, actor, id.',
    more: ['<stream> is `<category>-<id>`, for example intake.case-260000000014.'],
    words: ['stream'],
    flags: { data: 'what the events say, too; what people wrote stays hidden', json: 'as JSON' },
    faultsOf: (given) =>
      isStreamName(word(given, 'stream')) ? [] : [`${word(given, 'stream')} is no name of a stream`],
    run: (given, { settings, out }) =>
      withEngines(settings(), async ({ store }) => {
        const stream = word(given, 'stream');
        const events = await store.readStream(stream as StreamName);
        if (events.length === 0) throw new RangeError(`there is no stream ${stream}`);
        if (given.flags.has('json')) {
          out.json(events.map((event) => ({ ...event, data: masked(event.data) })));
          return 0;
        }
        if (!given.flags.has('data')) out.table(events.map(rowOf));
        else
          for (const event of events) {
            out.line(rowOf(event).join('  '));
            out.line(`    ${JSON.stringify(masked(event.data))}`);
          }
        return 0;
      }),
  },
];
