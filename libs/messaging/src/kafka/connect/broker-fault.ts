import type { KafkaSettings } from './kafka-settings.js';

/** `unreachable` may pass by itself; the others need somebody to change a setting. */
export type BrokerFaultKind = 'unreachable' | 'tls' | 'authentication' | 'authorization';

/** Why the brokers cannot be used, in words that say what to check. Never holds a password. */
export class BrokerFault extends Error {
  override readonly name = 'BrokerFault';
  constructor(
    readonly kind: BrokerFaultKind,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

const chainOf = (error: unknown): readonly Error[] => {
  const chain: Error[] = [];
  let next = error;
  while (next instanceof Error && chain.length < 6) {
    chain.push(next);
    next = next.cause;
  }
  return chain;
};

const authentication = /SASL|[Aa]uthentication failed|ILLEGAL_SASL_STATE/;
const authorization = /not authorized|AUTHORIZATION_FAILED/i;
const certificate =
  /certificate|altname|wrong version number|packet length too long|SSL|TLS|EPROTO|handshake|disconnected before secure/i;
const cutOff = /closed connection|ECONNRESET|socket hang up|Request .* timed out|invalid message size/i;

const addressOf = (chain: readonly Error[]): string | null => {
  for (const error of chain)
    if ('broker' in error && typeof error.broker === 'string' && error.broker !== '') return error.broker;
  return null;
};

const connecting = /^KafkaJS(Connection|RequestTimeout|NoBroker|LockTimeout)/;

/**
 * What a failure comes down to; null where the brokers answered and it is about something else, a topic for example.
 * @param settings  by which the connection was tried
 */
export const brokerFault = (error: unknown, settings: KafkaSettings): BrokerFault | null => {
  const chain = chainOf(error);
  const text = chain.map(({ name, message }) => `${name}: ${message}`).join('; ') || String(error);
  const options = { cause: error };
  const address = addressOf(chain);
  const at = address ?? settings.brokers.join(', ');
  const said = chain.at(-1)?.message ?? String(error);

  if (authorization.test(text))
    return new BrokerFault(
      'authorization',
      `Kafka at ${at} refuses what we ask for (${said}): check the ACLs of ${settings.sasl?.username ?? 'this client'}`,
      options,
    );
  if (settings.sasl !== undefined && authentication.test(text))
    return new BrokerFault(
      'authentication',
      `Kafka at ${at} refuses to log in ${settings.sasl.username} by ${settings.sasl.mechanism} (${said}): check user name, password, and that the listener offers that mechanism`,
      options,
    );
  if (settings.tls !== undefined && (certificate.test(text) || cutOff.test(text)))
    return new BrokerFault(
      'tls',
      `no TLS connection to Kafka at ${at} (${said}): check that the listener speaks TLS, that its certificate names this host, and the CA file`,
      options,
    );
  if (/ENOTFOUND|EAI_AGAIN/.test(text))
    return new BrokerFault(
      'unreachable',
      `the name of Kafka's broker ${at} is not known (${said}): check the address`,
      options,
    );
  if (address !== null && !settings.brokers.includes(address))
    return new BrokerFault(
      'unreachable',
      `Kafka answers at ${settings.brokers.join(', ')} but sends us to ${address}, which does not answer (${said}): check the broker's advertised.listeners`,
      options,
    );
  if (settings.tls === undefined && cutOff.test(text))
    return new BrokerFault(
      'unreachable',
      `Kafka at ${at} takes the connection and cuts it off (${said}): check whether that listener wants TLS or SASL`,
      options,
    );
  if (!chain.some(({ name }) => connecting.test(name))) return null;
  return new BrokerFault(
    'unreachable',
    `Kafka does not answer at ${at} (${said}): check that it runs, the address, and the network between`,
    options,
  );
};
