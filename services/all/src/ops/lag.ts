import { lagCountLimit } from '@city311/messaging';

import type { OpsCommand } from './command.js';
import { withEngines } from './open.js';
import { relayName, relayPlaces } from './relays.js';
import { isCut, standings } from './standing.js';

export const lagCommands: readonly OpsCommand[] = [
  {
    name: 'checkpoints',
    says: 'How far each relay, consumer group and view has come.',
    flags: { json: 'as JSON' },
    run: (given, { settings, out }) =>
      withEngines(settings(), async (engines) => {
        const { messaging, knownViews, store } = engines;
        const relays = (await relayPlaces(engines)).map(({ topic, position }) => ({
          group: relayName(topic),
          topic,
          position,
        }));
        const views = await Promise.all(
          (await knownViews()).map(async ({ name, topic, view }) => ({
            group: `view:${name}`,
            topic,
            position: await view.checkpoint(),
          })),
        );
        const groups = (await messaging.groups()).map(({ group, topic, position }) => ({
          group,
          topic,
          position,
        }));
        const head = await store.head();
        if (given.flags.has('json')) {
          out.json({ head, checkpoints: [...relays, ...groups, ...views] });
          return 0;
        }
        out.table([
          ...[...relays, ...groups, ...views].map(({ group, topic, position }) => [
            group,
            topic,
            position ?? 'not begun',
          ]),
          ['head of the log', '', head ?? 'empty'],
        ]);
        return 0;
      }),
  },
  {
    name: 'lag',
    says: 'Relays, consumer groups and views: events still to take, parked messages, position, and who works for each.',
    more: [
      `A lag with a plus was not counted to its end (${lagCountLimit}). relay:<topic> is the way from the log to a broker.`,
    ],
    flags: { json: 'as JSON' },
    run: (given, { settings, out }) =>
      withEngines(settings(), async (engines) => {
        const lines = await standings(engines);
        if (given.flags.has('json')) {
          out.json(lines);
          return 0;
        }
        out.table([
          ['group', 'lag', 'parked', 'position', 'held by'],
          ...lines.map(({ group, lag, parked, position, holder, stale }) => [
            group,
            isCut(lag) ? `${lag}+` : String(lag),
            String(parked),
            stale ? 'waits for a rebuild' : (position ?? 'not begun'),
            holder ?? 'nobody',
          ]),
        ]);
        return 0;
      }),
  },
];
