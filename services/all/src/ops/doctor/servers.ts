import type { ServerName, ServerTrouble } from '../../engines/probe-servers.js';
import { fault, type Finding } from './finding.js';

const settings: Readonly<Record<ServerName, string>> = {
  EventStoreDB: 'user, password and TLS in EVENTSTORE_URL, EVENTSTORE_CA_FILE',
  Kafka: 'KAFKA_TLS… and KAFKA_SASL…, and the rights of that user',
  MongoDB: 'user, password and database in MONGODB_URL, and MASTER_KEY, which must be that of this vault',
};

const meanwhile: Readonly<Record<ServerName, string>> = {
  EventStoreDB: 'no report is taken while it is away, and none that was taken is lost',
  Kafka: 'reports are still taken; what follows from them waits, and catches up by itself',
  MongoDB: 'no report is taken and no view is read while it is away; nothing is lost',
};

/** What an operator should know of servers that cannot be used. */
export const findingsOf = (troubles: readonly ServerTrouble[]): readonly Finding[] =>
  troubles.map(({ server, kind, why }) =>
    kind === 'away'
      ? fault(
          `${server} does not answer: ${why}`,
          `${meanwhile[server]}: see that it runs, its address in the settings, the network between`,
        )
      : fault(
          `${server} answers, but refuses the settings: ${why}`,
          `waiting will not help; correct ${settings[server]}`,
        ),
  );
