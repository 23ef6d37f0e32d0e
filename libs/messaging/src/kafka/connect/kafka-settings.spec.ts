import { describe, expect, it } from '@jest/globals';

import { brokerFault } from './broker-fault.js';
import { openKafka } from './kafka-connection.js';
import { KafkaSettingsError, type KafkaSettings } from './kafka-settings.js';

describe('Settings of Kafka', () => {
  it('are refused with every fault', () => {
    const settings: KafkaSettings = {
      brokers: ['nowhere', 'kafka://host:9092', 'host:0'],
      clientId: '',
      tls: { caFile: '/does/not/exist.pem', certFile: import.meta.filename },
      sasl: { mechanism: 'plain', username: '', password: '' },
    };
    expect(() => openKafka({ settings })).toThrow(KafkaSettingsError);
    expect(() => openKafka({ settings })).toThrow(
      /"nowhere" is not host:port.*"kafka:.*"host:0".*clientId is empty.*together.*exist.pem cannot be read \(ENOENT\).*is not PEM.*user name/,
    );
  });

  it('need a broker', () => {
    expect(() => openKafka({ settings: { brokers: [], clientId: 'spec' } })).toThrow('no broker is named');
  });
});

describe('A fault of the brokers', () => {
  const settings: KafkaSettings = { brokers: ['kafka:9092'], clientId: 'spec' };

  it('points at the addresses that a broker tells its clients', () => {
    const error = Object.assign(new Error('Connection error: connect ECONNREFUSED'), {
      broker: 'localhost:9092',
    });
    expect(brokerFault(error, settings)?.message).toMatch(
      /answers at kafka:9092 but sends us to localhost:9092.*advertised.listeners/,
    );
  });

  it('points at the name where nobody knows it', () => {
    const error = new Error('gave up', { cause: new Error('getaddrinfo ENOTFOUND kafka') });
    expect(brokerFault(error, settings)).toMatchObject({
      kind: 'unreachable',
      message: expect.stringContaining('the name of Kafka'),
    });
  });

  it('points at the rights where these are missing', () => {
    const error = new Error('Not authorized to access topics: [Topic authorization failed]');
    expect(brokerFault(error, settings)).toMatchObject({ kind: 'authorization' });
  });

  it('is none where the brokers answered about something else', () => {
    expect(brokerFault(new Error('Topic with this name already exists'), settings)).toBeNull();
  });
});
