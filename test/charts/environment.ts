interface Program {
  readonly settings: Readonly<Record<string, unknown>>;
  readConfig(this: void, env: Readonly<Record<string, string | undefined>>): unknown;
}

const isProgram = (module: unknown): module is Program =>
  typeof module === 'object' && module !== null && 'settings' in module && 'readConfig' in module;

/** The settings alone, not the services behind them, which take seconds to load. */
const program: unknown = await import(new URL('../../services/all/src/config.ts', import.meta.url).href);
if (!isProgram(program))
  throw new Error('services/all/src/config.ts no longer exports settings and readConfig');
const { settings, readConfig } = program;

/** Variables that are Node's, not the program's. */
const ofNode = new Set(['NODE_OPTIONS', 'NODE_EXTRA_CA_CERTS']);

/** Values of the right form for what a Secret holds. */
const inSecrets: Readonly<Record<string, string>> = {
  EVENTSTORE_URL: 'esdb://city311:secret@eventstore:2113?tls=true',
  MONGODB_URL: 'mongodb://city311:secret@mongodb:27017/city311',
  SMTP_URL: 'smtps://city311:secret@mail:465',
  KAFKA_SASL_USERNAME: 'city311',
  KAFKA_SASL_PASSWORD: 'secret',
  MASTER_KEY: Buffer.alloc(32, 7).toString('base64'),
};

/** Names that the program does not know, and what it says to the values: what it would refuse to start with. */
export const environmentFaults = (env: Readonly<Record<string, string | null>>): readonly string[] => {
  const unknown = Object.keys(env).filter((name) => !(name in settings) && !ofNode.has(name));
  const given = Object.fromEntries(
    Object.entries(env).map(([name, value]) => [name, value ?? inSecrets[name]]),
  );
  try {
    readConfig(given);
  } catch (error) {
    return [...unknown.map(notKnown), String(error)];
  }
  return unknown.map(notKnown);
};

const notKnown = (name: string): string => `the program has no setting ${name}`;
