/** A Kafka broker to test against, or to try the cluster with. Everything it keeps is thrown away unless a folder was given. */
export interface KafkaServer {
  /** `host:port`, as clients take them. */
  readonly brokers: string[];
  /** `given`: somebody else's, by its address. `container`: Docker's image. `java`: started here from its jars. */
  readonly kind: 'given' | 'container' | 'java';
  /** Ends it without warning (kill -9 or its like); what it had on disk stays. Not for a given one. */
  readonly stopHard?: () => Promise<void>;
  /** Up again on the same data and port; ended hard first where it still runs. Not for a given one. */
  readonly restart?: () => Promise<void>;
  /** Ends it for good; a given one is left alone. */
  readonly stop: () => Promise<void>;
}

/** Release that is started where none is given. */
export const kafkaVersion = '4.1.1';
