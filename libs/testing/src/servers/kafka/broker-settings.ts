export interface BrokerPorts {
  readonly client: number;
  readonly controller: number;
  /** For a further listener, where settings name one. */
  readonly other: number;
}

/**
 * One node that is broker and controller, on 127.0.0.1. Small: one consumer group coordinator's worth of internal
 * topics, short indexes, no waiting for more members. Topics are made by whoever declares them, never by use.
 * @param more  settings that replace or follow these; `{client}`, `{controller}` and `{other}` stand for the ports
 */
export const brokerSettings = (
  data: string,
  ports: BrokerPorts,
  more: Readonly<Record<string, string>> = {},
): string => {
  const settings: Record<string, string> = {
    'process.roles': 'broker,controller',
    'node.id': '1',
    listeners: `PLAINTEXT://127.0.0.1:${ports.client},CONTROLLER://127.0.0.1:${ports.controller}`,
    'controller.listener.names': 'CONTROLLER',
    'controller.quorum.bootstrap.servers': `127.0.0.1:${ports.controller}`,
    'log.dirs': data,
    'auto.create.topics.enable': 'false',
    'offsets.topic.replication.factor': '1',
    'offsets.topic.num.partitions': '4',
    'transaction.state.log.replication.factor': '1',
    'transaction.state.log.min.isr': '1',
    'transaction.state.log.num.partitions': '2',
    'share.coordinator.state.topic.replication.factor': '1',
    'share.coordinator.state.topic.min.isr': '1',
    'group.initial.rebalance.delay.ms': '0',
    // Tests of takeover wait for a second, not for six.
    'group.min.session.timeout.ms': '500',
    // A broker that was killed is let in again when its old session ends.
    'broker.session.timeout.ms': '3000',
    'broker.heartbeat.interval.ms': '500',
    'log.cleaner.dedupe.buffer.size': '8388608',
    'log.index.size.max.bytes': '1048576',
    'num.network.threads': '2',
    'num.io.threads': '4',
    ...more,
  };
  return Object.entries(settings)
    .map(([name, value]) => `${name}=${value}\n`)
    .join('')
    .replace(/\{(client|controller|other)\}/g, (_, port: keyof BrokerPorts) => String(ports[port]));
};
