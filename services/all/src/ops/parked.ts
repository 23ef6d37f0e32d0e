import { createLogger } from '@city311/platform';
import { openSqliteEventStore } from '@city311/eventing';
import { createLogMessaging, openSqliteConsumerState, type ParkedMessages } from '@city311/messaging';

import { topicSources } from '../topic-sources.js';
import { options, printLine, required, UsageError, type OpsCommand } from './usage.js';

const act = async (
  action: string | undefined,
  args: readonly string[],
  messages: ParkedMessages,
): Promise<void> => {
  switch (action) {
    case 'list': {
      const { group, case: caseNumber } = options(args, ['group', 'case']);
      const found = await messages.list({
        ...(group === undefined ? {} : { group }),
        ...(caseNumber === undefined ? {} : { caseNumber }),
      });
      for (const one of found) {
        printLine(
          [one.parkedAt, one.group, one.caseNumber, one.type, one.eventId, one.attempts, one.reason].join(
            '\t',
          ),
        );
      }
      printLine(`${found.length} parked`);
      return;
    }
    case 'show': {
      const given = options(args, ['group', 'event']);
      const found = await messages.show(required(given, 'group'), required(given, 'event'));
      if (found === null) throw new RangeError('no such parked message');
      printLine(JSON.stringify(found, null, 2));
      return;
    }
    case 'resend': {
      const given = options(args, ['group', 'case']);
      const count = await messages.resend(required(given, 'group'), given['case']);
      printLine(`${count} in line to be tried again`);
      return;
    }
    default:
      throw new UsageError('parked list, parked show or parked resend');
  }
};

/** Lists, shows and sends again what consumers parked. */
export const parked: OpsCommand = async ([action, ...args], config) => {
  const store = await openSqliteEventStore({ folder: config.DATA_DIR });
  const state = openSqliteConsumerState({ folder: config.DATA_DIR });
  const messaging = createLogMessaging({
    store,
    sources: topicSources,
    state,
    logger: createLogger(config.LOG_LEVEL),
  });
  try {
    await act(action, args, messaging.parked);
  } finally {
    await messaging.close();
    state.close();
    await store.close();
  }
};
