/** A server that speaks MongoDB's protocol, for tests and for a cluster on one machine. */
export interface MongoServer {
  /** Without a database's name: give the driver one with `dbName`. */
  readonly url: string;
  /** Given by a setting, the real thing in a container, or the stand-in under Java. */
  readonly kind: 'given' | 'container' | 'java';
  /** Ends it; what it kept in a folder of its own is gone. A given server is left as it is. */
  readonly stop: () => Promise<void>;
  /** Makes it answer nobody until `resume`; null where it is not ours to hold. */
  readonly outage: MongoOutage | null;
}

export interface MongoOutage {
  /** At once, as a power cut would end it. */
  readonly kill: () => Promise<void>;
  /** At the same address, with everything that it had acknowledged. */
  readonly restart: () => Promise<void>;
}
